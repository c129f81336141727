#include "probe/daemon/taps.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "probe/report/vip_place.h"

namespace probe::daemon {
namespace {

using arbiter::process::LogLevel;
using observe::Vantage;

constexpr std::chrono::seconds kTryAgainAfter(2);
// Three hundred looks a second, however many packets come; the kernel keeps what comes in ten times as long.
constexpr std::chrono::milliseconds kRest(2);
// Where only claims came.
constexpr std::chrono::milliseconds kClaimsRest(5);
// Some thousand packets, and a flood of tens of thousands a second cannot keep up with it.
constexpr int kMostRoundsToCatchUp = 16;
constexpr char kAdverts[] = "adverts";
constexpr char kClaims[] = "ARP and neighbour discovery";

bool HasIpv6(const netlink::AddressTable& table, int link) {
  const std::vector<netlink::Address> addresses = table.AddressesOn(link);
  return std::any_of(addresses.begin(), addresses.end(), [](const netlink::Address& a) { return a.ip.is_v6(); });
}

bool IsClaim(const vrrp::ParseResult& content) {
  return std::holds_alternative<vrrp::ArpClaim>(content) || std::holds_alternative<vrrp::NeighborClaim>(content);
}

}  // namespace

Taps::Taps(EventLoop& loop, const arbiter::process::Log& log, std::set<std::string> only, IsVip is_vip, Heard heard,
           Closed closed)
    : loop_(loop),
      log_(log),
      only_(std::move(only)),
      is_vip_(std::move(is_vip)),
      heard_(std::move(heard)),
      closed_(std::move(closed)) {}

Taps::~Taps() {
  while (!above_.empty()) CloseAbove(above_.begin()->first);
  while (!ears_.empty()) Close(ears_.begin()->first);
}

bool Taps::Wanted(const netlink::Link& link) const {
  if (!only_.empty()) return only_.contains(link.name) && link.up;
  // A virtual router's macvlan is heard through its parent, and twice would be once too often.
  const bool virtual_router = link.kind == "macvlan" && report::VridOfMac(link.mac);
  return link.up && link.has_mac && !link.loopback && !virtual_router;
}

void Taps::Follow(const netlink::AddressTable& table, Instant now) {
  try_again_.reset();
  std::vector<std::string> gone;
  for (const auto& [name, ear] : ears_) {
    const netlink::Link* link = table.FindLink(name);
    if (link == nullptr || link->index != ear.link || !Wanted(*link)) gone.push_back(name);
  }
  for (const std::string& name : gone) Lose(name);
  for (const netlink::Link& link : table.Links()) {
    if (!Wanted(link)) continue;
    const auto ear = ears_.find(link.name);
    if (ear == ears_.end()) {
      Open(link, now);
    } else if (ear->second.raw == nullptr || (!ear->second.raw->hears_ipv6() && HasIpv6(table, link.index))) {
      CloseRaw(ear->second);
      OpenRaw(ear->second, link.name, now);
    }
  }
  FollowMacvlans(table, now);
  for (const std::string& name : only_) {
    if (table.FindLink(name) == nullptr)
      Complain(name, "there is no such interface (ip link shows them); it is listened on when it comes");
  }
}

void Taps::OnTick(const netlink::AddressTable& table, Instant now) {
  if (try_again_ && now >= *try_again_) Follow(table, now);
  if (wake_at_ && now >= *wake_at_) Wake();
}

std::optional<Instant> Taps::NextDeadline() const {
  if (!try_again_ || !wake_at_) return try_again_ ? try_again_ : wake_at_;
  return std::min(*try_again_, *wake_at_);
}

capture::PacketSource::Sieve Taps::SieveOf(Budgets& budgets) {
  return [this, &budgets](const vrrp::Glance& sender, vrrp::Direction direction) {
    if (sender.claim) {
      observe::ClaimBudget& claims = direction == vrrp::Direction::kSent ? budgets.own_claims : budgets.claims;
      return claims.Take(sender.source, is_vip_(sender.source), drained_at_);
    }
    if (direction == vrrp::Direction::kSent) return budgets.adverts.TakeOwn(sender, drained_at_);
    return budgets.adverts.Take(sender, expected_, drained_at_);
  };
}

void Taps::Open(const netlink::Link& link, Instant now) {
  auto tap = capture::Tap::Open(link.name, capture::TapOptions());
  if (!tap.ok()) {
    Complain(link.name, std::string(tap.status().message()));
    try_again_ = now + kTryAgainAfter;
    return;
  }
  problems_.erase(link.name);
  Ear& ear = ears_[link.name];
  ear.link = link.index;
  ear.tap = *std::move(tap);
  ear.budgets = std::make_unique<Budgets>();
  ear.tap->SetSieve(SieveOf(*ear.budgets));
  Watch(link.name, false);
  OpenRaw(ear, link.name, now);
  log_.Info("tap", {{"interface", link.name}, {"text", "listening"}});
}

void Taps::OpenRaw(Ear& ear, const std::string& name, Instant now) {
  auto raw = capture::RawTap::Open(name);
  if (!raw.ok()) {
    Complain(name, std::string(raw.status().message()));
    try_again_ = now + kTryAgainAfter;
    return;
  }
  problems_.erase(name);
  ear.raw = *std::move(raw);
  ear.raw_budgets = std::make_unique<Budgets>();
  ear.raw->SetSieve(SieveOf(*ear.raw_budgets));
  Watch(name, true);
}

void Taps::FollowMacvlans(const netlink::AddressTable& table, Instant now) {
  std::erase_if(problems_, [&](const auto& problem) {
    return table.FindLink(problem.first) == nullptr && !only_.contains(problem.first);
  });
  std::map<std::string, const netlink::Link*> wanted;  // by the macvlan
  for (const netlink::Link& link : table.Links()) {
    if (!report::IsVirtualRouter(link) || !link.up || !link.parent) continue;
    const netlink::Link* parent = table.FindLink(*link.parent);
    if (parent != nullptr && ears_.contains(parent->name)) wanted[link.name] = parent;
  }
  std::vector<std::string> gone;
  for (const auto& [name, above] : above_) {
    const netlink::Link* link = table.FindLink(name);
    const bool same = wanted.contains(name) && link != nullptr && link->index == above.link;
    if (!same || wanted.at(name)->name != above.parent) gone.push_back(name);
  }
  for (const std::string& name : gone) CloseAbove(name);
  for (const auto& [name, parent] : wanted) {
    if (above_.contains(name)) continue;
    const netlink::Link* link = table.FindLink(name);
    auto raw = capture::RawTap::OpenOnMacvlan(name, *report::VridOfMac(link->mac));
    if (absl::IsNotFound(raw.status())) {
      log_.Debug("tap", {{"interface", name}, {"error", std::string(raw.status().message())}});  // it is about to go
      continue;
    }
    if (!raw.ok()) {
      Complain(name, absl::StrCat(raw.status().message(), ": what is delivered there is not seen"));
      try_again_ = now + kTryAgainAfter;
      continue;
    }
    problems_.erase(name);
    Above& above = above_[name];
    above = {link->index, parent->name, *std::move(raw), std::make_unique<Budgets>()};
    above.raw->SetSieve(SieveOf(*above.budgets));
    WatchAbove(name);
  }
}

void Taps::WatchAbove(const std::string& name) {
  loop_.Watch(above_.at(name).raw->fd(), [this, macvlan = name] { DrainAbove(macvlan); });
}

void Taps::CloseAbove(const std::string& name) {
  loop_.Unwatch(above_.at(name).raw->fd());
  drops_of_closed_ += above_.at(name).raw->dropped();
  above_.erase(name);
}

void Taps::DrainAbove(const std::string& name) {
  const Above& above = above_.at(name);
  drained_at_ = std::chrono::steady_clock::now();
  const std::uint64_t before = above.raw->passed_over();
  const absl::Status status =
      above.raw->Drain([&](const capture::Packet& packet) { heard_(above.parent, Vantage::kDelivered, packet); });
  if (!status.ok()) return CloseAbove(name);
  if (above.raw->passed_over() == before) return;
  loop_.Unwatch(above.raw->fd());
  resting_above_.insert(name);
  wake_at_ = std::min(wake_at_.value_or(Instant::max()), drained_at_ + kRest);
}

void Taps::Close(const std::string& name) {
  const auto found = ears_.find(name);
  if (found == ears_.end()) return;
  Ear& ear = found->second;
  loop_.Unwatch(ear.tap->fd());
  drops_of_closed_ += ear.tap->Loss().dropped;
  passed_over_of_closed_.adverts += ear.budgets->adverts.passed_over();
  passed_over_of_closed_.claims += ear.budgets->claims.passed_over();
  CloseRaw(ear);
  ears_.erase(found);
}

void Taps::Lose(const std::string& name) {
  Close(name);
  log_.Info("tap", {{"interface", name}, {"text", "not listening any more"}});
  closed_(name);
}

void Taps::CloseRaw(Ear& ear) {
  if (ear.raw == nullptr) return;
  loop_.Unwatch(ear.raw->fd());
  drops_of_closed_ += ear.raw->dropped();
  ear.raw.reset();
}

capture::PacketSource* Taps::SourceOf(const std::string& name, bool raw) {
  const auto found = ears_.find(name);
  if (found == ears_.end()) return nullptr;
  if (raw) return found->second.raw.get();
  return found->second.tap.get();
}

void Taps::Watch(const std::string& name, bool raw) {
  loop_.Watch(SourceOf(name, raw)->fd(), [this, name, raw] { Drain(name, raw); });
}

void Taps::Rest(const std::string& name, bool raw, Instant now, std::chrono::milliseconds rest) {
  loop_.Unwatch(SourceOf(name, raw)->fd());
  resting_.insert({name, raw});
  wake_at_ = std::min(wake_at_.value_or(Instant::max()), now + rest);
}

void Taps::Wake() {
  wake_at_.reset();
  for (const std::string& name : std::exchange(resting_above_, {})) {
    if (!above_.contains(name)) continue;
    WatchAbove(name);
    DrainAbove(name);
  }
  for (const Resting& one : std::exchange(resting_, {})) {
    if (SourceOf(one.name, one.raw) == nullptr) continue;
    Watch(one.name, one.raw);
    Drain(one.name, one.raw);
  }
}

void Taps::Drain(const std::string& name, bool raw) {
  capture::PacketSource* source = SourceOf(name, raw);
  if (source == nullptr) return;
  drained_at_ = std::chrono::steady_clock::now();
  std::size_t claims = 0;
  std::size_t adverts = 0;
  const auto sink = [&](const capture::Packet& packet) {
    ++(IsClaim(packet.content) ? claims : adverts);
    Vantage vantage = raw ? Vantage::kDelivered : Vantage::kOnWire;
    if (!raw && packet.direction == vrrp::Direction::kSent) vantage = Vantage::kSent;
    heard_(name, vantage, packet);
  };
  const std::uint64_t before = source->passed_over();
  const absl::Status status = source->Drain(sink);
  if (status.ok() && source->passed_over() > before) {
    Rest(name, raw, drained_at_, kRest);
  } else if (status.ok() && claims > 0 && adverts == 0 && claims < capture::PacketSource::kMaxPerDrain) {
    // Nobody waits for what claims say: many come together when VIPs change hands, and each would wake the probe.
    Rest(name, raw, drained_at_, kClaimsRest);
  }
  if (status.ok()) return;
  Complain(name, std::string(status.message()));
  Lose(name);
  try_again_ = std::chrono::steady_clock::now() + kTryAgainAfter;
}

void Taps::CatchUp() {
  for (int round = 0; round < kMostRoundsToCatchUp; ++round) {
    bool more = false;
    for (auto& [name, ear] : ears_) {
      more = DrainOnce(name, Vantage::kOnWire, *ear.tap) || more;
      if (ear.raw != nullptr) more = DrainOnce(name, Vantage::kDelivered, *ear.raw) || more;
    }
    for (auto& [name, above] : above_) more = DrainOnce(above.parent, Vantage::kDelivered, *above.raw) || more;
    if (!more) return;
  }
}

bool Taps::DrainOnce(const std::string& interface, Vantage from, capture::PacketSource& source) {
  drained_at_ = std::chrono::steady_clock::now();
  bool any = false;
  const std::uint64_t before = source.passed_over();
  // What is wrong with a source is seen when its turn comes.
  (void)source.Drain([&](const capture::Packet& packet) {
    any = true;
    const bool sent = from == Vantage::kOnWire && packet.direction == vrrp::Direction::kSent;
    heard_(interface, sent ? Vantage::kSent : from, packet);
  });
  return any || source.passed_over() != before;
}

void Taps::Complain(const std::string& name, const std::string& problem) {
  std::string& known = problems_[name];
  if (known == problem) return;
  known = problem;
  log_.Error("tap", {{"interface", name}, {"error", problem}});
}

std::vector<std::string> Taps::Interfaces() const {
  std::vector<std::string> names;
  for (const auto& [name, ear] : ears_) names.push_back(name);
  return names;
}

std::vector<std::string> Taps::Problems() const {
  std::vector<std::string> problems;
  for (const auto& [name, problem] : problems_) problems.push_back(absl::StrCat("interface ", name, ": ", problem));
  for (const auto& [name, ear] : ears_) {
    const auto add = [&](const observe::FloodWatch& flood, absl::string_view what) {
      if (!flood.lasts()) return;
      problems.push_back(absl::StrCat("interface ", name, ": a flood of ", what, ", of which most are not read"));
    };
    add(ear.adverts, kAdverts);
    add(ear.claims, kClaims);
  }
  return problems;
}

std::uint64_t Taps::Drops() const {
  std::uint64_t drops = drops_of_closed_;
  for (const auto& [name, ear] : ears_) {
    drops += ear.tap->Loss().dropped;
    if (ear.raw != nullptr) drops += ear.raw->dropped();
  }
  for (const auto& [name, above] : above_) drops += above.raw->dropped();
  return drops;
}

Taps::NotRead Taps::PassedOver() const {
  NotRead sum = passed_over_of_closed_;
  for (const auto& [name, ear] : ears_) {
    sum.adverts += ear.budgets->adverts.passed_over();
    sum.claims += ear.budgets->claims.passed_over();
  }
  return sum;
}

void Taps::LogFloods(Instant now) {
  for (auto& [name, ear] : ears_) {
    LogFlood(name, kAdverts, ear.adverts.Look(ear.budgets->adverts.passed_over(), now));
    LogFlood(name, kClaims, ear.claims.Look(ear.budgets->claims.passed_over(), now));
  }
}

void Taps::LogFlood(const std::string& name, absl::string_view what,
                    const std::optional<observe::FloodWatch::News>& news) const {
  if (!news) return;
  log_.Write(news->over ? LogLevel::kInfo : LogLevel::kWarning, "flood",
             {{"interface", name},
              {"not_read", absl::StrCat(news->not_read)},
              {"text", news->over ? absl::StrCat("the flood of ", what, " is over")
                                  : absl::StrCat("more ", what, " than are read")}});
}

}  // namespace probe::daemon
