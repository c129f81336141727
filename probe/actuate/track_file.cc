#include "probe/actuate/track_file.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "arbiter/process/private_directory.h"

namespace probe::actuate {
namespace {

absl::Status Failure(const absl::Status& status, absl::string_view path) {
  return {status.code(), absl::StrCat("write track file ", path, ": ", status.message())};
}

}  // namespace

absl::StatusOr<std::chrono::nanoseconds> WriteTrackFile(const std::string& path, bool demote) {
  const auto start = std::chrono::steady_clock::now();
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return Failure(absl::InvalidArgumentError("is no absolute path"), path);
  const auto directory = arbiter::process::PrivateDirectory::Open(path.substr(0, slash));
  if (!directory.ok()) return Failure(directory.status(), path);
  // The daemon may run as another user.
  if (absl::Status status = directory->ReplaceFile(path.substr(slash + 1), demote ? "1\n" : "0\n", 0644);
      !status.ok()) {
    return Failure(status, path);
  }
  return std::chrono::steady_clock::now() - start;
}

}  // namespace probe::actuate
