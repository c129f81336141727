#include "arbiter/core/cause_config.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "arbiter/core/cause_settings.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

using Sides = std::vector<const Side*>;

// A setting that has to be the same on all nodes.
struct Setting {
  absl::string_view keyword;
  std::string (*in_force)(const Side&);
  std::string (*written)(const InstanceConfig&);
};

constexpr Setting kVrid = {"virtual_router_id",
                           [](const Side& side) { return absl::StrCat(static_cast<int>(side.vrid.value_or(0))); },
                           [](const InstanceConfig& config) { return absl::StrCat(static_cast<int>(config.vrid)); }};
constexpr Setting kVersion = {
    "vrrp_version", [](const Side& side) { return absl::StrCat(side.version); },
    [](const InstanceConfig& config) { return absl::StrCat(static_cast<int>(config.version)); }};
constexpr Setting kInterval = {"advert_int", [](const Side& side) { return Seconds(side.interval); },
                               [](const InstanceConfig& config) { return Seconds(config.advert_interval); }};

// The sides that disagree with another one, in order.
template <typename Disagree>
Sides Disagreeing(const std::vector<Side>& sides, Disagree disagree) {
  Sides result;
  for (const Side& side : sides) {
    const bool does = side.routes() && std::any_of(sides.begin(), sides.end(), [&](const Side& other) {
                        return &other != &side && other.routes() && disagree(side, other);
                      });
    if (does) result.push_back(&side);
  }
  return result;
}

std::string Advice(const Setting& setting, const Sides& sides) {
  const Side& model = Model(sides);
  const std::string value = setting.in_force(model);
  std::vector<std::string> steps;
  for (const Side* side : sides) {
    if (setting.in_force(*side) == value) continue;
    const std::string place = Place(*side, setting.keyword);
    if (side->config != nullptr && setting.written(*side->config) == value) {
      steps.push_back(
          absl::StrCat(place, " on ", side->name(), " already says `", setting.keyword, " ", value, "`: reload there"));
      continue;
    }
    steps.push_back(absl::StrCat("on ", side->name(), ", in ", place, ", write `", setting.keyword, " ", value, "` as ",
                                 model.name(), " has it", InBrackets(Place(model, setting.keyword)),
                                 ", or the other way round, then reload ", DaemonName(side->report())));
  }
  return absl::StrJoin(steps, "; ");
}

// "a advertises VRID 66, b is configured with VRID 65".
template <typename Value>
std::string PerSide(const Sides& sides, Value value) {
  return absl::StrJoin(sides, ", ", [&](std::string* out, const Side* side) {
    absl::StrAppend(out, side->name(), side->vip().advertises ? " advertises " : " is configured with ", value(*side));
  });
}

std::string OnSegment(const Sides& sides) {
  const absl::string_view all = sides.size() == 2 ? "both" : "all";
  for (const Side* side : sides) {
    if (!side->segment.empty()) return absl::StrCat(", ", all, " on ", side->segment);
  }
  return "";
}

void FindVrid(const std::vector<Side>& sides, Findings& findings) {
  const Sides found = Disagreeing(sides, [](const Side& a, const Side& b) {
    return a.vrid.has_value() && b.vrid.has_value() && *a.vrid != *b.vrid && !OnDifferentSegments(a, b);
  });
  if (found.empty()) return;
  const auto vrid = [](const Side& side) { return absl::StrCat("VRID ", kVrid.in_force(side)); };
  findings.Add(Cause::kVridMismatch, absl::StrCat(PerSide(found, vrid), OnSegment(found)), Advice(kVrid, found));
}

void FindVersion(const std::vector<Side>& sides, Findings& findings) {
  const Sides found = Disagreeing(
      sides, [](const Side& a, const Side& b) { return a.version != 0 && b.version != 0 && a.version != b.version; });
  if (found.empty()) return;
  const auto version = [](const Side& side) { return absl::StrCat("VRRPv", side.version); };
  findings.Add(Cause::kVersionMismatch, absl::StrCat(PerSide(found, version), "; each drops the other's adverts"),
               Advice(kVersion, found));
}

// In VRRPv3 a backup router adopts the active one's interval (RFC 9568, section 6.1).
void FindInterval(const std::vector<Side>& sides, Findings& findings) {
  const Sides found = Disagreeing(sides, [](const Side& a, const Side& b) {
    const bool known = a.interval != Duration::zero() && b.interval != Duration::zero();
    return known && a.version == 2 && b.version == 2 && a.interval != b.interval;
  });
  if (found.empty()) return;
  const auto interval = [](const Side& side) { return absl::StrCat("an interval of ", Seconds(side.interval), " s"); };
  findings.Add(Cause::kAdvertIntervalMismatch,
               absl::StrCat(PerSide(found, interval), " under VRRPv2, where they have to be equal"),
               Advice(kInterval, found));
}

// The type of authentication in VRRPv2 adverts of `speaker`, as `listener` has them.
std::optional<int> HeardAuth(const Side& listener, const Side& speaker) {
  const HeardRouter* heard = Hears(listener, speaker);
  if (heard == nullptr || heard->version != 2) return std::nullopt;
  return heard->auth_type;
}

AuthDifference AuthBetween(const Side& a, const Side& b) {
  if (a.version != 0 && b.version != 0 && a.version != b.version) return AuthDifference::kNone;
  if (a.config != nullptr && b.config != nullptr) {
    if (!AuthMatters(*a.config, a.version) && !AuthMatters(*b.config, b.version)) return AuthDifference::kNone;
    return CompareAuth(*a.config, *b.config);
  }
  const std::optional<int> of_a = HeardAuth(b, a);
  const std::optional<int> of_b = HeardAuth(a, b);
  return of_a.has_value() && of_b.has_value() && *of_a != *of_b ? AuthDifference::kType : AuthDifference::kNone;
}

