#include "probe/daemon/taps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/report/vip_place.h"

namespace probe::daemon {
namespace {

using observe::Vantage;

constexpr std::chrono::seconds kTryAgainAfter(2);

bool HasIpv6(const netlink::AddressTable& table, int link) {
  const std::vector<netlink::Address> addresses = table.AddressesOn(link);
  return std::any_of(addresses.begin(), addresses.end(), [](const netlink::Address& a) { return a.ip.is_v6(); });
}

}  // namespace

Taps::Taps(EventLoop& loop, const Log& log, std::set<std::string> only, Heard heard, Closed closed)
    : loop_(loop), log_(log), only_(std::move(only)), heard_(std::move(heard)), closed_(std::move(closed)) {}

Taps::~Taps() {
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
  for (const std::string& name : only_) {
    if (table.FindLink(name) == nullptr)
      Complain(name, "there is no such interface (ip link shows them); it is listened on when it comes");
  }
}

void Taps::OnTick(const netlink::AddressTable& table, Instant now) {
  if (try_again_ && now >= *try_again_) Follow(table, now);
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
  loop_.Watch(ear.tap->fd(), [this, name = link.name] { Drain(name, false); });
  OpenRaw(ear, link.name, now);
  log_.Info(absl::StrCat(link.name, ": listening"));
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
  loop_.Watch(ear.raw->fd(), [this, name] { Drain(name, true); });
}

void Taps::Close(const std::string& name) {
  const auto found = ears_.find(name);
  if (found == ears_.end()) return;
  Ear& ear = found->second;
  loop_.Unwatch(ear.tap->fd());
  drops_of_closed_ += ear.tap->Loss().dropped;
  CloseRaw(ear);
  ears_.erase(found);
}

void Taps::Lose(const std::string& name) {
  Close(name);
  log_.Info(absl::StrCat(name, ": not listening any more"));
  closed_(name);
}

void Taps::CloseRaw(Ear& ear) {
  if (ear.raw == nullptr) return;
  loop_.Unwatch(ear.raw->fd());
  drops_of_closed_ += ear.raw->dropped();
  ear.raw.reset();
}

void Taps::Drain(const std::string& name, bool raw) {
  const auto found = ears_.find(name);
  if (found == ears_.end()) return;
  const auto sink = [&](const capture::Packet& packet) {
    Vantage vantage = raw ? Vantage::kDelivered : Vantage::kOnWire;
    if (!raw && packet.direction == vrrp::Direction::kSent) vantage = Vantage::kSent;
    heard_(name, vantage, packet);
  };
  capture::PacketSource* source = found->second.tap.get();
  if (raw) source = found->second.raw.get();
  const absl::Status status = source->Drain(sink);
  if (status.ok()) return;
  Complain(name, std::string(status.message()));
  Lose(name);
  try_again_ = std::chrono::steady_clock::now() + kTryAgainAfter;
}

void Taps::Complain(const std::string& name, const std::string& problem) {
  std::string& known = problems_[name];
  if (known == problem) return;
  known = problem;
  log_.Error(absl::StrCat("interface ", name, ": ", problem));
}

std::vector<std::string> Taps::Interfaces() const {
  std::vector<std::string> names;
  for (const auto& [name, ear] : ears_) names.push_back(name);
  return names;
}

std::vector<std::string> Taps::Problems() const {
  std::vector<std::string> problems;
  for (const auto& [name, problem] : problems_) problems.push_back(absl::StrCat("interface ", name, ": ", problem));
  return problems;
}

std::uint64_t Taps::Drops() const {
  std::uint64_t drops = drops_of_closed_;
  for (const auto& [name, ear] : ears_) {
    drops += ear.tap->Loss().dropped;
    if (ear.raw != nullptr) drops += ear.raw->dropped();
  }
  return drops;
}

}  // namespace probe::daemon
