// The directory that one arbiter keeps its state in, locked for as long as this object lives.
#ifndef ARBITER_STORE_STATE_DIR_H_
#define ARBITER_STORE_STATE_DIR_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/process/descriptor.h"
#include "arbiter/process/private_directory.h"

namespace arbiter::store {

class StateDir {
 public:
  // Makes the directory (mode 0700) where only its last component is missing, and locks it. FailedPrecondition where
  // somebody else could change what is in it, Unavailable when another process has it; the kernel ends the lock with
  // the process that holds it, however that ends.
  static absl::StatusOr<StateDir> Lock(const std::string& path);

  // What is in it: reached by this, not by its path.
  [[nodiscard]] const process::PrivateDirectory& files() const { return files_; }

 private:
  StateDir(process::PrivateDirectory files, process::Descriptor lock)
      : files_(std::move(files)), lock_(std::move(lock)) {}
  process::PrivateDirectory files_;
  process::Descriptor lock_;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_STATE_DIR_H_
