#include "probe/report/to_proto.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/model/report.h"

namespace probe::report {

arbiter::v1::HeardRouter ToProto(const RouterAdverts& heard, const arbiter::IpAddress& vip) {
  arbiter::v1::HeardRouter message;
  message.set_source(heard.source.ToString());
  message.set_vrid(heard.router.vrid);
  message.set_priority(heard.priority);
  message.set_version(heard.version);
  message.set_on_wire(heard.on_wire);
  message.set_delivered(heard.delivered);
  message.set_names_vip(std::find(heard.addresses.begin(), heard.addresses.end(), vip) != heard.addresses.end());
  for (const arbiter::IpAddress& address : heard.addresses) message.add_addresses(address.ToString());
  for (const std::string& defect : heard.defects) message.add_defects(defect);
  if (heard.checksum_not_taken) {
    message.add_defects(absl::StrCat("checksum ", heard.checksum_habit,
                                     ", and keepalived there has adapted itself to `old_unicast_checksum`"));
    message.set_drop_repair("start keepalived again");
  }
  message.set_auth_type(heard.auth_type);
  *message.mutable_advert_interval() = ToProto(heard.interval);
  message.set_destination(heard.destination.ToString());
  message.set_checksum_habit(heard.checksum_habit);
  return message;
}

arbiter::v1::LocalHold ToProto(const hold::HoldRecord& hold, hold::BootTime boot_now) {
  const Instant now;
  arbiter::model::LocalHold local;
  local.vip = hold.vip;
  local.incident = hold.incident;
  local.survivor = hold.survivor;
  local.reason = hold.reason;
  local.since = now - (boot_now - hold.since);
  local.term = hold.fence.term;
  local.survivor_addresses = hold.survivor_addresses;
  local.survivor_vrid = hold.survivor_vrid;
  return ToProto(local, now);
}

}  // namespace probe::report
