#include "probe/doctor/check_addresses.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/doctor/wording.h"
#include "probe/keepalived/scope.h"
#include "probe/report/hindrance.h"
#include "probe/report/layout.h"
#include "probe/report/owner_index.h"
#include "probe/report/vip_place.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using keepalived::DaemonState;

constexpr char kCheck[] = "address";
constexpr char kDaemonCheck[] = "daemon";
constexpr char kInstanceCheck[] = "instance";

std::string Where(const report::VipPlace& place) {
  return absl::StrCat(place.vip.ToString(), "/", place.on->address.prefix_length, " on ", place.on->link.name);
}

std::string Removal(const report::VipPlace& place) {
  return absl::StrCat("ip address del ", place.vip.ToString(), "/", place.on->address.prefix_length, " dev ",
                      place.on->link.name);
}

// Somebody else whose adverts name the address, on that interface.
const HeardSource* AdvertiserOf(const report::VipPlace& place, const Heard& heard) {
  for (const HeardSource& source : heard.sources) {
    if (source.foreign() && source.interface == place.interface && source.last.addresses.Contains(place.vip)) {
      return &source;
    }
  }
  return nullptr;
}

bool AdvertisesHere(const report::VipPlace& place, const Heard& heard) {
  return std::any_of(heard.sources.begin(), heard.sources.end(), [&place](const HeardSource& source) {
    return !source.foreign() && source.interface == place.interface && place.vrid && source.last.vrid == *place.vrid;
  });
}

std::string AdvertisedElsewhere(const HeardSource* other) {
  if (other == nullptr) return "";
  return absl::StrCat(", while ", other->last.origin.source.ToString(), " advertises it");
}

Finding Bad(const report::VipPlace& place, std::string evidence, std::string repair) {
  return {kCheck, place.vip.ToString(), Verdict::kFault, std::move(evidence), std::move(repair)};
}

// The daemon owns the address and lives.
Finding OfLiveOwner(const report::VipPlace& place, const AddressFacts& facts) {
  const HeardSource* other = AdvertiserOf(place, facts.heard);
  if (other != nullptr && !AdvertisesHere(place, facts.heard) && !place.excluded) {
    return Bad(place,
               absl::StrCat(Where(place), " is configured here", AdvertisedElsewhere(other),
                            " and this node does not: a backup kept it (a reload can do that)"),
               Removal(place));
  }
  const bool elsewhere = std::none_of(
      place.instance->addresses.begin(), place.instance->addresses.end(),
      [&place](const auto& address) { return address.address == place.vip && address.device == place.interface; });
  const bool excluded_elsewhere = std::none_of(
      place.instance->excluded.begin(), place.instance->excluded.end(),
      [&place](const auto& address) { return address.address == place.vip && address.device == place.interface; });
  if (elsewhere && excluded_elsewhere) {
    return Bad(place,
               absl::StrCat(Where(place), ": ", place.instance->name, " puts it on another interface (",
                            place.instance->interface.value, ")"),
               Removal(place));
  }
  return {kCheck, place.vip.ToString(), Verdict::kOk,
          absl::StrCat(Where(place), ", owned by ", place.instance->name, " of a daemon that runs"), ""};
}

Finding OfPlace(const report::VipPlace& place, const AddressFacts& facts) {
  if (const auto shut = facts.shut.find(place.vip); shut != facts.shut.end()) {
    return {kCheck, place.vip.ToString(), Verdict::kWarning,
            absl::StrCat(Where(place), " is behind a shut gate: this node is held back for it (", shut->second, ")"),
            "`arbctl status` says why; `arbiter-probe holds` shows and ends it without an arbiter"};
  }
  const std::vector<report::Hindrance> hindrances = report::HindrancesAt(place);
  if (!hindrances.empty()) {
    return Bad(place, absl::StrCat(Where(place), ": ", hindrances.front().evidence), hindrances.front().repair);
  }
  const HeardSource* other = AdvertiserOf(place, facts.heard);
  if (place.instance == nullptr) {
    return Bad(place,
               absl::StrCat(Where(place), " is configured, and no instance of this node's daemon owns it",
                            AdvertisedElsewhere(other), ": somebody added it by hand"),
               Removal(place));
  }
  switch (facts.daemon.state) {
    case DaemonState::kGone:
      return Bad(place,
                 absl::StrCat(Where(place), " is a leftover: its daemon is gone (", facts.daemon.why, ")",
                              AdvertisedElsewhere(other)),
                 absl::StrCat(Removal(place), ", or start keepalived"));
    case DaemonState::kFrozen:
      return Bad(place,
                 absl::StrCat(Where(place), " is held by a daemon that is frozen and advertises nothing",
                              AdvertisedElsewhere(other)),
                 absl::StrCat("kill -CONT ", facts.daemon.vrrp));
    case DaemonState::kUnknown:
      return {kCheck, place.vip.ToString(), other == nullptr ? Verdict::kCouldNotLook : Verdict::kFault,
              absl::StrCat(Where(place), ", and whether its daemon runs cannot be told (", facts.daemon.why, ")",
                           AdvertisedElsewhere(other)),
              absl::StrCat("if keepalived does not run here: ", Removal(place))};
    case DaemonState::kRunning:
      break;
  }
  return OfLiveOwner(place, facts);
}

