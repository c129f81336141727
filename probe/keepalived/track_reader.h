// What decides whether an instance may be active: scripts, files and interfaces that it tracks; and notify scripts.
#ifndef PROBE_KEEPALIVED_TRACK_READER_H_
#define PROBE_KEEPALIVED_TRACK_READER_H_

#include <vector>

#include "probe/keepalived/keyword_table.h"

namespace probe::keepalived {

// Rows `NAME [weight N [reverse|noreverse]]`, appended. Whether the name is defined by now is decided from what has
// been read so far.
void ReadTrackedInterfaces(const Block& block, const ReadContext& context, std::vector<Tracked>* tracked);
void ReadTrackedScripts(const Block& block, const ReadContext& context, std::vector<Tracked>* tracked);
void ReadTrackedFiles(const Block& block, const ReadContext& context, std::vector<Tracked>* tracked);

// Top-level blocks. Nothing is added when the daemon would drop the block.
void ReadTrackFile(const Block& block, const ReadContext& context, Config* config);
void ReadScript(const Block& block, const ReadContext& context, Config* config);

// notify, notify_master, ... with their script and user.
void ReadNotify(const Block& block, const ReadContext& context, std::vector<Notify>* notify);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_TRACK_READER_H_
