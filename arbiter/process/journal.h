// Whether systemd's journal takes what is written to stderr.
#ifndef ARBITER_PROCESS_JOURNAL_H_
#define ARBITER_PROCESS_JOURNAL_H_

#include <sys/types.h>

#include "absl/strings/string_view.h"

namespace arbiter::process {

// "DEVICE:INODE", as $JOURNAL_STREAM has it (systemd.exec(5)), is that file.
bool NamesFile(absl::string_view journal_stream, dev_t device, ino_t inode);

// A shell that a service started has the variable too: what counts is where stderr goes now.
bool StderrIsJournal();

// What stands before a line on stderr that says why the program ends: the priority of sd-daemon(3), or nothing.
absl::string_view ErrorPrefix();

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_JOURNAL_H_
