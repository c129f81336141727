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

constexpr char kNodeRole[] = "node";  // as deploy/certs writes it

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

// The parts of a distinguished name; a comma in a value is escaped (RFC 2253, section 2.4).
std::vector<std::string> PartsOf(absl::string_view subject) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < subject.size(); ++i) {
    if (subject[i] == ',') {
      parts.emplace_back();
      continue;
    }
    parts.back() += subject[i];
    if (subject[i] == '\\' && i + 1 < subject.size()) {
      parts.back() += subject[++i];
    }
  }
  return parts;
}

}  // namespace

std::string RoleIn(absl::string_view subject) {
  std::string role;
  bool ours = false;
  for (const std::string& part : PartsOf(subject)) {
    absl::string_view value = part;
    if (absl::ConsumePrefix(&value, "OU=")) {
      role = std::string(value);
    }
    ours = ours || part == "O=arbiter";
  }
  return ours ? role : "";
}

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
  const std::vector<grpc::string_ref> subject = auth->FindPropertyValues(GRPC_X509_SUBJECT_PROPERTY_NAME);
  if (!subject.empty()) {
    peer.role = RoleIn(absl::string_view(subject.front().data(), subject.front().size()));
  }
  return peer;
}

absl::Status Access::MayAttach(const Peer& peer, const core::NodeKey& node) const {
  if (!tls_) {
    return absl::OkStatus();
  }
  if (!peer.authenticated || std::find(peer.names.begin(), peer.names.end(), node.node) == peer.names.end()) {
    return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer), ", not node ", node.node,
                                                    ": a probe speaks only for the node that its certificate names"));
  }
  if (!peer.role.empty() && peer.role != kNodeRole) {
    return absl::PermissionDeniedError(absl::StrCat("the certificate of ", node.node, " was issued for the role ",
                                                    peer.role,
                                                    ", not for a node: issue one with `arbiter-certs node NAME`"));
  }
  const absl::MutexLock lock(&mutex_);
  if (AnyIn(peer.names, roles_.operators) || AnyIn(peer.names, roles_.viewers)) {
    return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer),
                                                    ", an operator or viewer in the arbiter's configuration: a node "
                                                    "needs a name of its own"));
  }
  const bool listed = roles_.nodes.contains(absl::StrCat(node.cluster, "/", node.node)) ||
                      roles_.nodes.contains(absl::StrCat(node.cluster, "/*"));
  if (!roles_.nodes.empty() && !listed) {
    return absl::PermissionDeniedError(absl::StrCat("node ", node.node, " of cluster ", node.cluster,
                                                    " is not among the nodes in the arbiter's configuration (nodes)"));
  }
  return absl::OkStatus();
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
