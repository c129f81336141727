#include "proto/value/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace arbiter {
namespace {

absl::Status NotAnEndpoint(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", absl::CHexEscape(text), "\" is no HOST:PORT: write 192.0.2.1:7430, [2001:db8::1]:7430 or witness:7430"));
}

bool IsHostName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
  });
}

bool IsV6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

std::string Endpoint::ToString() const {
  return host.find(':') == std::string::npos ? absl::StrCat(host, ":", port) : absl::StrCat("[", host, "]:", port);
}

bool Endpoint::IsLoopback() const {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    constexpr std::uint32_t kLoopbackNet = 127;
    return (ntohl(v4.s_addr) >> 24U) == kLoopbackNet;
  }
  return host == "::1" || host == "localhost";
}

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  const auto colon = trimmed.rfind(':');
  if (colon == absl::string_view::npos) {
    return NotAnEndpoint(text);
  }
  absl::string_view host = trimmed.substr(0, colon);
  const bool bracketed = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  std::uint32_t port = 0;
  constexpr std::uint32_t kMaxPort = 65535;
  const absl::string_view digits = trimmed.substr(colon + 1);
  if (digits.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(digits.front())) ||
      !absl::SimpleAtoi(digits, &port) || port == 0 || port > kMaxPort) {
    return NotAnEndpoint(text);
  }
  Endpoint endpoint{std::string(host), static_cast<std::uint16_t>(port)};
  if (bracketed ? !IsV6(endpoint.host) : !IsHostName(host)) {
    return NotAnEndpoint(text);
  }
  return endpoint;
}

absl::StatusOr<std::vector<Endpoint>> ParseEndpoints(absl::string_view text) {
  std::vector<Endpoint> endpoints;
  for (const absl::string_view entry : absl::StrSplit(text, ',')) {
    absl::StatusOr<Endpoint> endpoint = ParseEndpoint(entry);
    if (!endpoint.ok()) {
      return endpoint.status();
    }
    endpoints.push_back(*std::move(endpoint));
  }
  return endpoints;
}

}  // namespace arbiter
