#include "arbiter/core/cause_filter.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
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
    return;
  }
  findings.Add(Cause::kFilteredOnHost,
               absl::StrCat("adverts of ", speaker.name(), " (", heard->source.ToString(), ") are on the wire of ",
                            listener.name(), " (", listener.interface, ") and are not delivered there"),
               absl::StrCat("on ", listener.name(), ", let IP protocol 112 in on ", listener.interface,
                            " (packet filter, firewalld, rp_filter), `arbiter-probe doctor` there names the rule"));
}

void FindMuteNodes(const std::vector<Side>& sides, std::optional<Instant> now, Findings& findings) {
  if (!std::all_of(sides.begin(), sides.end(), [&](const Side& side) { return IsMute(side, sides); })) return;
  for (const Side& side : sides) {
    if (MayNotBeDeliveredYet(side, now)) continue;
    const std::optional<Instant> listening = side.party->listening_since;
    if (now.has_value() && listening.has_value() && *now - *listening < 2 * IntervalOf(side) + kReportTakes) continue;
    findings.Add(Cause::kFilteredOnHost,
                 absl::StrCat(side.name(), " has ", side.vip().vip.ToString(), ", its ", DaemonName(side.report()),
                              " runs, and none of its adverts gets onto the wire of ", side.interface),
                 absl::StrCat("on ", side.name(), ", let IP protocol 112 out on ", side.interface,
                              " (packet filter on output, tc), `arbiter-probe doctor` there names the rule"));
  }
}

}  // namespace arbiter::core
