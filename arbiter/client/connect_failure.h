// gRPC's account of a connection that was not made, for people.
#ifndef ARBITER_CLIENT_CONNECT_FAILURE_H_
#define ARBITER_CLIENT_CONNECT_FAILURE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace arbiter::client {

struct ConnectFailure {
  std::string cause;  // without the layers above the one that knows why
  std::string hint;   // what to look at; empty where nothing special is known

  // "CAUSE" or "CAUSE: HINT".
  [[nodiscard]] std::string ToString() const;
};

// `text` is the message of a call that ended with UNAVAILABLE; `tls` says whether it was to speak TLS. A text that is
// none of gRPC's own is the cause as it is. `said_nothing`: nothing has come over the connection, so where it is closed
// it was never let in.
ConnectFailure ReadConnectFailure(absl::string_view text, bool tls, bool said_nothing = false);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_CONNECT_FAILURE_H_
