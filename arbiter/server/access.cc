#include "arbiter/server/access.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace arbiter::server {
namespace {

// As deploy/certs writes them.
constexpr char kNodeRole[] = "node";
constexpr char kOperatorRole[] = "operator";
constexpr char kViewerRole[] = "viewer";

std::string NamesText(const Peer& peer) {
  const client::Certificate& certificate = peer.certificate;
  std::vector<std::string> names = certificate.names;
  names.insert(names.end(), certificate.mails.begin(), certificate.mails.end());
  return names.empty() ? "names nobody" : absl::StrCat("names ", absl::StrJoin(names, ", "));
}

bool AnyIn(const std::vector<std::string>& names, const std::set<std::string>& set) {
  return std::any_of(names.begin(), names.end(), [&set](const std::string& name) { return set.contains(name); });
}

// People have e-mail addresses as well.
bool IsListed(const client::Certificate& certificate, const std::set<std::string>& set) {
  return AnyIn(certificate.names, set) || AnyIn(certificate.mails, set);
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Another authority says nothing about roles.
bool MayBe(const Peer& peer, absl::string_view role) {
  return peer.certificate.role.empty() || peer.certificate.role == role;
}

// "ipv6:%5B::1%5D:7430" -> "[::1]:7430".
std::string PlainAddress(const std::string& uri) {
  absl::string_view text = uri;
  if (!absl::ConsumePrefix(&text, "ipv4:")) {
    absl::ConsumePrefix(&text, "ipv6:");
  }
  return absl::StrReplaceAll(text, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
}

absl::Status CheckSpeaksFor(const Peer& peer, const core::NodeKey& node) {
  const client::Certificate& certificate = peer.certificate;
  if (!peer.authenticated || !Has(certificate.names, node.node)) {
    return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer), ", not node ", node.node,
                                                    ": a probe speaks only for the node that its certificate names"));
  }
  if (!MayBe(peer, kNodeRole)) {
    return absl::PermissionDeniedError(
        absl::StrCat("the certificate of ", node.node, " was issued for the role ", certificate.role,
                     ", not for a node: issue one with `arbiter-certs node ", node.cluster, "/", node.node, "`"));
  }
  const std::string key = absl::StrCat(node.cluster, "/", node.node);
  if (!certificate.nodes.empty() && !Has(certificate.nodes, key)) {
    return absl::PermissionDeniedError(absl::StrCat("the certificate is for ", absl::StrJoin(certificate.nodes, ", "),
                                                    ", not for ", key,
                                                    ": give the probe the cluster of its certificate (--cluster), or "
                                                    "issue one with `arbiter-certs node ",
                                                    key, "`"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string Peer::ToString() const {
  if (!certificate.names.empty()) return certificate.names.front();
  return certificate.mails.empty() ? address : certificate.mails.front();
}

Peer PeerOf(const grpc::ServerContextBase& context) {
  Peer peer;
  peer.address = PlainAddress(context.peer());
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) {
    return peer;
  }
  const std::vector<grpc::string_ref> pem = auth->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pem.size() != 1) {
    return peer;
  }
  absl::StatusOr<client::Certificate> certificate = client::ReadCertificate({pem.front().data(), pem.front().size()});
  if (certificate.ok()) {
    peer.authenticated = true;
    peer.certificate = *std::move(certificate);
  }
  return peer;
}

absl::Status Access::MayAttach(const Peer& peer, const core::NodeKey& node) const {
  if (!tls_) {
    return absl::OkStatus();
  }
  if (absl::Status speaks = CheckSpeaksFor(peer, node); !speaks.ok()) {
    return speaks;
  }
  const absl::MutexLock lock(&mutex_);
  if (absl::Status denied = CheckNotDenied(peer); !denied.ok()) {
    return denied;
  }
  if (IsListed(peer.certificate, roles_.operators) || IsListed(peer.certificate, roles_.viewers)) {
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

bool Access::ChoosesItsCluster(const Peer& peer, const core::NodeKey& node) const {
  const absl::MutexLock lock(&mutex_);
  return tls_ && peer.certificate.nodes.empty() && !roles_.nodes.contains(absl::StrCat(node.cluster, "/", node.node));
}

absl::Status Access::MayLook(const Peer& peer) const {
  if (!tls_) {
    return absl::OkStatus();
  }
  const absl::MutexLock lock(&mutex_);
  const bool listed =
      (MayBe(peer, kOperatorRole) && IsListed(peer.certificate, roles_.operators)) ||
      ((MayBe(peer, kViewerRole) || MayBe(peer, kOperatorRole)) && IsListed(peer.certificate, roles_.viewers));
  if (peer.authenticated && listed) {
    return CheckNotDenied(peer);
  }
  return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer),
                                                  ", which is neither an operator nor a viewer in the arbiter's "
                                                  "configuration (operators, viewers)"));
}

absl::Status Access::MayAct(const Peer& peer) const {
  if (!tls_) {
    return absl::OkStatus();
  }
  const absl::MutexLock lock(&mutex_);
  const bool listed = IsListed(peer.certificate, roles_.operators);
  if (peer.authenticated && listed && MayBe(peer, kOperatorRole)) {
    return CheckNotDenied(peer);
  }
  if (peer.authenticated && listed) {
    return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer),
                                                    " and was issued for the role ", peer.certificate.role,
                                                    ", not for an operator: issue one with `arbiter-certs operator`"));
  }
  return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer),
                                                  ", which is no operator in the arbiter's configuration (operators)"));
}

absl::Status Access::CheckNotDenied(const Peer& peer) const {
  const client::Certificate& certificate = peer.certificate;
  const bool denied = IsListed(certificate, roles_.deny) || AnyIn(certificate.nodes, roles_.deny) ||
                      roles_.deny.contains(absl::StrCat("serial:", certificate.serial));
  if (!denied) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat("the certificate ", NamesText(peer), " and has serial ",
                                                  certificate.serial,
                                                  ": the arbiter's configuration denies it (deny)"));
}

void Access::SetRoles(Roles roles) {
  const absl::MutexLock lock(&mutex_);
  roles_ = std::move(roles);
}

}  // namespace arbiter::server
