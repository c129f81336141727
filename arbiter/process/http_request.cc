#include "arbiter/process/http_request.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace arbiter::process {

absl::StatusOr<std::optional<HttpRequest>> ReadHttpRequest(absl::string_view bytes) {
  const bool whole = absl::StrContains(bytes, "\r\n\r\n") || absl::StrContains(bytes, "\n\n");
  if (!whole && bytes.size() >= kMostRequestBytes) {
    return absl::InvalidArgumentError("the head of the request is too long");
  }
  if (!whole) {
    return std::nullopt;
  }
  // RFC 9112, section 3: method, target and version, each behind one space.
  const absl::string_view line = absl::StripSuffix(bytes.substr(0, bytes.find('\n')), "\r");
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || words[0].empty() || !absl::StartsWith(words[1], "/") ||
      !absl::StartsWith(words[2], "HTTP/1.")) {
    return absl::InvalidArgumentError("no HTTP/1 request");
  }
  return HttpRequest{std::string(words[0]), std::string(words[1].substr(0, words[1].find('?')))};
}

}  // namespace arbiter::process
