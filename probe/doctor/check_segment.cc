#include "probe/doctor/check_segment.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/doctor/advert_difference.h"
#include "probe/doctor/wording.h"
#include "proto/value/duration.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using keepalived::Instance;

constexpr char kCheck[] = "segment";
// In a healthy change of hands each of two may send one advert.
constexpr std::size_t kAdvertsOfASplit = 2;

bool Shares(const std::vector<IpAddress>& a, const std::vector<IpAddress>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&b](const IpAddress& ip) { return std::find(b.begin(), b.end(), ip) != b.end(); });
}

std::string SenderOf(const HeardSource& source) {
  const auto& origin = source.last.origin;
  return absl::StrCat(origin.source.ToString(),
                      origin.source_mac ? absl::StrCat(" (", origin.source_mac->ToString(), ")") : std::string());
}

class Segment {
 public:
  Segment(const keepalived::Config& config, const Heard& heard) : config_(config), heard_(heard) {}

  Findings Check() {
    for (const HeardSource& source : heard_.sources) {
      if (!source.foreign()) continue;
      ++others_[source.interface];
      CheckSource(source);
    }
    for (const HeardCarp& carp : heard_.carp) CheckCarp(carp);
    for (const HeardHsrp& hsrp : heard_.hsrp) {
      gateways_[hsrp.interface].push_back(
          absl::StrCat("HSRP group ", hsrp.last.group, " (", hsrp.last.origin.source.ToString(), ")"));
    }
    for (const auto& [interface, status] : heard_.interfaces) Conclude(interface, status);
    return std::move(findings_);
  }

 private:
  void Say(const std::string& interface, Verdict verdict, std::string evidence, std::string repair) {
    if (verdict > Verdict::kOk) bad_.insert(interface);
    findings_.push_back({kCheck, interface, verdict, std::move(evidence), std::move(repair)});
  }

  void CheckSource(const HeardSource& source) {
    const Instance* own = Router(source);
    if (own != nullptr) return CheckSameRouter(source, *own);
    const std::vector<IpAddress> theirs = AddressesIn(source.last);
    for (const Instance& instance : config_.instances) {
      const std::vector<IpAddress> ours = AdvertisedBy(instance);
      if (!Shares(theirs, ours) || !instance.vrid) continue;
      Say(source.interface, Verdict::kFault,
          absl::StrCat(SenderOf(source), " advertises ", Listed(theirs), " under VRID ", source.last.vrid, ", ",
                       instance.name, " has VRID ", instance.vrid->value.value(), " (", instance.vrid->at.ToString(),
                       ")"),
          absl::StrCat("write the same virtual_router_id on both, here at ", instance.vrid->at.ToString()));
      return;
    }
    strangers_[source.interface].push_back(
        absl::StrCat("VRID ", source.last.vrid, " (", source.last.origin.source.ToString(), ")"));
  }

  // The instance whose virtual router the advert names.
  [[nodiscard]] const Instance* Router(const HeardSource& source) const {
    for (const Instance& instance : config_.instances) {
      if (instance.vrid && instance.vrid->value.value() == source.last.vrid &&
          instance.interface.value == source.interface && instance.IsV6() == source.last.origin.source.is_v6()) {
        return &instance;
      }
    }
    return nullptr;
  }

  void CheckSameRouter(const HeardSource& source, const Instance& instance) {
    const std::vector<IpAddress> theirs = AddressesIn(source.last);
    const std::vector<IpAddress> ours = AdvertisedBy(instance);
    if (!theirs.empty() && !ours.empty() && !Shares(theirs, ours)) {
      Say(source.interface, Verdict::kFault,
          absl::StrCat("VRID ", source.last.vrid, " of ", instance.name, " is in use by ", SenderOf(source), " for ",
                       Listed(theirs), "; ", instance.name, " has ", Listed(ours)),
          absl::StrCat("if that is somebody else's cluster take a VRID that is free on this segment (",
                       instance.vrid->at.ToString(), "); if it is the peer, write the same virtual_ipaddress on both"));
      return;
    }
    std::vector<std::string> what;
    std::vector<std::string> repairs;
    for (const AdvertDifference& difference : DifferencesOf(instance, source.last)) {
      what.push_back(difference.what);
      if (!difference.repair.empty()) repairs.push_back(difference.repair);
    }
    if (!what.empty()) {
      Say(source.interface, Verdict::kFault,
          absl::StrCat("the adverts of ", SenderOf(source), " for VRID ", source.last.vrid,
                       " do not fit: ", absl::StrJoin(what, "; ")),
          absl::StrJoin(repairs, "; "));
    }
    CheckBothActive(source, instance);
  }

