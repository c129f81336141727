#include "arbiter/notify/token.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace arbiter::notify {
namespace {

constexpr std::size_t kTooLong = std::size_t{16} * 1024;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  const auto wrong = [&path](absl::string_view what) {
    return absl::UnavailableError(absl::StrCat("read ", path, ": ", what));
  };
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "re"));
  std::array<char, kTooLong> bytes{};
  const std::size_t count = file == nullptr ? 0 : std::fread(bytes.data(), 1, bytes.size(), file.get());
  if (file == nullptr || std::ferror(file.get()) != 0) {
    return absl::UnavailableError(absl::ErrnoToStatus(errno, absl::StrCat("read ", path)).message());
  }
  const absl::string_view token = absl::StripAsciiWhitespace({bytes.data(), count});
  if (token.empty()) {
    return wrong("there is no token in it");
  }
  if (count == kTooLong ||
      !std::all_of(token.begin(), token.end(), [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return wrong("a token is one line without spaces");
  }
  return std::string(token);
}

}  // namespace arbiter::notify
