#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "proto/codec/enums.h"
#include "proto/codec/report.h"
#include "proto/codec/time.h"

namespace arbiter::codec {
namespace {

void Append(absl::Span<const IpAddress> addresses, google::protobuf::RepeatedPtrField<std::string>* texts) {
  texts->Reserve(static_cast<int>(addresses.size()));
  for (const IpAddress& address : addresses) {
    *texts->Add() = address.ToString();
  }
}

void Append(const std::vector<std::string>& from, google::protobuf::RepeatedPtrField<std::string>* to) {
  to->Assign(from.begin(), from.end());
}

std::string TextOf(const std::optional<IpAddress>& address) { return address ? address->ToString() : std::string(); }

// Not known is 0 on the wire, and no duration at all.
void SetLength(Duration length, google::protobuf::Duration* (*add)(v1::VipReport*), v1::VipReport* message) {
  if (length != Duration::zero()) {
    *add(message) = ToProto(length);
  }
}

void WriteFilters(const std::vector<model::AdvertFilter>& filters,
                  google::protobuf::RepeatedPtrField<v1::AdvertFilter>* messages) {
  for (const model::AdvertFilter& filter : filters) {
    v1::AdvertFilter* message = messages->Add();
    message->set_kind(ToProto(filter.kind));
    message->set_by(filter.by);
    message->set_repair(filter.repair);
  }
}

void WriteRouterFields(const model::VipReport& report, v1::VipReport* message) {
  message->set_advertises(report.advertises);
  message->set_vrid(report.vrid.value_or(0));
  message->set_priority(report.priority.value_or(0));
  message->set_version(report.version.value_or(0));
  SetLength(
      report.advert_interval, [](v1::VipReport* m) { return m->mutable_advert_interval(); }, message);
  SetLength(
      report.master_down_interval, [](v1::VipReport* m) { return m->mutable_master_down_interval(); }, message);
  message->set_primary_address(TextOf(report.primary_address));
  message->set_instance(report.instance);
  message->set_sync_group(report.sync_group);
  message->set_daemon(ToProto(report.daemon));
  message->set_in_daemon_config(report.in_daemon_config);
}

constexpr std::size_t kLong = 16;

bool HasLongList(const model::VipReport& report) {
  return report.bound_together.size() > kLong || report.advertised_addresses.size() > kLong;
}

// Equal for reports whose lists are the same ones in memory.
std::string ListsOf(const model::VipReport& report) {
  const auto identity = [](const Addresses& list) { return reinterpret_cast<std::uintptr_t>(list.identity()); };
  std::string lists = absl::StrCat(identity(report.bound_together), " ", identity(report.advertised_addresses), ";");
  for (const model::Rung& rung : report.rungs) {
    absl::StrAppend(&lists, static_cast<int>(rung.kind), " ", rung.usable, " ", identity(rung.scope), " ", rung.reason,
                    ";");
  }
  for (const model::HeardRouter& heard : report.heard) {
    absl::StrAppend(&lists, heard.source.ToString(), " ", heard.vrid, " ", heard.mac, " ", identity(heard.addresses),
                    " ", heard.on_wire, heard.delivered, heard.names_vip, heard.answers, heard.dropped_by);
    for (const model::AdvertFilter& filter : heard.filters) absl::StrAppend(&lists, " ", filter.by);
    absl::StrAppend(&lists, ";");
  }
  return lists;
}

void WriteLists(const model::VipReport& report, v1::VipReport* message) {
  Append(report.advertised_addresses.list(), message->mutable_advertised_addresses());
  Append(report.bound_together.list(), message->mutable_bound_together());
  for (const model::Rung& rung : report.rungs) {
    *message->add_rungs() = ToProto(rung);
  }
  for (const model::HeardRouter& heard : report.heard) {
    *message->add_heard() = ToProto(heard);
  }
}

// All but the lists.
v1::VipReport OwnPart(const model::VipReport& report, Instant now) {
  v1::VipReport message;
  message.set_address(report.vip.ToString());
  message.set_configured(report.configured);
  message.set_interface(report.interface);
  if (report.configured) {
    *message.mutable_configured_for() = AgeToProto(report.configured_since, now);
  }
  message.set_effective(report.effective);
  message.set_gate(ToProto(report.gate));
  message.set_gate_reason(report.gate_reason);
  message.set_not_ours(report.not_ours);
  message.set_vouched(report.vouched);
  message.set_other_manager(report.other_manager);
  if (report.gated()) {
    *message.mutable_gate_shut_for() = AgeToProto(report.gate_since, now);
  }
  WriteRouterFields(report, &message);
  message.set_segment(report.segment);
  message.set_link_down(report.link_down);
  Append(report.answers_on, message.mutable_answers_on());
  message.set_advert_interface(report.advert_interface);
  for (const model::Hindrance& hindrance : report.hindrances) {
    *message.add_hindrances() = ToProto(hindrance);
  }
  WriteFilters(report.advert_filters, message.mutable_advert_filters());
  Append(report.fault_suspects, message.mutable_fault_suspects());
  return message;
}

}  // namespace

v1::Rung ToProto(const model::Rung& rung) {
  v1::Rung message;
  message.set_kind(ToProto(rung.kind));
  message.set_usable(rung.usable);
  message.set_reason(rung.reason);
  Append(rung.scope.list(), message.mutable_scope());
  return message;
}

v1::HeardRouter ToProto(const model::HeardRouter& heard) {
  v1::HeardRouter message;
  message.set_source(heard.source.ToString());
  message.set_vrid(heard.vrid);
  message.set_priority(heard.priority);
  message.set_version(heard.version);
  message.set_on_wire(heard.on_wire);
  message.set_delivered(heard.delivered);
  message.set_names_vip(heard.names_vip);
  Append(heard.addresses.list(), message.mutable_addresses());
  Append(heard.defects, message.mutable_defects());
  message.set_auth_type(heard.auth_type);
  if (heard.advert_interval != Duration::zero()) {
    *message.mutable_advert_interval() = ToProto(heard.advert_interval);
  }
  message.set_destination(TextOf(heard.destination));
  message.set_checksum_habit(heard.checksum_habit);
  message.set_mac(heard.mac);
  message.set_answers(heard.answers);
  message.set_dropped_by(heard.dropped_by);
  message.set_drop_repair(heard.drop_repair);
  WriteFilters(heard.filters, message.mutable_filters());
  return message;
}

v1::InstanceConfig ToProto(const model::InstanceConfig& instance) {
  v1::InstanceConfig message;
  message.set_name(instance.name);
  message.set_interface(instance.interface);
  message.set_vrid(instance.vrid);
  message.set_priority(instance.priority);
  message.set_version(instance.version);
  if (instance.advert_interval != Duration::zero()) {
    *message.mutable_advert_interval() = ToProto(instance.advert_interval);
  }
  message.set_initial_state(instance.initial_state);
  message.set_nopreempt(instance.nopreempt);
  message.set_use_vmac(instance.use_vmac);
  message.set_vmac_xmit_base(instance.vmac_xmit_base);
  message.set_auth_type(instance.auth_type);
  message.set_auth_fingerprint(instance.auth_fingerprint);
  Append(instance.addresses, message.mutable_addresses());
  Append(instance.excluded_addresses, message.mutable_excluded_addresses());
  message.set_unicast_source(TextOf(instance.unicast_source));
  Append(instance.unicast_peers, message.mutable_unicast_peers());
  message.set_sync_group(instance.sync_group);
  message.set_track_file(instance.track_file);
  message.mutable_origin()->insert(instance.origin.begin(), instance.origin.end());
  message.set_segment(instance.segment);
  message.set_link_down(instance.link_down);
  message.set_ignores_link(instance.ignores_link);
  Append(instance.networks, message.mutable_networks());
  return message;
}

v1::Hindrance ToProto(const model::Hindrance& hindrance) {
  v1::Hindrance message;
  message.set_kind(ToProto(hindrance.kind));
  message.set_evidence(hindrance.evidence);
  message.set_repair(hindrance.repair);
  return message;
}

v1::VipReport ToProto(const model::VipReport& report, Instant now) {
  v1::VipReport message = OwnPart(report, now);
  WriteLists(report, &message);
  return message;
}

void AddVipReports(const std::vector<model::VipReport>& reports, Instant now,
                   google::protobuf::RepeatedPtrField<v1::VipReport>* vips,
                   google::protobuf::RepeatedPtrField<v1::VipReport>* shared) {
  std::map<std::string, int> written;  // by what the lists are
  for (const model::VipReport& report : reports) {
    if (!HasLongList(report)) {
      *vips->Add() = ToProto(report, now);
      continue;
    }
    const auto [entry, is_new] = written.try_emplace(ListsOf(report), shared->size() + 1);
    if (is_new) WriteLists(report, shared->Add());
    v1::VipReport* own = vips->Add();
    *own = OwnPart(report, now);
    own->set_shared(static_cast<std::uint32_t>(entry->second));
  }
}

v1::NodeReport ToProto(const model::NodeReport& report) {
  v1::NodeReport message;
  message.set_daemon(ToProto(report.daemon));
  message.set_daemon_name(report.daemon_name);
  message.set_config_path(report.config_path);
  Append(report.config_problems, message.mutable_config_problems());
  for (const model::InstanceConfig& instance : report.instances) {
    *message.add_instances() = ToProto(instance);
  }
  Append(report.interfaces, message.mutable_interfaces());
  message.set_gate_usable(report.gate_usable);
  message.set_gate_reason(report.gate_reason);
  message.set_gate_restores(report.gate_restores);
  message.set_dry_run(report.dry_run);
  message.set_capture_drops(report.capture_drops);
  message.set_netlink_overruns(report.netlink_overruns);
  message.mutable_dropped_adverts()->insert(report.dropped_adverts.begin(), report.dropped_adverts.end());
  Append(report.addresses, message.mutable_addresses());
  Append(report.macs, message.mutable_macs());
  Append(report.loopback_addresses, message.mutable_loopback_addresses());
  for (const model::ForeignRouter& router : report.foreign_routers) {
    v1::ForeignRouter* to = message.add_foreign_routers();
    to->set_protocol(router.protocol);
    to->set_interface(router.interface);
    to->set_group(router.group);
    to->set_source(router.source);
    to->set_priority(router.priority);
    Append(router.addresses, to->mutable_addresses());
  }
  Append(report.address_managers, message.mutable_address_managers());
  return message;
}

v1::LocalHold ToProto(const model::LocalHold& hold, Instant now) {
  v1::LocalHold message;
  message.set_vip(hold.vip.ToString());
  message.set_incident(hold.incident);
  message.set_survivor(hold.survivor);
  message.set_reason(hold.reason);
  *message.mutable_held_for() = AgeToProto(hold.since, now);
  message.set_term(hold.term);
  Append(hold.survivor_addresses, message.mutable_survivor_addresses());
  message.set_survivor_vrid(hold.survivor_vrid);
  return message;
}

}  // namespace arbiter::codec
