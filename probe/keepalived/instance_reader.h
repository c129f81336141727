// A vrrp_instance block.
#ifndef PROBE_KEEPALIVED_INSTANCE_READER_H_
#define PROBE_KEEPALIVED_INSTANCE_READER_H_

#include "probe/keepalived/keyword_table.h"

namespace probe::keepalived {

// Appends what the block says; defaults that depend on the rest of the file are filled in later (CompleteDefaults). A
// second instance of the same name is a diagnostic, as for the daemon.
void ReadInstance(const Block& block, const ReadContext& context, Config* config);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_INSTANCE_READER_H_
