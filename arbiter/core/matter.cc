#include "arbiter/core/matter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "arbiter/core/case.h"

namespace arbiter::core {
namespace {

auto PlaceOf(const Cases& cases, const Case* c) {
  return std::lower_bound(cases.begin(), cases.end(), c,
                          [](const Case* a, const Case* b) { return a->key.vip < b->key.vip; });
}

}  // namespace

std::optional<Reach> Lesser(const std::optional<Reach>& a, const std::optional<Reach>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  if (a->asked == 0 || b->asked == 0) return b->asked == 0 ? a : b;
  return b->answered < a->answered ? b : a;
}

Contest* Case::contest() const {
  const bool in = matter != nullptr && matter->contest != nullptr && Has(matter->contest->vips, this);
  return in ? matter->contest.get() : nullptr;
}

OpenIncident* Case::incident() const {
  const bool in = matter != nullptr && matter->incident != nullptr && Has(matter->incident->vips, this);
  return in ? matter->incident.get() : nullptr;
}

Hold* Case::HoldOf(const std::string& node) const {
  if (matter == nullptr || matter->incident == nullptr) return nullptr;
  const auto found = matter->incident->holds.find(node);
  return found != matter->incident->holds.end() && Has(found->second.vips, this) ? &found->second : nullptr;
}

bool Has(const Cases& cases, const Case* c) {
  const auto place = PlaceOf(cases, c);
  return place != cases.end() && *place == c;
}

void Add(Cases& cases, Case* c) {
  const auto place = PlaceOf(cases, c);
  if (place == cases.end() || *place != c) cases.insert(place, c);
}

void Remove(Cases& cases, const Case* c) {
  const auto place = PlaceOf(cases, c);
  if (place != cases.end() && *place == c) cases.erase(place);
}

Cases Among(const Cases& cases, const Vips& vips) {
  Cases result;
  std::copy_if(cases.begin(), cases.end(), std::back_inserter(result),
               [&](const Case* c) { return vips.contains(c->key.vip); });
  return result;
}

Cases NotAmong(const Cases& cases, const Vips& vips) {
  Cases result;
  std::copy_if(cases.begin(), cases.end(), std::back_inserter(result),
               [&](const Case* c) { return !vips.contains(c->key.vip); });
  return result;
}

Vips VipsOf(const Cases& cases) {
  Vips vips;
  for (const Case* c : cases) vips.insert(vips.end(), c->key.vip);
  return vips;
}

std::vector<IpAddress> ListOf(const Cases& cases) {
  std::vector<IpAddress> vips;
  vips.reserve(cases.size());
  for (const Case* c : cases) vips.push_back(c->key.vip);
  return vips;
}

Cases CasesOf(const Matter& matter) {
  Cases all = matter.incident == nullptr ? Cases() : matter.incident->vips;
  if (matter.contest == nullptr) return all;
  if (all.empty()) return matter.contest->vips;
  Cases both;
  std::set_union(all.begin(), all.end(), matter.contest->vips.begin(), matter.contest->vips.end(),
                 std::back_inserter(both), [](const Case* a, const Case* b) { return a->key.vip < b->key.vip; });
  return both;
}

void SetSurvivor(IncidentRecord& record, const std::string& node) {
  record.survivor = node;
  std::erase(record.demoted, node);
}

void AddDemoted(IncidentRecord& record, const std::string& node) {
  const bool known = std::find(record.demoted.begin(), record.demoted.end(), node) != record.demoted.end();
  if (!known && node != record.survivor) record.demoted.push_back(node);
}

void AddTo(OpenIncident& incident, Case* c) {
  Add(incident.vips, c);
  std::vector<IpAddress>& recorded = incident.record.vips;
  const auto at = std::lower_bound(recorded.begin(), recorded.end(), c->key.vip);
  if (at == recorded.end() || *at != c->key.vip) recorded.insert(at, c->key.vip);
}

std::string NamesOf(const std::vector<IpAddress>& vips) {
  switch (vips.size()) {
    case 0:
      return "no VIP";
    case 1:
      return vips.front().ToString();
    case 2:
      return absl::StrCat(vips.front().ToString(), " and ", vips.back().ToString());
    default:
      return absl::StrCat(vips.front().ToString(), " ... ", vips.back().ToString(), " (", vips.size(), " VIPs)");
  }
}

std::string NamesOf(const Cases& cases) { return NamesOf(ListOf(cases)); }

}  // namespace arbiter::core
