// The head of an HTTP request, read from the bytes that have come so far. Pure.
#ifndef ARBITER_PROCESS_HTTP_REQUEST_H_
#define ARBITER_PROCESS_HTTP_REQUEST_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter::process {

struct HttpRequest {
  std::string method;
  std::string path;  // without what follows a question mark
};

// A head that is longer belongs to nobody who wants to know something of us.
inline constexpr std::size_t kMostRequestBytes = std::size_t{8} * 1024;

// nullopt: there is more to come. InvalidArgument: it is no request, however much comes.
absl::StatusOr<std::optional<HttpRequest>> ReadHttpRequest(absl::string_view bytes);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_HTTP_REQUEST_H_
