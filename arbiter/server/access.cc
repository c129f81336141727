#include "arbiter/server/access.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace arbiter::server {
namespace {

std::string NamesText(const Peer& peer) {
  return peer.names.empty() ? "names nobody" : absl::StrCat("names ", absl::StrJoin(peer.names, ", "));
}

bool AnyIn(const std::vector<std::string>& names, const std::set<std::string>& set) {
  return std::any_of(names.begin(), names.end(), [&set](const std::string& name) { return set.count(name) > 0; });
}

// "ipv6:%5B::1%5D:7430" -> "[::1]:7430".
std::string PlainAddress(const std::string& uri) {
  absl::string_view text = uri;
  if (!absl::ConsumePrefix(&text, "ipv4:")) {
    absl::ConsumePrefix(&text, "ipv6:");
  }
  return absl::StrReplaceAll(text, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
}

}  // namespace

Peer PeerOf(const grpc::ServerContextBase& context) {
  Peer peer;
  peer.address = PlainAddress(context.peer());
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) {
    return peer;
  }
  peer.authenticated = true;
  for (const grpc::string_ref& name : auth->FindPropertyValues(GRPC_X509_SAN_PROPERTY_NAME)) {
    peer.names.emplace_back(name.data(), name.size());
  }
  if (peer.names.empty()) {
    for (const grpc::string_ref& name : auth->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME)) {
      peer.names.emplace_back(name.data(), name.size());
    }
  }
  return peer;
}

absl::Status Access::MayAttach(const Peer& peer, const std::string& node) const {
  if (!tls_ || (peer.authenticated && std::find(peer.names.begin(), peer.names.end(), node) != peer.names.end())) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer), ", not node ", node,
                                                  ": a probe speaks only for the node that its certificate names"));
}

absl::Status Access::MayLook(const Peer& peer) const {
  const absl::MutexLock lock(&mutex_);
  if (!tls_ || (peer.authenticated && (AnyIn(peer.names, roles_.viewers) || AnyIn(peer.names, roles_.operators)))) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer),
                                                  ", which is neither an operator nor a viewer in the arbiter's "
                                                  "configuration (operators, viewers)"));
}

absl::Status Access::MayAct(const Peer& peer) const {
  const absl::MutexLock lock(&mutex_);
  if (!tls_ || (peer.authenticated && AnyIn(peer.names, roles_.operators))) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer),
                                                  ", which is no operator in the arbiter's configuration (operators)"));
}

void Access::SetRoles(Roles roles) {
  const absl::MutexLock lock(&mutex_);
  roles_ = std::move(roles);
}

}  // namespace arbiter::server
