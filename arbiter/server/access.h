// Who a peer is, and what it may do.
#ifndef ARBITER_SERVER_ACCESS_H_
#define ARBITER_SERVER_ACCESS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/core/ids.h"

namespace grpc {
class ServerContextBase;
}

namespace arbiter::server {

// What a peer's certificate says, once the TLS handshake has found it good.
struct Peer {
  bool authenticated = false;
  // The subject alternative names; the common name where there are none.
  std::vector<std::string> names;
  std::string role;     // what deploy/certs issued it for ("node", "operator", ...); empty: another authority's
  std::string address;  // "192.0.2.7:41234"

  // For the audit and the log: the first name, else the address.
  [[nodiscard]] std::string ToString() const { return names.empty() ? address : names.front(); }
};

Peer PeerOf(const grpc::ServerContextBase& context);

// The role in a subject that deploy/certs wrote, in the form of RFC 2253: "CN=a,OU=node,O=arbiter". Empty for any
// other.
std::string RoleIn(absl::string_view subject);

// Thread-safe. Without TLS everybody may do everything: only this machine can reach the port, or the operator said
// --insecure. With TLS: a probe may speak for the node that its certificate names, viewers may look, operators may look
// and act. A certificate has one role: an operator's or viewer's is no node's.
class Access {
 public:
  struct Roles {
    std::set<std::string> operators{};
    std::set<std::string> viewers{};
    std::set<std::string> nodes{};  // "prod/a" or "prod/*"; empty: each that has a certificate
  };

  Access(bool tls, Roles roles) : tls_(tls), roles_(std::move(roles)) {}

  // Each is OK or PermissionDenied, which says what the peer's certificate names and what is missing.
  [[nodiscard]] absl::Status MayAttach(const Peer& peer, const core::NodeKey& node) const;
  [[nodiscard]] absl::Status MayLook(const Peer& peer) const;
  [[nodiscard]] absl::Status MayAct(const Peer& peer) const;

  void SetRoles(Roles roles);

 private:
  const bool tls_;
  mutable absl::Mutex mutex_;
  Roles roles_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_ACCESS_H_