std::string AuthInWords(const Side& side, const std::vector<Side>& sides) {
  if (side.config != nullptr) {
    const std::string type = AuthTypeOf(*side.config);
    return absl::StrCat(side.name(), " has ", type == "none" ? "no authentication" : absl::StrCat("auth_type ", type),
                        InBrackets(OriginOf(*side.config, "auth_type")));
  }
  for (const Side& listener : sides) {
    const std::optional<int> type = HeardAuth(listener, side);
    if (type.has_value()) return absl::StrCat(side.name(), "'s adverts carry authentication type ", *type);
  }
  return absl::StrCat(side.name(), "'s is not known");
}

void FindAuth(const std::vector<Side>& sides, Findings& findings) {
  const auto differ = [](const Side& a, const Side& b) { return AuthBetween(a, b) != AuthDifference::kNone; };
  const Sides found = Disagreeing(sides, differ);
  if (found.empty()) return;
  const bool by_type = !Disagreeing(sides, [](const Side& a, const Side& b) {
                          return AuthBetween(a, b) == AuthDifference::kType;
                        }).empty();
  std::vector<std::string> names;
  std::vector<std::string> words;
  std::vector<std::string> places;
  const absl::string_view keyword = by_type ? "auth_type" : "auth_pass";
  for (const Side* side : found) {
    names.push_back(side->name());
    words.push_back(AuthInWords(*side, sides));
    places.push_back(absl::StrCat(side->name(), " in ", Place(*side, keyword)));
  }
  const std::string evidence = by_type ? absl::StrJoin(words, ", ")
                                       : absl::StrCat("auth_pass differs between ", Listed(names),
                                                      " (compared by a keyed fingerprint, the password stays there)");
  const std::string what = by_type ? "Write the same auth_type and auth_pass" : "Write the same auth_pass";
  findings.Add(Cause::kAuthMismatch, evidence, absl::StrCat(what, ": ", Listed(places), "; then reload"));
}

std::string ListRepair(const Side& side, const Side& model) {
  const std::vector<IpAddress> extra = Without(side.listed, model.listed);
  const std::vector<IpAddress> missing = Without(model.listed, side.listed);
  const std::string where = absl::StrCat("on ", side.name(), ", in ", Place(side, "virtual_ipaddress"), ", ");
  if (!extra.empty() && !missing.empty()) {
    return absl::StrCat(where, "write ", InWords(missing), " in place of ", InWords(extra));
  }
  return extra.empty() ? absl::StrCat(where, "add ", InWords(missing)) : absl::StrCat(where, "remove ", InWords(extra));
}

void FindList(const std::vector<Side>& sides, Findings& findings) {
  const Sides found = Disagreeing(sides, [](const Side& a, const Side& b) {
    return !a.listed.empty() && !b.listed.empty() && a.listed != b.listed && a.vrid.has_value() && a.vrid == b.vrid;
  });
  if (found.empty()) return;
  const Side& model = Model(found);
  std::vector<std::string> lists;
  std::vector<std::string> steps;
  for (const Side* side : found) {
    lists.push_back(absl::StrCat(side->name(), " lists ", InWords(side->listed)));
    if (side->listed == model.listed) continue;
    const std::vector<IpAddress> only = Without(side->listed, model.listed);
    const std::vector<IpAddress> lacks = Without(model.listed, side->listed);
    if (!only.empty()) lists.push_back(absl::StrCat("not on ", model.name(), ": ", InWords(only)));
    if (!lacks.empty()) lists.push_back(absl::StrCat("not on ", side->name(), ": ", InWords(lacks)));
    steps.push_back(ListRepair(*side, model));
  }
  findings.Add(Cause::kVipListMismatch,
               absl::StrCat("under the same VRID ", kVrid.in_force(model), ", ", absl::StrJoin(lists, "; ")),
               absl::StrCat(absl::StrJoin(steps, "; "), ", or the other way round, as ", model.name(), " has it",
                            InBrackets(Place(model, "virtual_ipaddress")), "; then reload"));
}

void FindInterface(const std::vector<Side>& sides, Findings& findings) {
  const Sides found = Disagreeing(sides, OnDifferentSegments);
  if (found.empty()) return;
  std::vector<std::string> words;
  std::vector<std::string> wrong;
  for (const Side* side : found) {
    words.push_back(absl::StrCat(side->name(), " runs it on ", side->interface, " (", side->segment, ")"));
    if (SegmentContains(side->segment, side->vip().vip)) continue;
    wrong.push_back(absl::StrCat("on ", side->name(), ", in ", Place(*side, "interface")));
  }
  const std::string where = wrong.empty() || wrong.size() == found.size() ? "on one of them" : Listed(wrong);
  findings.Add(Cause::kWrongInterface, absl::StrJoin(words, ", "),
               absl::StrCat("Write `interface` with the one on the other node's network: ", where, "; then reload"));
}

}  // namespace

void FindConfigCauses(const std::vector<Side>& sides, Findings& findings) {
  FindVrid(sides, findings);
  FindVersion(sides, findings);
  FindAuth(sides, findings);
  FindInterval(sides, findings);
  FindList(sides, findings);
  FindInterface(sides, findings);
}

}  // namespace arbiter::core
