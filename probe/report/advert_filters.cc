#include "probe/report/advert_filters.h"

#include <algorithm>
#include <utility>

namespace probe::report {
namespace {

constexpr int kAuthHeader = 2;  // RFC 2338's type
constexpr std::size_t kMostWaysOut = 4;

// Which link of the two its packets pass is not told here.
bool SpeaksByMacvlan(const InstanceView& view) {
  return view.instance != nullptr && view.instance->vmac && !view.instance->transmits_on_base;
}

}  // namespace

std::optional<filter::AdvertPath> WayIn(const RouterAdverts& adverts, const std::string& on,
                                        const InstanceView& instance, const Facts& facts) {
  const bool lost = adverts.on_wire && !adverts.delivered && adverts.defects.empty();
  const bool awaited = facts.daemon != hold::DaemonState::kGone && facts.daemon != hold::DaemonState::kFrozen;
  if (!lost || !awaited || adverts.auth_type == kAuthHeader || SpeaksByMacvlan(instance)) return std::nullopt;
  filter::AdvertPath way;
  way.interface = on;
  way.source = adverts.source;
  way.destination = adverts.destination;
  way.vrid = adverts.router.vrid;
  return way;
}

std::vector<filter::AdvertPath> WaysOut(const hold::VipState& state, const InstanceView& instance) {
  const bool serves = state.configured && state.effective && state.in_daemon_config &&
                      state.daemon == hold::DaemonState::kRunning && !state.other_manager;
  if (!serves || instance.advertises || instance.instance == nullptr || SpeaksByMacvlan(instance)) return {};
  std::vector<filter::AdvertPath> ways = filter::WaysOut(*instance.instance);
  if (ways.size() > kMostWaysOut) ways.resize(kMostWaysOut);
  for (filter::AdvertPath& way : ways) {
    if (!way.source) way.source = instance.primary;
  }
  return ways;
}

void PutFilters(const std::vector<filter::Culprit>& culprits, FilterMessages* messages) {
  for (const filter::Culprit& culprit : culprits) {
    if (static_cast<std::size_t>(messages->size()) == filter::kMostCulprits) return;
    arbiter::v1::AdvertFilter* message = messages->Add();
    message->set_kind(culprit.certain ? arbiter::v1::FILTER_KIND_DROPS : arbiter::v1::FILTER_KIND_MAY_DROP);
    message->set_by(culprit.by);
    message->set_repair(culprit.repair);
  }
}

}  // namespace probe::report
