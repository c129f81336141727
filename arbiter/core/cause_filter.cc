#include "arbiter/core/cause_filter.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "arbiter/core/cause_daemon.h"
#include "arbiter/core/cause_peers.h"
#include "arbiter/core/cause_source.h"
#include "arbiter/core/cause_vmac.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

// RFC 2338's type for an IP authentication header: such adverts are another IP protocol for the raw socket.
constexpr int kAuthHeader = 2;

// A receiver that is loaded has an advert on its wire for a while before its socket is given it. Where something else
// is proven already, the second advert is waited for.
bool MayNotBeDeliveredYet(const Side& speaker, std::optional<Instant> now) {
  if (!now.has_value()) return false;
  return *now - speaker.vip().configured_since < 2 * IntervalOf(speaker) + kReportTakes;
}

// A filter's words as part of a clause.
std::string Clause(const std::string& words) { return absl::StrReplaceAll(words, {{"; ", ", "}}); }

bool Drops(const AdvertFilter& filter) { return filter.kind == FilterKind::kDrops; }

// ": nft rule `inet filter input ip protocol 112 drop` drops them"; empty: no filter is known.
std::string What(const std::vector<AdvertFilter>& filters) {
  const auto certain = std::find_if(filters.begin(), filters.end(), Drops);
  if (certain != filters.end()) return absl::StrCat(": ", Clause(certain->by), " drops them");
  std::vector<std::string> suspects;
  suspects.reserve(filters.size());
  for (const AdvertFilter& filter : filters) suspects.push_back(Clause(filter.by));
  return suspects.empty() ? "" : absl::StrCat(": ", absl::StrJoin(suspects, " or "), " may drop them");
}

// What is said of it where no filter is known: `otherwise`.
std::string Repair(const std::vector<AdvertFilter>& filters, const std::string& otherwise) {
  auto named = std::find_if(filters.begin(), filters.end(), Drops);
  if (named == filters.end()) named = filters.begin();
  return named == filters.end() ? otherwise : Clause(named->repair);
}

// It has had the time to get an advert onto its wire, and to tell of it.
bool HadTimeToSpeak(const Side& side, std::optional<Instant> now) {
  const std::optional<Instant> listening = side.party->listening_since;
  if (MayNotBeDeliveredYet(side, now)) return false;
  return !now.has_value() || !listening.has_value() || *now - *listening >= 2 * IntervalOf(side) + kReportTakes;
}

}  // namespace

void FindFilter(const Side& listener, const Side& speaker, std::optional<Instant> now, bool explained,
                Findings& findings) {
  const HeardRouter* heard = Hears(listener, speaker);
  if (heard == nullptr || !heard->on_wire || heard->delivered) return;
  if (explained && MayNotBeDeliveredYet(speaker, now)) return;
  // The probe passes some of what receivers drop over, on the wire and behind the filter at different moments.
  if (!heard->defects.empty()) return;
  // On a macvlan only what a daemon has joined is delivered, so without one nothing is.
  if (explained && listener.daemon() != DaemonState::kRunning) return;
  if (heard->auth_type == kAuthHeader || !IsMeantFor(*heard, listener) || SourceMissing(listener)) return;
  if (OwnMacvlanTakesFramesOf(speaker, listener)) return;
  if (!heard->dropped_by.empty()) {
    findings.Add(
        Cause::kReversePathFilter,
        absl::StrCat("adverts of ", speaker.name(), " (", heard->source.ToString(), ") are on the wire of ",
                     listener.name(), " (", listener.interface, ") and are not delivered there: ", heard->dropped_by),
        absl::StrCat("on ", listener.name(), ", ", heard->drop_repair, ", or have ", speaker.name(),
                     " send from an address of that network (mcast_src_ip, unicast_src_ip)"));
  }
  if (!heard->dropped_by.empty() && std::none_of(heard->filters.begin(), heard->filters.end(), Drops)) return;
  findings.Add(
      Cause::kFilteredOnHost,
      absl::StrCat("adverts of ", speaker.name(), " (", heard->source.ToString(), ") are on the wire of ",
                   listener.name(), " (", listener.interface, ") and are not delivered there", What(heard->filters)),
      absl::StrCat(
          "on ", listener.name(), ", let IP protocol 112 in on ", listener.interface, ": ",
          Repair(heard->filters, "`arbiter-probe doctor` there names the rule (packet filter, firewalld, rp_filter)")));
}

void FindMuteNodes(const std::vector<Side>& sides, std::optional<Instant> now, bool explained, Findings& findings) {
  const bool all = std::all_of(sides.begin(), sides.end(), [&](const Side& side) { return IsMute(side, sides); });
  for (const Side& side : sides) {
    const std::vector<AdvertFilter>& filters = side.vip().advert_filters;
    const bool proven = std::any_of(filters.begin(), filters.end(), Drops) && IsMute(side, sides);
    if (!proven && (!all || explained || !HadTimeToSpeak(side, now))) continue;
    findings.Add(
        Cause::kFilteredOnHost,
        absl::StrCat(side.name(), " has ", side.vip().vip.ToString(), ", its ", DaemonName(side.report()),
                     " runs, and none of its adverts gets onto the wire of ", side.interface, What(filters)),
        absl::StrCat("on ", side.name(), ", let IP protocol 112 out on ", side.interface, ": ",
                     Repair(filters, "`arbiter-probe doctor` there names the rule (packet filter on output, tc)")));
  }
}

}  // namespace arbiter::core
