#include "probe/report/instance_view.h"

#include <algorithm>
#include <utility>

#include "probe/keepalived/scope.h"
#include "probe/report/hindrance.h"
#include "probe/report/rungs.h"
#include "probe/report/to_proto.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;

// The node's capture does not show adverts that a shut gate stops; the gate's counter does, which is read now and then.
bool IsCountedByGate(const InstanceView& view, const Facts& facts, Instant now) {
  constexpr std::chrono::seconds kReadingInterval(1);
  const Duration lasts = kReadingInterval + MasterDownInterval(view.version, 1, view.interval);
  const auto counted = [&](const RouterKey& router) {
    const auto stopped = facts.stopped_adverts.find(router);
    return stopped != facts.stopped_adverts.end() && now - stopped->second < lasts;
  };
  if (view.speech == nullptr) return counted(view.router);
  return std::any_of(view.speech->routers.begin(), view.speech->routers.end(), counted);
}

// The adverts while they go out; else the configuration, which is what a daemon that sends nothing would say.
void FillSettings(InstanceView* view) {
  const RouterAdverts* sent = view->speech == nullptr ? nullptr : view->speech->sent;
  const RouterAdverts* said = sent;
  if (sent == nullptr && view->instance == nullptr && view->speech != nullptr) said = view->speech->last;
  if (said != nullptr) {
    view->version = said->version;
    view->interval = said->interval;
  } else if (view->instance != nullptr) {
    view->version = view->instance->version.value;
    view->interval = view->instance->advert_interval.value;
  }
}

std::optional<int> PriorityOf(const InstanceView& view) {
  const RouterAdverts* last = view.speech == nullptr ? nullptr : view.speech->last;
  // Behind a gate they go on, unseen: as they were.
  if (view.advertises && last != nullptr && last->priority != 0) return last->priority;
  if (view.instance == nullptr) return std::nullopt;
  return view.instance->priority.value.value();
}

std::optional<IpAddress> PrimaryOf(const InstanceView& view, const Layout& layout) {
  const RouterAdverts* last = view.speech == nullptr ? nullptr : view.speech->last;
  if (last != nullptr && !last->source.IsUnspecified()) return last->source;
  if (view.instance != nullptr && view.instance->source) return view.instance->source->value;
  return layout.PrimaryOn(view.router.interface, view.router.family);
}

void PutHindrances(const keepalived::Instance& instance, const Layout& layout, const Facts& facts,
                   arbiter::v1::VipReport* base) {
  if (!facts.config.globals.net_namespace.value.empty()) return;  // its interfaces are not those that are seen here
  for (const Hindrance& hindrance : HindrancesOf(instance, facts.owners, layout)) {
    *base->add_hindrances() = ToProto(hindrance);
  }
  for (std::string& suspect : FaultSuspectsOf(facts.config, instance, facts.owners)) {
    base->add_fault_suspects(std::move(suspect));
  }
}

void PutBase(const InstanceView& view, const Layout& layout, const Facts& facts, arbiter::v1::VipReport* base) {
  base->set_advertises(view.advertises);
  base->set_vrid(view.router.vrid);
  base->set_priority(static_cast<std::uint32_t>(view.priority.value_or(0)));
  base->set_version(static_cast<std::uint32_t>(view.version));
  *base->mutable_advert_interval() = ToProto(view.interval);
  if (view.primary) base->set_primary_address(view.primary->ToString());
  if (view.advertises && view.speech != nullptr && view.speech->last != nullptr) {
    for (const IpAddress& address : view.speech->last->addresses) base->add_advertised_addresses(address.ToString());
  }
  for (const IpAddress& vip : view.bound_together) base->add_bound_together(vip.ToString());
  *base->mutable_master_down_interval() = ToProto(view.master_down_interval);
  if (view.instance == nullptr) return;
  base->set_instance(view.instance->name);
  const keepalived::SyncGroup* group = facts.owners.scopes().GroupOf(*view.instance);
  if (group != nullptr) base->set_sync_group(group->name);
  PutHindrances(*view.instance, layout, facts, base);
}

}  // namespace

InstanceView ViewOfInstance(const Speech* speech, const RouterKey& otherwise, const Layout& layout, const Facts& facts,
                            Instant now) {
  InstanceView view;
  view.speech = speech;
  view.instance = speech == nullptr ? nullptr : speech->instance;
  view.router = speech == nullptr ? otherwise : speech->router;
  FillSettings(&view);
  view.advertises = (speech != nullptr && speech->sent != nullptr) || IsCountedByGate(view, facts, now);
  view.priority = PriorityOf(view);
  view.primary = PrimaryOf(view, layout);
  view.master_down_interval = MasterDownInterval(view.version, view.priority.value_or(0), view.interval);
  if (view.instance != nullptr) {
    view.bound_together = facts.owners.BoundTogether(*view.instance);
  }
  view.track_file = TrackFileRung(view.instance, facts);
  view.stop_daemon = StopRung(facts);
  PutBase(view, layout, facts, &view.base);
  return view;
}

Duration MasterDownInterval(int version, int priority, Duration advert_interval) {
  const int weight = 256 - (priority == 0 ? 100 : priority);
  const Duration base = version == 3 ? advert_interval : Duration(std::chrono::seconds(1));
  return 3 * advert_interval + base * weight / 256;
}

}  // namespace probe::report
