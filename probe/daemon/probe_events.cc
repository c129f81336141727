// What the probe does with each thing that happens.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "arbiter/client/connect_failure.h"
#include "probe/daemon/answers_text.h"
#include "probe/daemon/holds_text.h"
#include "probe/daemon/probe.h"
#include "probe/daemon/system.h"
#include "proto/codec/directive.h"
#include "proto/value/duration.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;
using arbiter::process::LogLevel;

constexpr std::chrono::milliseconds kConfigSettlesWithin(200);
constexpr char kReleasedByHand[] = "arbiter-probe holds --release";

Instant Now() { return std::chrono::steady_clock::now(); }

bool ConcernsLinks(const netlink::Change& change) {
  return std::holds_alternative<netlink::LinkChanged>(change) || std::holds_alternative<netlink::LinkRemoved>(change) ||
         std::holds_alternative<netlink::Resynced>(change);
}

std::optional<IpAddress> AddressIn(const netlink::Change& change) {
  if (const auto* added = std::get_if<netlink::AddressAdded>(&change)) return added->address.ip;
  if (const auto* changed = std::get_if<netlink::AddressChanged>(&change)) return changed->address.ip;
  if (const auto* removed = std::get_if<netlink::AddressRemoved>(&change)) return removed->address.ip;
  return std::nullopt;
}

}  // namespace

void Probe::OnAddresses() { DrainAddresses(); }

void Probe::DrainAddresses() {
  const auto changes = parts_.addresses.Drain(Now());
  addresses_ = changes.status();
  if (!changes.ok()) return log_.Error("addresses", {{"error", std::string(changes.status().message())}});
  VipGates& gates = parts_.node.gates();
  bool links = false;
  bool addresses = false;
  bool gated = false;  // one that a gate is shut for: it may be on another interface now
  for (const netlink::Change& change : *changes) {
    links = links || ConcernsLinks(change);
    const std::optional<IpAddress> address = AddressIn(change);
    if (!address) continue;
    addresses = true;
    gated = gated || gates.facts().contains(*address);
    Dirty(*address);
  }
  // An address that is no VIP may still be the node's own.
  if (addresses) node_dirty_ = true;
  if (links) {
    AllDirty();
    taps_.Follow(parts_.addresses.table(), Now());
  }
  if (!links && !gated) return;
  if (const absl::Status status = gates.Follow(Now()); !status.ok()) SayGates(status);
}

void Probe::OnHeard(const std::string& interface, observe::Vantage vantage, const capture::Packet& packet) {
  const Instant now = Now();
  Dirty(parts_.node.Hear(interface, vantage, packet, now));
  const auto* advert = std::get_if<vrrp::Advertisement>(&packet.content);
  if (advert == nullptr || vantage == observe::Vantage::kSent || advert->stops() || keeper_.holds().empty()) return;
  if (!advert->defects.empty() || parts_.node.ForgesOurName(vantage, *advert)) return;  // no sign of life
  keeper_.OnAdvert({advert->origin.source, advert->vrid, advert->addresses.ToVector()}, now);
}

void Probe::OnGateTouched() {
  const auto news = parts_.gate_watch->Drain();
  if (!news.ok()) return SayGates(news.status());
  if (!news->touched) return;
  const auto mended = parts_.node.gates().Restore(Now());
  if (!mended.ok()) SayGates(mended.status(), "not put back");
  if (mended.ok() && mended->empty()) return;  // it was touched, and nothing is missing
  if (mended.ok()) {
    ++parts_.node.node_facts().gate_restores;
    log_.Warning("gates", {{"text", "somebody else changed our table: put back"}, {"missing", *mended}});
  }
  keeper_.OnGateTampered(Now());
  node_dirty_ = true;  // it counts how often that was
}

void Probe::SayGates(const absl::Status& trouble, const std::string& text) {
  log_.Error("gates", {{"text", text}, {"error", std::string(trouble.message())}});
}

void Probe::OnDaemon() {
  const keepalived::DaemonWatch::Changes changes = parts_.daemon.Drain();
  if (changes.daemon) {
    SayDaemon();
    AllDirty();
  }
  // A file is often written in steps, and half of it would mislead. A daemon that has just started has read it.
  if (changes.configuration && !read_config_at_) read_config_at_ = Now() + kConfigSettlesWithin;
  if (changes.daemon) ReadConfig();
}

void Probe::ReadConfig() {
  read_config_at_.reset();
  parts_.node.ReadConfig();
  ExpectRouters();
  if (const absl::Status status = parts_.node.gates().Follow(Now()); !status.ok()) SayGates(status);
  AllDirty();
  Look();
  keeper_.OnDaemonConfigChanged(Now());
}

void Probe::RefreshDaemon() {
  if (!parts_.daemon.Refresh()) return;
  SayDaemon();
  AllDirty();
}

