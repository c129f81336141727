// Who a peer is, and what it may do.
#ifndef ARBITER_SERVER_ACCESS_H_
#define ARBITER_SERVER_ACCESS_H_

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/client/certificate.h"
#include "arbiter/core/ids.h"

namespace grpc {
class ServerContextBase;
}

namespace arbiter::server {

// What a peer's certificate says, once the TLS handshake has found it good.
struct Peer {
  bool authenticated = false;
  client::Certificate certificate{};
  std::string address{};  // "192.0.2.7:41234"

  // For the audit and the log: the first name, else the address.
  [[nodiscard]] std::string ToString() const;
};

Peer PeerOf(const grpc::ServerContextBase& context);

// Thread-safe. Without TLS everybody who got as far as here may do everything: the door lets in root and the arbiter's
// own user alone, or the operator said --insecure. With TLS: a probe may speak for the node that its certificate names
// as a DNS name, in the cluster that it names where it names one; viewers may look, operators may look and act. A
// certificate has one role: an operator's or viewer's is no node's, and a node's neither looks nor acts.
class Access {
 public:
  struct Roles {
    std::set<std::string> operators{};
    std::set<std::string> viewers{};
    std::set<std::string> nodes{};  // "prod/a" or "prod/*"; empty: each that has a certificate
    // Certificates that may do nothing: by a name in them, by "prod/a", by "serial:" and the number as PlainSerial has
    // it.
    std::set<std::string> deny{};
  };

  Access(bool tls, Roles roles) : tls_(tls), roles_(std::move(roles)) {}

  // Each is OK or PermissionDenied, which says what the peer's certificate names and what is missing.
  [[nodiscard]] absl::Status MayAttach(const Peer& peer, const core::NodeKey& node) const;
  // Nothing but the probe's own word says of which cluster it is: neither its certificate nor the configuration (nodes)
  // names that. Not so without TLS, where whoever may attach may say anything.
  [[nodiscard]] bool ChoosesItsCluster(const Peer& peer, const core::NodeKey& node) const;
  [[nodiscard]] absl::Status MayLook(const Peer& peer) const;
  [[nodiscard]] absl::Status MayAct(const Peer& peer) const;

  void SetRoles(Roles roles);

 private:
  [[nodiscard]] absl::Status CheckNotDenied(const Peer& peer) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const bool tls_;
  mutable absl::Mutex mutex_;
  Roles roles_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_ACCESS_H_
