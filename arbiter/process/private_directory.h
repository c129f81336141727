// A directory that only we and root can write in, and the files in it.
#ifndef ARBITER_PROCESS_PRIVATE_DIRECTORY_H_
#define ARBITER_PROCESS_PRIVATE_DIRECTORY_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "arbiter/process/descriptor.h"

namespace arbiter::process {

// What is in it is reached through the directory that was checked, whatever happens to its path, and no link is
// followed: whoever could put a link there in an earlier day makes us read and write nothing of others.
class PrivateDirectory {
 public:
  // FailedPrecondition, with how to mend it: a link, no directory, another owner than root and this process's user, or
  // one that its group or everybody may write in. NotFound where there is none. The directories above are not looked
  // at.
  static absl::StatusOr<PrivateDirectory> Open(const std::string& path);

  // Reads and writes; a file that is not there is made, readable for its owner only.
  [[nodiscard]] absl::StatusOr<Descriptor> OpenOrMakeFile(const std::string& name) const;
  // NotFound, ResourceExhausted and FailedPrecondition as in ReadRegularFile.
  [[nodiscard]] absl::StatusOr<std::string> ReadFile(const std::string& name, std::size_t max_bytes) const;
  // When it returns OK the text outlives this process; else the file is as it was. Nothing is synced to disk.
  [[nodiscard]] absl::Status ReplaceFile(const std::string& name, absl::string_view text, mode_t mode) const;
  // NotFound, or FailedPrecondition where it is no regular file.
  [[nodiscard]] absl::StatusOr<std::size_t> SizeOf(const std::string& name) const;
  [[nodiscard]] absl::Status Rename(const std::string& from, const std::string& to) const;
  // OK where there is none.
  [[nodiscard]] absl::Status Remove(const std::string& name) const;
  // Makes names that came and went durable.
  [[nodiscard]] absl::Status Sync() const;

  [[nodiscard]] std::string PathOf(const std::string& name) const;

 private:
  PrivateDirectory(std::string path, Descriptor directory) : path_(std::move(path)), directory_(std::move(directory)) {}
  [[nodiscard]] absl::Status Failed(absl::string_view act, const std::string& name, int error) const;

  std::string path_;
  Descriptor directory_;
};

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_PRIVATE_DIRECTORY_H_