void Probe::SayDaemon() {
  const keepalived::DaemonStatus& daemon = parts_.daemon.status();
  // While it starts it is many things for a moment.
  const bool news = daemon.state != keepalived::DaemonState::kUnknown && daemon.state != said_daemon_;
  if (news) said_daemon_ = daemon.state;
  const bool bad = daemon.state == keepalived::DaemonState::kFrozen || daemon.state == keepalived::DaemonState::kGone;
  log_.Write(!news ? LogLevel::kDebug
             : bad ? LogLevel::kWarning
                   : LogLevel::kInfo,
             "vrrp_daemon", {{"text", daemon.why}});
}

void Probe::OnSession() {
  for (session::SessionEvent& event : parts_.session.Take(Now())) {
    if (const auto* attached = std::get_if<session::Attached>(&event)) OnAttached(*attached);
    if (const auto* lost = std::get_if<session::Lost>(&event)) OnLost(*lost);
    if (const auto* message = std::get_if<arbiter::v1::ArbiterMessage>(&event)) OnMessage(*message);
  }
}

void Probe::OnAttached(const session::Attached& attached) {
  const arbiter::v1::Welcome& welcome = attached.welcome;
  log_.Info(
      "arbiter",
      {{"at", attached.arbiter}, {"id", welcome.arbiter()}, {"text", absl::StrCat("attached, term ", welcome.term())}});
  if (welcome.term() < keeper_.newest_term()) {
    log_.Warning("arbiter", {{"at", attached.arbiter},
                             {"id", welcome.arbiter()},
                             {"text", absl::StrCat("has term ", welcome.term(), ", older than ", keeper_.newest_term(),
                                                   " which was seen here: its directives are refused")}});
  }
  welcome_term_ = welcome.term();
  keeper_.OnTerm(welcome_term_, Now());
  parts_.node.SetFingerprintKey(welcome.fingerprint_key());
  parts_.node.SetSessionPeer(attached.peer);
  arbiter::v1::ArbiterMessage known;
  *known.mutable_known_vips()->mutable_vips() = welcome.known_vips();
  OnMessage(known);
  DrainAddresses();
  Look();
  uplink_.Attached(welcome, Now());
  keeper_.OnArbiterConnected(true, Now());
}

void Probe::OnLost(const session::Lost& lost) {
  affirmations_.Drop();
  if (lost.was_attached) keeper_.OnArbiterConnected(false, Now());
  uplink_.Lost();
  std::string why(lost.status.message());
  if (absl::IsUnavailable(lost.status) && !lost.was_attached) {
    why = arbiter::client::ReadConnectFailure(why, !parts_.settings.tls.empty(), true).ToString();
  }
  log_.Write(lost.news ? LogLevel::kWarning : LogLevel::kDebug, "arbiter",
             {{"at", lost.arbiter},
              {"text", absl::StrCat(lost.was_attached ? "lost: " : "cannot attach: ", why, "; trying again")}});
  SetHello();
}

void Probe::OnMessage(const arbiter::v1::ArbiterMessage& message) {
  if (message.has_directive()) return OnDirective(message.directive());
  if (message.has_affirm()) {
    DrainAddresses();
    affirmations_.Ask(message.affirm(), uplink_.protocol(), Now());
    if (message.affirm().gate_may_follow()) {
      for (const std::string& text : message.affirm().vips()) {
        if (const absl::StatusOr<IpAddress> vip = IpAddress::Parse(text); vip.ok()) to_make_ready_.push_back(*vip);
      }
    }
    LearnCluster(message.affirm());
    return;
  }
  if (!message.has_known_vips()) return;
  std::set<IpAddress> vips;
  for (const std::string& text : message.known_vips().vips()) {
    if (const auto vip = IpAddress::Parse(text); vip.ok()) vips.insert(*vip);
  }
  DrainAddresses();  // what came before this moment was here before
  parts_.node.SetKnownElsewhere(std::move(vips));
  AllDirty();
}

void Probe::LearnCluster(const arbiter::v1::AffirmRequest& request) {
  std::set<IpAddress> nodes;
  for (const std::string& text : request.node_addresses()) {
    if (const absl::StatusOr<IpAddress> address = IpAddress::Parse(text); address.ok()) nodes.insert(*address);
  }
  if (nodes.empty() || nodes == cluster_) return;
  cluster_ = std::move(nodes);
  ExpectRouters();
}

void Probe::ExpectRouters() {
  observe::Expected expected{cluster_, {}};
  for (const keepalived::Instance& instance : parts_.node.config().instances) {
    if (instance.vrid) expected.vrids.set(instance.vrid->value.value());
    for (const keepalived::UnicastPeer& peer : instance.peers) expected.sources.insert(peer.address);
  }
  for (const auto& [vip, hold] : keeper_.holds()) {
    expected.sources.insert(hold.survivor_addresses.begin(), hold.survivor_addresses.end());
  }
  taps_.Expect(std::move(expected));
}

