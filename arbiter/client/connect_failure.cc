#include "arbiter/client/connect_failure.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "arbiter/client/channel.h"

namespace arbiter::client {
namespace {

struct Known {
  const char* sign;  // in gRPC's text
  const char* cause;
  const char* hint;
};

constexpr std::array<Known, 4> kTlsFailures{{
    {kNotAnArbiters, "its certificate is not an arbiter's", "issue one with `arbiter-certs arbiter NAME --host HOST`"},
    {"certificate verify failed", "its certificate is refused here",
     "is --tls-ca the authority that made it, and is it still in date?"},
    {"Hostname Verification Check failed", "its certificate does not name this host",
     "write a name or address that it names, or issue one for this host (arbiter-certs arbiter NAME --host HOST)"},
    {"wrong version number", "it speaks no TLS", "is that an arbiter, and one with certificates?"},
}};

constexpr char kPlaintextHint[] =
    "does it ask for TLS (--tls-cert, --tls-key, --tls-ca)? Without TLS it takes root and its own user only";

// What stands behind the last `lead`; nothing where there is none.
absl::string_view Behind(absl::string_view lead, absl::string_view text) {
  const std::size_t at = text.rfind(lead);
  return at == absl::string_view::npos ? absl::string_view() : text.substr(at + lead.size());
}

}  // namespace

std::string ConnectFailure::ToString() const { return hint.empty() ? cause : absl::StrCat(cause, ": ", hint); }

ConnectFailure ReadConnectFailure(absl::string_view text, bool tls, bool said_nothing) {
  for (const Known& known : kTlsFailures) {
    if (tls && absl::StrContains(text, known.sign)) return {known.cause, known.hint};
  }
  // Before the connection was ready: later it is but lost.
  // What is read, or what is written, finds it out first.
  constexpr std::array<absl::string_view, 4> kClosed = {"Socket closed", "Transport closed", "Connection reset by peer",
                                                        "Broken pipe"};
  const bool closed = std::any_of(kClosed.begin(), kClosed.end(),
                                  [text](absl::string_view sign) { return absl::StrContains(text, sign); });
  if (closed && (said_nothing || absl::StrContains(text, "failed to connect"))) {
    return {"it closes the connection", tls ? "does it take this certificate?" : kPlaintextHint};
  }
  for (const absl::string_view lead : {"Failed to connect to remote host: ", "last error: "}) {
    if (const absl::string_view rest = Behind(lead, text); !rest.empty()) return {std::string(rest), ""};
  }
  return {std::string(text), ""};
}

}  // namespace arbiter::client
