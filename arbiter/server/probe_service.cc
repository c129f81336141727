#include "arbiter/server/probe_service.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::server {
namespace {

constexpr std::size_t kMaxClusters = 10'000;

constexpr std::size_t kMostCompared = 300;  // of a reason, which may have a peer's words in it

// "192.0.2.7:41234" -> "192.0.2.7": each attempt comes from another port.
absl::string_view HostOf(absl::string_view peer) { return peer.substr(0, peer.rfind(':')); }

// What ends a stream in the normal course of things.
bool IsOrdinary(const absl::Status& status) {
  return status.ok() || absl::IsCancelled(status) || absl::IsAborted(status);
}

}  // namespace

grpc::ServerBidiReactor<v1::ProbeMessage, v1::ArbiterMessage>* ProbeService::Attach(
    grpc::CallbackServerContext* context) {
  auto session = std::make_shared<ProbeSession>(this, context);
  absl::Status admitted;
  {
    const absl::MutexLock lock(&mutex_);
    if (sessions_.size() >= limits_.streams) {
      admitted =
          absl::ResourceExhaustedError(absl::StrCat("more than ", limits_.streams, " streams of probes at once"));
    }
    sessions_.emplace(session.get(), session);
  }
  session->Start(admitted);
  return session.get();
}

std::vector<std::shared_ptr<ProbeSession>> ProbeService::Sessions() const {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::shared_ptr<ProbeSession>> sessions;
  sessions.reserve(sessions_.size());
  for (const auto& [key, session] : sessions_) {
    sessions.push_back(session);
  }
  return sessions;
}

void ProbeService::CheckTimes(core::Instant now) {
  for (const std::shared_ptr<ProbeSession>& session : Sessions()) {
    session->CheckTimes(now);
  }
}

void ProbeService::EndUnwelcome() {
  for (const std::shared_ptr<ProbeSession>& session : Sessions()) {
    session->EndUnlessWelcome();
  }
}

std::size_t ProbeService::streams() const {
  const absl::MutexLock lock(&mutex_);
  return sessions_.size();
}

absl::StatusOr<std::string> ProbeService::CheckCluster(const Peer& peer, const core::NodeKey& node) {
  const std::string& serial = peer.certificate.serial;
  if (!access().ChoosesItsCluster(peer, node)) {
    if (!peer.authenticated) {
      return "";
    }
    return absl::StrCat("serial ", serial,
                        peer.certificate.nodes.empty()
                            ? ", its cluster is that under nodes in the arbiter's configuration"
                            : ", names its cluster");
  }
  const absl::MutexLock lock(&keys_mutex_);
  // Authorities number their certificates each for itself.
  std::string& pinned = pins_[absl::StrCat(serial, "/", node.node)];
  if (pinned.empty()) {
    absl::StatusOr<std::string> known = parts_.store->PinnedCluster(absl::StrCat(serial, "/", node.node), node.cluster);
    if (!known.ok()) {
      return absl::UnavailableError(
          absl::StrCat("of which cluster the certificate is cannot be told now: ", known.status().message()));
    }
    pinned = *std::move(known);
    parts_.log->Info("certificate", {{"cluster", pinned},
                                     {"node", node.node},
                                     {"serial", serial},
                                     {"text", "names no cluster, and is of that of its first attach"}});
  }
  if (pinned == node.cluster) {
    return absl::StrCat("serial ", serial, ", names no cluster: taken in ", pinned, " alone, where it came first");
  }
  return absl::PermissionDeniedError(absl::StrCat(
      "the certificate of ", node.node, " (serial ", serial, ") names no cluster and has attached in cluster ", pinned,
      " first, so it is not taken in cluster ", node.cluster, ": issue one with `arbiter-certs node ", node.cluster,
      "/", node.node, "`, or list ", node.cluster, "/", node.node, " under nodes in the arbiter's configuration"));
}

absl::StatusOr<v1::Welcome> ProbeService::WelcomeTo(const std::string& cluster) {
  v1::Welcome welcome = welcome_;
  const absl::MutexLock lock(&keys_mutex_);
  const auto found = keys_.find(cluster);
  if (found != keys_.end()) {
    welcome.set_fingerprint_key(found->second);
    return welcome;
  }
  if (keys_.size() >= kMaxClusters) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cluster ", cluster, " would be one more than ", kMaxClusters, " clusters, which is the limit"));
  }
  const absl::StatusOr<store::FingerprintKeyBytes> key = parts_.store->FingerprintKey(cluster);
  if (key.ok()) {
    const std::string bytes(key->begin(), key->end());
    keys_.emplace(cluster, bytes);
    welcome.set_fingerprint_key(bytes);
  } else {
    // Without a key passwords are not compared; everything else works.
    parts_.log->Warning("store", {{"cluster", cluster}, {"error", key.status().ToString()}});
  }
  return welcome;
}

void ProbeService::Ending(const ProbeSession& session, const absl::Status& status) {
  if (IsOrdinary(status)) {
    return;
  }
  parts_.metrics->StreamEnded(absl::StatusCodeToString(status.code()));
  const core::Instant now = std::chrono::steady_clock::now();
  const RateLimit::Verdict repeated = repeat_limit_.Ask(
      absl::StrCat(HostOf(session.peer()), " ", absl::string_view(status.message()).substr(0, kMostCompared)), now);
  if (!repeated.show) {
    return;
  }
  const RateLimit::Verdict verdict = log_limit_.Ask(now);
  if (!verdict.show) {
    return;
  }
  const std::uint64_t not_shown = repeated.not_shown + verdict.not_shown;
  parts_.log->Warning("stream_ended", {{"peer", session.peer()},
                                       {"cluster", session.node().cluster},
                                       {"node", session.node().node},
                                       {"code", absl::StatusCodeToString(status.code())},
                                       {"reason", std::string(status.message())},
                                       {"not_shown", not_shown == 0 ? "" : absl::StrCat(not_shown)}});
}

void ProbeService::Done(ProbeSession* session) {
  std::shared_ptr<ProbeSession> released;  // ends without the lock
  const absl::MutexLock lock(&mutex_);
  const auto found = sessions_.find(session);
  if (found != sessions_.end()) {
    released = std::move(found->second);
    sessions_.erase(found);
  }
}

}  // namespace arbiter::server