void Probe::MakeGatesReady() {
  const std::vector<IpAddress> vips = std::exchange(to_make_ready_, {});
  if (vips.empty() || parts_.settings.dry_run) return;
  const absl::Status ready = parts_.node.gates().MakeReady(vips);
  if (ready.ok()) return;
  log_.Warning("gates",
               {{"vip", hold::Listed(vips)}, {"text", "gate not ready"}, {"error", std::string(ready.message())}});
}

void Probe::OnDirective(const arbiter::v1::Directive& message) {
  const absl::StatusOr<hold::Directive> directive = arbiter::codec::ReadDirective(message);
  if (!directive.ok()) {
    return log_.Error("directive", {{"fence", absl::StrCat(message.term(), "/", message.sequence())},
                                    {"text", "not understood"},
                                    {"error", std::string(directive.status().message())}});
  }
  // The checks at execution are made on what is so now.
  DrainAddresses();
  RefreshDaemon();
  parts_.node.FindSessionEnd();
  LookAt(directive->vips);
  keeper_.OnDirective(*directive, Now(), BootNow());
}

void Probe::Affirm(arbiter::v1::Affirmation answer, const std::vector<IpAddress>& vips) {
  // Everything of these VIPs is looked at anew, and nothing else: others can wait, this answer cannot.
  const absl::StatusOr<std::set<IpAddress>> there = parts_.kernel.ConfiguredOf(vips);
  DrainAddresses();
  taps_.CatchUp();  // whether this node advertises must not depend on how long it stood still
  RefreshDaemon();
  LookAt(vips);
  std::vector<Uplink::Report> reports = ReportsOf(vips);
  for (std::size_t i = 0; there.ok() && i < vips.size(); ++i) {
    if (there->contains(vips[i])) continue;
    // What was followed says that it is here, and the kernel, asked directly, that it is not.
    reports[i].own.set_configured(false);
    reports[i].own.set_effective(false);
  }
  uplink_.SendAffirmation(std::move(answer), reports);
  // While the answer is under way and judged: a daemon that configures addresses can make this take long.
  MakeGatesReady();
}

absl::StatusOr<std::string> Probe::OnControl(absl::string_view request) {
  const std::vector<std::string> words = absl::StrSplit(request, ' ', absl::SkipEmpty());
  if (words.size() == 1 && words[0] == "holds") return HoldsText(LocalHolds());
  if (words.size() == 1 && words[0] == kWhoAnswersRequest) {
    return AnswersText(parts_.node.FactsNow(Now()).claims, who_answers_.wanted());
  }
  if (words.size() == 2 && words[0] == "release") {
    if (absl::Status status = Release(words[1]); !status.ok()) return status;
    Flush();
    return absl::StrCat(words[1], " released\n");
  }
  if (words.size() == 1 && words[0] == "release-all") {
    std::vector<IpAddress> held;
    for (const auto& [vip, hold] : keeper_.holds()) held.push_back(vip);
    if (absl::Status status = keeper_.ReleaseLocally(held, kReleasedByHand, Now()); !status.ok()) return status;
    Flush();
    return absl::StrCat(held.size(), held.size() == 1 ? " hold" : " holds", " released\n");
  }
  if (words.size() == 1 && words[0] == "forget-term") return ForgetTerm();
  return absl::InvalidArgumentError("a request that this probe does not know");
}

std::string Probe::ForgetTerm() {
  const std::uint64_t forgotten = keeper_.newest_term();
  keeper_.ForgetTerm(Now());
  // The arbiter that is there counts at once; one that refused this node hears another Hello.
  if (parts_.session.attached()) keeper_.OnTerm(welcome_term_, Now());
  SetHello();
  Flush();
  return absl::StrCat("term ", forgotten, " forgotten\n");
}

absl::Status Probe::Release(const std::string& name) {
  std::vector<IpAddress> vips = parts_.node.VipsOfInstance(name);
  if (const auto vip = IpAddress::Parse(name); vip.ok()) vips = {*vip};
  std::erase_if(vips, [this](const IpAddress& vip) { return !keeper_.IsHeld(vip); });
  if (vips.empty()) {
    return absl::NotFoundError(
        absl::StrCat("release ", name, ": nothing of that name is held back (arbiter-probe holds shows what is)"));
  }
  return keeper_.ReleaseLocally(vips, kReleasedByHand, Now());
}

void Probe::OnSignals() {
  const arbiter::process::Signals::Seen seen = parts_.signals.Drain();
  if (seen.stop) stopping_ = true;
  if (!seen.reload) return;
  log_.Info("reload", {{"text",
                        "the VRRP daemon's configuration is read again; a change of the probe's own needs a "
                        "restart"}});
  ReadConfig();
}

}  // namespace probe::daemon
