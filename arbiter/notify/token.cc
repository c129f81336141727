#include "arbiter/notify/token.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "arbiter/process/regular_file.h"

namespace arbiter::notify {
namespace {

constexpr std::size_t kLongest = std::size_t{16} * 1024;
constexpr char kNoToken[] = "a token is one line without spaces";

}  // namespace

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  const auto wrong = [&path](absl::string_view what) {
    return absl::UnavailableError(absl::StrCat("read ", path, ": ", what));
  };
  const absl::StatusOr<std::string> text = process::ReadRegularFile(path, kLongest);
  if (absl::IsResourceExhausted(text.status())) {
    return wrong(kNoToken);
  }
  if (!text.ok()) {
    return absl::UnavailableError(text.status().message());
  }
  const absl::string_view token = absl::StripAsciiWhitespace(*text);
  if (token.empty()) {
    return wrong("there is no token in it");
  }
  if (!std::all_of(token.begin(), token.end(), [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return wrong(kNoToken);
  }
  return std::string(token);
}

}  // namespace arbiter::notify
