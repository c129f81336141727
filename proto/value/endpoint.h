// Where a server listens: HOST:PORT, [V6]:PORT.
#ifndef PROTO_VALUE_ENDPOINT_H_
#define PROTO_VALUE_ENDPOINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter {

struct Endpoint {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;

  // The form that gRPC and people read; an IPv6 address stands in brackets.
  [[nodiscard]] std::string ToString() const;
  // The host is an address that only this machine reaches, or "localhost".
  [[nodiscard]] bool IsLoopback() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// InvalidArgument says how to write one. Port 0 is none.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text);

// A comma-separated list with at least one entry.
absl::StatusOr<std::vector<Endpoint>> ParseEndpoints(absl::string_view text);

}  // namespace arbiter

#endif  // PROTO_VALUE_ENDPOINT_H_
