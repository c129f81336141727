#include "arbiter/process/journal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace arbiter::process {

bool NamesFile(absl::string_view journal_stream, dev_t device, ino_t inode) {
  return journal_stream == absl::StrCat(device, ":", inode);
}

bool StderrIsJournal() {
  const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  struct stat file {};
  return stream != nullptr && fstat(STDERR_FILENO, &file) == 0 && NamesFile(stream, file.st_dev, file.st_ino);
}

absl::string_view ErrorPrefix() { return StderrIsJournal() ? "<3>" : ""; }

}  // namespace arbiter::process