// The daemon advertises the VIP, and the VIP is nowhere: its daemon does not know.
std::optional<Finding> OfTaken(const IpAddress& vip, const AddressFacts& facts, const report::OwnerIndex& owners) {
  for (const keepalived::Owner& owner : owners.Of(vip)) {
    const keepalived::Instance& instance = *owner.instance;
    const bool speaks = std::any_of(facts.heard.sources.begin(), facts.heard.sources.end(), [&](const auto& source) {
      return !source.foreign() && instance.vrid && source.interface == instance.interface.value &&
             source.last.vrid == instance.vrid->value.value();
    });
    if (!speaks) continue;
    const std::string by =
        facts.managers.empty() ? "" : absl::StrCat(" (", absl::StrJoin(facts.managers, " and "), " runs here)");
    const std::string keep = facts.managers.empty()
                                 ? "find out what removes it (`ip monitor address`)"
                                 : absl::StrCat("have ", absl::StrJoin(facts.managers, " and "), " leave ",
                                                owner.address->device, "'s addresses alone");
    return Finding{kCheck, vip.ToString(), Verdict::kFault,
                   absl::StrCat(instance.name,
                                " advertises it, and no interface has it: it was taken away behind the "
                                "daemon's back",
                                by),
                   absl::StrCat(keep, ", then restart keepalived: it adds the address anew")};
  }
  return std::nullopt;
}

std::set<IpAddress> VipsOf(const AddressFacts& facts, const report::OwnerIndex& owners) {
  std::set<IpAddress> vips(facts.named.begin(), facts.named.end());
  for (const auto& [vip, all] : owners.all()) vips.insert(vip);
  for (const HeardSource& source : facts.heard.sources) {
    if (!source.foreign()) continue;
    for (const IpAddress& address : source.last.addresses) vips.insert(address);
  }
  return vips;
}

}  // namespace

Findings CheckDaemon(const keepalived::DaemonStatus& status) {
  Finding finding{kDaemonCheck, "keepalived", Verdict::kOk, status.why, ""};
  switch (status.state) {
    case DaemonState::kRunning:
      break;
    case DaemonState::kFrozen:
      finding.verdict = Verdict::kFault;
      finding.repair = status.vrrp > 0 ? absl::StrCat("kill -CONT ", status.vrrp) : "continue its processes (SIGCONT)";
      break;
    case DaemonState::kGone:
      finding.verdict = Verdict::kFault;
      finding.repair = "systemctl start keepalived";
      break;
    case DaemonState::kUnknown:
      finding.verdict = Verdict::kWarning;
      finding.repair = "start keepalived, or name its pid file by --keepalived-pidfile";
      break;
  }
  return {finding};
}

Findings CheckInstances(const keepalived::Config& config, const netlink::AddressTable& table) {
  const report::OwnerIndex owners(config);
  const report::Facts facts{table, config, owners};
  const report::Layout layout(facts);
  Findings findings;
  if (!config.globals.net_namespace.value.empty()) return findings;  // its interfaces are not those that are seen here
  for (const keepalived::Instance& instance : config.instances) {
    const std::vector<report::Hindrance> hindrances = report::HindrancesOf(instance, owners, layout);
    for (const report::Hindrance& hindrance : hindrances) {
      findings.push_back({kInstanceCheck, instance.name, Verdict::kFault, hindrance.evidence, hindrance.repair});
    }
    if (!hindrances.empty()) continue;
    findings.push_back(
        {kInstanceCheck, instance.name, Verdict::kOk, "the interfaces and addresses that it needs are there", ""});
  }
  return findings;
}

Findings CheckAddresses(const AddressFacts& facts) {
  const report::OwnerIndex owners(facts.config);
  Findings findings;
  std::size_t absent = 0;
  for (const IpAddress& vip : VipsOf(facts, owners)) {
    bool here = false;
    for (const report::VipPlace& place : report::PlacesOf(vip, facts.table, owners)) {
      if (!place.on) continue;
      here = true;
      findings.push_back(OfPlace(place, facts));
    }
    absent += here ? 0U : 1U;
    if (here) continue;
    if (std::optional<Finding> taken = OfTaken(vip, facts, owners); taken.has_value()) {
      findings.push_back(*std::move(taken));
    }
  }
  if (findings.empty() && absent > 0) {
    findings.push_back(
        {kCheck, "", Verdict::kOk, absl::StrCat("none of ", Counted(absent, "VIP"), " is configured here"), ""});
  }
  return findings;
}

Findings CheckIfconfig(const keepalived::Config& config, const std::vector<LabelledAddress>& addresses) {
  Findings findings;
  std::set<std::string> shown;
  for (const LabelledAddress& address : addresses) {
    const bool first = shown.insert(address.label).second;
    if (first || keepalived::OwnersOf(config, address.address).empty()) continue;
    findings.push_back({"ifconfig", address.address.ToString(), Verdict::kOk,
                        absl::StrCat("ifconfig does not show it on ", address.label,
                                     ", for it has no label of its own: `ip address show ", address.label, "` does"),
                        ""});
  }
  return findings;
}

}  // namespace probe::doctor
