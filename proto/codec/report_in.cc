#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "proto/codec/enums.h"
#include "proto/codec/report.h"

namespace arbiter::codec {
namespace {

std::vector<std::string> Strings(const char* field, const google::protobuf::RepeatedPtrField<std::string>& texts,
                                 std::size_t most, FieldReader* reader) {
  std::vector<std::string> kept;
  if (!reader->Within(field, texts.size(), most)) return kept;
  kept.reserve(static_cast<std::size_t>(texts.size()));
  for (const std::string& text : texts) kept.push_back(KeptText(text));
  return kept;
}

model::Rung ReadRung(const v1::Rung& message, FieldReader* reader) {
  model::Rung rung;
  rung.kind = reader->Enum<model::RungKind>("kind", message.kind());
  rung.usable = message.usable();
  rung.reason = KeptText(message.reason());
  rung.scope = reader->Addresses("scope", message.scope());
  return rung;
}

using FilterMessages = google::protobuf::RepeatedPtrField<v1::AdvertFilter>;

// A kind that is newer than we are is no certainty.
std::vector<model::AdvertFilter> ReadFilters(const char* field, const FilterMessages& messages, FieldReader* reader) {
  std::vector<model::AdvertFilter> filters;
  if (!reader->Within(field, messages.size(), reader->limits().details)) return filters;
  for (const v1::AdvertFilter& message : messages) {
    filters.push_back({FromProto(message.kind()).value_or(model::FilterKind::kMayDrop), KeptText(message.by()),
                       KeptText(message.repair())});
  }
  return filters;
}

model::HeardRouter ReadHeardRouter(const v1::HeardRouter& message, FieldReader* reader) {
  model::HeardRouter heard;
  heard.source = reader->Address("source", message.source());
  heard.vrid = reader->Byte("vrid", message.vrid());
  heard.priority = reader->Byte("priority", message.priority());
  heard.version = reader->Byte("version", message.version());
  heard.on_wire = message.on_wire();
  heard.delivered = message.delivered();
  heard.names_vip = message.names_vip();
  heard.addresses = reader->Addresses("addresses", message.addresses());
  heard.defects = Strings("defects", message.defects(), reader->limits().details, reader);
  heard.auth_type = reader->Byte("auth_type", message.auth_type());
  heard.advert_interval = reader->Length("advert_interval", message.advert_interval());
  heard.destination = reader->OptionalAddress("destination", message.destination());
  heard.checksum_habit = KeptText(message.checksum_habit());
  heard.mac = KeptText(message.mac());
  heard.answers = message.answers();
  heard.dropped_by = KeptText(message.dropped_by());
  heard.drop_repair = KeptText(message.drop_repair());
  heard.filters = ReadFilters("filters", message.filters(), reader);
  return heard;
}

// A kind that is newer than we are has its words all the same.
model::Hindrance ReadHindrance(const v1::Hindrance& message) {
  model::Hindrance hindrance;
  hindrance.kind = FromProto(message.kind()).value_or(model::HindranceKind::kLink);
  hindrance.evidence = KeptText(message.evidence());
  hindrance.repair = KeptText(message.repair());
  return hindrance;
}

model::InstanceConfig ReadInstance(const v1::InstanceConfig& message, FieldReader* reader) {
  model::InstanceConfig instance;
  instance.name = KeptText(message.name());
  instance.interface = KeptText(message.interface());
  instance.vrid = reader->Byte("vrid", message.vrid());
  instance.priority = reader->Byte("priority", message.priority());
  instance.version = reader->Byte("version", message.version());
  instance.advert_interval = reader->Length("advert_interval", message.advert_interval());
  instance.initial_state = KeptText(message.initial_state());
  instance.nopreempt = message.nopreempt();
  instance.use_vmac = message.use_vmac();
  instance.vmac_xmit_base = message.vmac_xmit_base();
  instance.auth_type = KeptText(message.auth_type());
  instance.auth_fingerprint = KeptText(message.auth_fingerprint());
  instance.addresses = reader->Addresses("addresses", message.addresses());
  instance.excluded_addresses = reader->Addresses("excluded_addresses", message.excluded_addresses());
  instance.unicast_source = reader->OptionalAddress("unicast_source", message.unicast_source());
  instance.unicast_peers = reader->Addresses("unicast_peers", message.unicast_peers());
  instance.sync_group = KeptText(message.sync_group());
  instance.track_file = KeptText(message.track_file());
  if (!reader->Within("origin", static_cast<int>(message.origin().size()), reader->limits().details)) return instance;
  for (const auto& [key, place] : message.origin()) instance.origin.emplace_back(KeptText(key), KeptText(place));
  std::sort(instance.origin.begin(), instance.origin.end());
  instance.segment = KeptText(message.segment());
  instance.link_down = message.link_down();
  instance.ignores_link = message.ignores_link();
  instance.networks = Strings("networks", message.networks(), reader->limits().details, reader);
  return instance;
}

// Fields that a report leaves out keep what they are: what it has in common with others was read before.
void ReadRouterFields(const v1::VipReport& message, FieldReader* reader, model::VipReport* report) {
  report->advertises = report->advertises || message.advertises();
  if (message.vrid() != 0) report->vrid = reader->OptionalByte("vrid", message.vrid());
  if (message.priority() != 0) report->priority = reader->OptionalByte("priority", message.priority());
  if (message.version() != 0) report->version = reader->OptionalByte("version", message.version());
  if (message.has_advert_interval()) {
    report->advert_interval = reader->Length("advert_interval", message.advert_interval());
  }
  if (message.has_master_down_interval()) {
    report->master_down_interval = reader->Length("master_down_interval", message.master_down_interval());
  }
  if (!message.primary_address().empty()) {
    report->primary_address = reader->OptionalAddress("primary_address", message.primary_address());
  }
  if (!message.advertised_addresses().empty()) {
    report->advertised_addresses = reader->Addresses("advertised_addresses", message.advertised_addresses());
  }
  report->link_down = report->link_down || message.link_down();
  if (!message.segment().empty()) report->segment = KeptText(message.segment());
  if (!message.advert_interface().empty()) report->advert_interface = KeptText(message.advert_interface());
  if (!message.answers_on().empty()) {
    report->answers_on = Strings("answers_on", message.answers_on(), reader->limits().answers_on, reader);
  }
}

// What the daemon's configuration says of the VIP's instance.
void ReadInstanceFields(const v1::VipReport& message, FieldReader* reader, model::VipReport* report) {
  if (!message.instance().empty()) report->instance = KeptText(message.instance());
  if (!message.sync_group().empty()) report->sync_group = KeptText(message.sync_group());
  if (!message.bound_together().empty()) {
    report->bound_together = reader->Addresses("bound_together", message.bound_together());
  }
  const bool of_shared = message.shared() != 0 && message.daemon() == v1::DAEMON_STATE_UNSPECIFIED;
  if (!of_shared) report->daemon = reader->Enum<model::DaemonState>("daemon", message.daemon());
}

// Each list stands whole in one of the two, the report or what it shares; only what is heard and what hinders may stand
// in both.
void ReadLists(const v1::VipReport& message, FieldReader* reader, model::VipReport* report) {
  const ReportLimits& limits = reader->limits();
  const int heard = static_cast<int>(report->heard.size()) + message.heard_size();
  if (!reader->Within("rungs", message.rungs_size(), limits.rungs) || !reader->Within("heard", heard, limits.heard)) {
    return;
  }
  if (!message.rungs().empty()) {
    report->rungs.clear();
    report->rungs.reserve(static_cast<std::size_t>(message.rungs_size()));
  }
  for (int i = 0; i < message.rungs_size() && reader->ok(); ++i) {
    const auto scope = reader->Enter("rungs", i);
    report->rungs.push_back(ReadRung(message.rungs(i), reader));
  }
  report->heard.reserve(report->heard.size() + static_cast<std::size_t>(message.heard_size()));
  for (int i = 0; i < message.heard_size() && reader->ok(); ++i) {
    const auto scope = reader->Enter("heard", i);
    report->heard.push_back(ReadHeardRouter(message.heard(i), reader));
  }
  const int hindrances = static_cast<int>(report->hindrances.size()) + message.hindrances_size();
  if (!reader->Within("hindrances", hindrances, limits.details)) return;
  for (const v1::Hindrance& hindrance : message.hindrances()) report->hindrances.push_back(ReadHindrance(hindrance));
  if (!message.advert_filters().empty()) {
    report->advert_filters = ReadFilters("advert_filters", message.advert_filters(), reader);
  }
  if (!message.fault_suspects().empty()) {
    report->fault_suspects = Strings("fault_suspects", message.fault_suspects(), limits.details, reader);
  }
}

// What stands in `shared`: all but what is the VIP's alone.
model::VipReport ReadCommon(const v1::VipReport& message, FieldReader* reader) {
  model::VipReport common;
  ReadRouterFields(message, reader, &common);
  ReadInstanceFields(message, reader, &common);
  ReadLists(message, reader, &common);
  return common;
}

model::VipReport ReadOwn(const v1::VipReport& message, model::VipReport common, FieldReader* reader) {
  model::VipReport report = std::move(common);
  report.vip = reader->Address("address", message.address());
  report.configured = message.configured();
  report.interface = KeptText(message.interface());
  report.configured_since = reader->Since("configured_for", message.configured_for());
  report.effective = message.effective();
  report.gate = reader->Enum<model::GateState>("gate", message.gate());
  report.gate_reason = KeptText(message.gate_reason());
  report.gate_since = reader->Since("gate_shut_for", message.gate_shut_for());
  report.in_daemon_config = message.in_daemon_config();
  report.not_ours = KeptText(message.not_ours());
  report.vouched = message.vouched();
  report.other_manager = message.other_manager();
  ReadRouterFields(message, reader, &report);
  ReadInstanceFields(message, reader, &report);
  ReadLists(message, reader, &report);
  return report;
}

}  // namespace

SharedReports::SharedReports(const Messages& shared, FieldReader* reader) {
  if (shared.size() > static_cast<int>(reader->limits().vips)) {
    reader->FailLimit("shared", absl::StrCat(shared.size(), " entries, at most ", reader->limits().vips, " are taken"));
    return;
  }
  for (int i = 0; i < shared.size() && reader->ok(); ++i) {
    const auto scope = reader->Enter("shared", i);
    common_.push_back(ReadCommon(shared.Get(i), reader));
  }
}

model::VipReport SharedReports::Read(const v1::VipReport& message, FieldReader* reader) const {
  if (message.shared() == 0) return ReadOwn(message, {}, reader);
  if (message.shared() > common_.size()) {
    reader->Fail("shared", absl::StrCat(message.shared(), ", but the message has ", common_.size(), " entries"));
    return {};
  }
  return ReadOwn(message, common_[message.shared() - 1], reader);
}

model::VipReport ReadVipReport(const v1::VipReport& message, FieldReader* reader) {
  return SharedReports({}, reader).Read(message, reader);
}

std::vector<model::VipReport> ReadVipReports(const SharedReports::Messages& messages,
                                             const SharedReports::Messages& shared, FieldReader* reader) {
  std::vector<model::VipReport> reports;
  const auto count = static_cast<std::size_t>(messages.size());
  if (count > reader->limits().vips) {
    reader->FailLimit("vips", absl::StrCat(count, " VIPs, at most ", reader->limits().vips, " are taken"));
    return reports;
  }
  const SharedReports common(shared, reader);
  reports.reserve(count);
  std::set<IpAddress> seen;
  for (int i = 0; i < messages.size() && reader->ok(); ++i) {
    const auto scope = reader->Enter("vips", i);
    reports.push_back(common.Read(messages.Get(i), reader));
    if (!seen.insert(reports.back().vip).second) {
      reader->Fail("address", absl::StrCat(reports.back().vip.ToString(), " stands there twice"));
    }
  }
  return reports;
}

namespace {

// More is no news to anybody.
constexpr int kMostForeignRouters = 256;

model::ForeignRouter ReadForeignRouter(const v1::ForeignRouter& message, FieldReader* reader) {
  return {.protocol = KeptText(message.protocol()),
          .interface = KeptText(message.interface()),
          .group = message.group(),
          .source = KeptText(message.source()),
          .priority = message.priority(),
          .addresses = Strings("addresses", message.addresses(), reader->limits().details, reader)};
}

}  // namespace

model::NodeReport ReadNodeReport(const v1::NodeReport& message, FieldReader* reader) {
  model::NodeReport report;
  report.daemon = reader->Enum<model::DaemonState>("daemon", message.daemon());
  report.daemon_name = KeptText(message.daemon_name());
  report.config_path = KeptText(message.config_path());
  const std::size_t entries = reader->limits().entries;
  report.config_problems = Strings("config_problems", message.config_problems(), entries, reader);
  if (!reader->Within("instances", message.instances_size(), reader->limits().instances)) return report;
  report.instances.reserve(static_cast<std::size_t>(message.instances_size()));
  for (int i = 0; i < message.instances_size() && reader->ok(); ++i) {
    const auto scope = reader->Enter("instances", i);
    report.instances.push_back(ReadInstance(message.instances(i), reader));
  }
  report.interfaces = Strings("interfaces", message.interfaces(), entries, reader);
  report.gate_usable = message.gate_usable();
  report.gate_reason = KeptText(message.gate_reason());
  report.gate_restores = message.gate_restores();
  report.dry_run = message.dry_run();
  report.capture_drops = message.capture_drops();
  report.netlink_overruns = message.netlink_overruns();
  if (!reader->Within("dropped_adverts", static_cast<int>(message.dropped_adverts().size()), entries)) return report;
  for (const auto& [name, count] : message.dropped_adverts())
    report.dropped_adverts.emplace_back(KeptText(name), count);
  std::sort(report.dropped_adverts.begin(), report.dropped_adverts.end());
  report.addresses = reader->Addresses("addresses", message.addresses());
  report.macs = Strings("macs", message.macs(), entries, reader);
  report.loopback_addresses = reader->Addresses("loopback_addresses", message.loopback_addresses());
  for (int i = 0; i < message.foreign_routers_size() && i < kMostForeignRouters; ++i) {
    report.foreign_routers.push_back(ReadForeignRouter(message.foreign_routers(i), reader));
  }
  report.address_managers = Strings("address_managers", message.address_managers(), entries, reader);
  return report;
}

std::vector<model::LocalHold> ReadLocalHolds(const google::protobuf::RepeatedPtrField<v1::LocalHold>& messages,
                                             FieldReader* reader) {
  std::vector<model::LocalHold> holds;
  if (!reader->Within("holds", messages.size(), reader->limits().holds)) return holds;
  holds.reserve(static_cast<std::size_t>(messages.size()));
  for (int i = 0; i < messages.size() && reader->ok(); ++i) {
    const auto scope = reader->Enter("holds", i);
    const v1::LocalHold& message = messages.Get(i);
    model::LocalHold hold;
    hold.vip = reader->Address("vip", message.vip());
    hold.incident = KeptText(message.incident());
    hold.survivor = KeptText(message.survivor());
    hold.reason = KeptText(message.reason());
    hold.since = reader->Since("held_for", message.held_for());
    hold.term = message.term();
    hold.survivor_addresses = reader->Addresses("survivor_addresses", message.survivor_addresses());
    hold.survivor_vrid = reader->Byte("survivor_vrid", message.survivor_vrid());
    holds.push_back(std::move(hold));
  }
  return holds;
}

}  // namespace arbiter::codec