  void CheckBothActive(const HeardSource& source, const Instance& instance) {
    const auto own = std::find_if(heard_.sources.begin(), heard_.sources.end(), [&](const HeardSource& other) {
      return !other.foreign() && other.interface == source.interface && other.last.vrid == source.last.vrid &&
             other.last.origin.source.family() == source.last.origin.source.family();
    });
    if (own == heard_.sources.end() || own->sent < kAdvertsOfASplit || source.on_wire < kAdvertsOfASplit) return;
    Say(source.interface, Verdict::kFault,
        absl::StrCat("a split brain: this node and ", SenderOf(source), " both advertise VRID ", source.last.vrid, " (",
                     instance.name, ", priority ", own->last.priority, " here and ", source.last.priority, " there)"),
        "mend what else is found here");
  }

  void CheckCarp(const HeardCarp& carp) {
    gateways_[carp.interface].push_back(
        absl::StrCat("CARP vhid ", carp.last.vhid, " (", carp.last.origin.source.ToString(), ")"));
    for (const Instance& instance : config_.instances) {
      if (instance.interface.value != carp.interface || !instance.vrid ||
          instance.vrid->value.value() != carp.last.vhid) {
        continue;
      }
      Say(carp.interface, Verdict::kWarning,
          absl::StrCat(carp.last.origin.source.ToString(), " speaks CARP with vhid ", carp.last.vhid, ", the VRID of ",
                       instance.name, ": both have the same virtual MAC"),
          absl::StrCat("take another virtual_router_id (", instance.vrid->at.ToString(), ") or another vhid"));
    }
  }

  // Whoever is active is heard once in this time.
  [[nodiscard]] std::chrono::nanoseconds SpeaksWithin(const std::string& interface) const {
    std::chrono::nanoseconds longest = std::chrono::seconds(1);
    for (const Instance& instance : config_.instances) {
      if (instance.interface.value != interface) continue;
      longest = std::max<std::chrono::nanoseconds>(longest, instance.advert_interval.value);
    }
    return longest;
  }

  void SayTooShort(const std::string& interface) {
    const std::string interval = arbiter::FormatDuration(SpeaksWithin(interface));
    Say(interface, Verdict::kCouldNotLook,
        absl::StrCat("listened for ", arbiter::FormatDuration(heard_.listened), ", and adverts come every ", interval,
                     ": who else advertises is not known"),
        absl::StrCat("give --listen more than ", interval));
  }

  void Conclude(const std::string& interface, const absl::Status& status) {
    if (!status.ok()) {
      Say(interface, Verdict::kCouldNotLook, std::string(status.message()), "run it as root (CAP_NET_RAW)");
      return;
    }
    const auto strangers = strangers_.find(interface);
    if (bad_.contains(interface) && strangers == strangers_.end()) return;
    if (others_[interface] == 0 && heard_.listened < SpeaksWithin(interface)) return SayTooShort(interface);
    std::string evidence = absl::StrCat("listened for ", arbiter::FormatDuration(heard_.listened), ": ");
    absl::StrAppend(&evidence, others_[interface] == 0 ? std::string("nobody else advertises")
                                                       : Counted(others_[interface], "other sender"));
    if (strangers != strangers_.end()) {
      absl::StrAppend(&evidence,
                      "; in use by others, and none of this node's: ", absl::StrJoin(strangers->second, ", "));
    } else if (others_[interface] > 0) {
      absl::StrAppend(&evidence, ", and its adverts fit this node's configuration");
    }
    if (const auto gateways = gateways_.find(interface); gateways != gateways_.end()) {
      absl::StrAppend(&evidence, "; of other protocols: ", absl::StrJoin(gateways->second, ", "));
    }
    Say(interface, Verdict::kOk, std::move(evidence), "");
  }

  const keepalived::Config& config_;
  const Heard& heard_;
  Findings findings_;
  std::set<std::string> bad_;
  std::map<std::string, std::size_t> others_;
  std::map<std::string, std::vector<std::string>> strangers_;
  std::map<std::string, std::vector<std::string>> gateways_;  // of CARP and HSRP
};

}  // namespace

Findings CheckSegment(const keepalived::Config& config, const Heard& heard) { return Segment(config, heard).Check(); }

Findings CheckAnswering(const std::vector<Answering>& answering) {
  Findings findings;
  for (const Answering& other : answering) {
    findings.push_back(
        {kCheck, other.interface, Verdict::kFault,
         absl::StrCat("a host with MAC ", other.mac, " answers for ", other.vip.ToString(), " (", other.how,
                      "), which this node has: this node's probe asked, and clients reach one or the other"),
         absl::StrCat("find the host with ", other.mac, " (the switch's address table) and take ", other.vip.ToString(),
                      " away from it, or run a probe there")});
  }
  return findings;
}

}  // namespace probe::doctor
