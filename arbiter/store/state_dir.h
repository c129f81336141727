// The directory that one arbiter keeps its state in, locked for as long as this object lives.
#ifndef ARBITER_STORE_STATE_DIR_H_
#define ARBITER_STORE_STATE_DIR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter::store {

class StateDir {
 public:
  // Makes the directory (mode 0700) where only its last component is missing, and locks it. Unavailable when another
  // process has it; the kernel ends the lock with the process that holds it, however that ends.
  static absl::StatusOr<StateDir> Lock(const std::string& path);

  StateDir(StateDir&& other) noexcept;
  StateDir& operator=(StateDir&& other) noexcept;
  ~StateDir();

  // Makes an empty file (mode 0600: the store holds keys) where there is none, durably, and returns its path.
  absl::StatusOr<std::string> MakeFile(absl::string_view name) const;

 private:
  StateDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_ = -1;
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_STATE_DIR_H_
