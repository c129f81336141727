// All that this node knows of one instance: what its VIPs have in common, found once.
#ifndef PROBE_REPORT_INSTANCE_VIEW_H_
#define PROBE_REPORT_INSTANCE_VIEW_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "arbiter/v1/report.pb.h"
#include "probe/hold/vip_state.h"
#include "probe/report/facts.h"
#include "probe/report/layout.h"
#include "proto/value/addresses.h"

namespace probe::report {

struct InstanceView {
  const Speech* speech = nullptr;                  // nullptr: nobody on this node speaks for the VIP
  const keepalived::Instance* instance = nullptr;  // nullptr: the configuration has none
  RouterKey router;                                // as whom it speaks, or would; VRID 0: not known
  bool advertises = false;                         // its adverts leave, or would if no gate were shut
  std::optional<int> priority;                     // the effective one; nothing: not known
  int version = 0;                                 // 0: not known
  Duration interval{};
  std::optional<arbiter::IpAddress> primary;  // where its adverts come from

  Duration master_down_interval{};
  arbiter::Addresses bound_together;
  hold::Rung track_file;
  hold::Rung stop_daemon;

  // The fields of VipReport that are the same for all of its VIPs.
  arbiter::v1::VipReport base;
  // Reports made of it, by what else is in them.
  std::map<std::string, std::shared_ptr<const arbiter::v1::VipReport>> reports;
};

// `speech` of the instance, nullptr for a VIP that has none; `otherwise` is as whom it would speak then.
InstanceView ViewOfInstance(const Speech* speech, const RouterKey& otherwise, const Layout& layout, const Facts& facts,
                            Instant now);

// How long a backup waits for adverts (RFC 9568, section 6.1; version 2: RFC 3768, section 6.1). Priority 0 stands for
// one that is not known.
Duration MasterDownInterval(int version, int priority, Duration advert_interval);

}  // namespace probe::report

#endif  // PROBE_REPORT_INSTANCE_VIEW_H_
