#include "probe/filter/filter_walk.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "probe/actuate/gate_names.h"
#include "probe/filter/word_list.h"

namespace probe::filter {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kDeepest = 16;  // jumps; the kernel allows as many

enum class Step { kOn, kAccepted, kDropped, kReturned };

// What one rule does with the packet once its conditions hold.
struct Decision {
  Truth applies = Truth::kYes;
  std::string verdict;  // "accept", "drop", "jump", ...; empty: none
  std::string target;
  bool any_verdict = false;  // a verdict map whose key is not known: every verdict of it is possible
  std::vector<std::pair<std::string, std::string>> possible;
};

// Verdicts, and statements that end the walk like one.
std::string VerdictOf(const std::string& kind) {
  static constexpr absl::string_view kEnds[] = {"accept", "drop", "reject", "jump", "goto", "return"};
  static constexpr absl::string_view kAccepts[] = {"snat", "dnat", "masquerade", "redirect", "queue"};
  if (kind == "reject") return "drop";
  if (IsOneOf(kAccepts, kind)) return "accept";
  return IsOneOf(kEnds, kind) ? kind : "";
}

// Statements that let only some packets on.
bool IsUnknownCondition(const std::string& kind) {
  static constexpr absl::string_view kKinds[] = {"limit", "quota", "xt",       "ct count", "meter",
                                                 "set",   "fwd",   "synproxy", "tproxy"};
  return IsOneOf(kKinds, kind);
}

std::string TargetOf(const Value& value) {
  const auto target = value.struct_value().fields().find("target");
  return target == value.struct_value().fields().end() ? "" : target->second.string_value();
}

class Walker {
 public:
  Walker(const AdvertPacket& packet, const Ruleset& ruleset) : packet_(packet), ruleset_(ruleset) {}

  // False when the packet has been dropped for certain.
  bool Through(const Chain& base) {
    sure_ = true;
    const Step end = In(base, 0);
    if (end == Step::kDropped) return false;
    if (end == Step::kAccepted || !base.drops) return true;
    return !Drop(base, nullptr);
  }

  [[nodiscard]] WalkEnd Take() { return std::move(end_); }

 private:
  Step In(const Chain& chain, int depth) {
    for (const Rule& rule : chain.rules) {
      const Step step = Apply(chain, rule, depth);
      if (step == Step::kReturned) return Step::kOn;
      if (step != Step::kOn) return step;
    }
    return Step::kOn;
  }

  Step Apply(const Chain& chain, const Rule& rule, int depth) {
    const Decision decision = Decide(chain, rule);
    if (decision.applies == Truth::kNo) return Step::kOn;
    if (decision.any_verdict) {
      for (const auto& [verdict, target] : decision.possible) Maybe(chain, rule, {verdict, target}, depth);
      return Step::kOn;
    }
    if (decision.verdict.empty()) return Step::kOn;
    if (decision.applies == Truth::kMaybe) {
      Maybe(chain, rule, {decision.verdict, decision.target}, depth);
      return Step::kOn;
    }
    return Do(chain, rule, {decision.verdict, decision.target}, depth);
  }

  using Verdict = std::pair<std::string, std::string>;  // and the chain that it leads to

  Step Do(const Chain& chain, const Rule& rule, const Verdict& verdict, int depth) {
    if (verdict.first == "drop") return Drop(chain, &rule) ? Step::kDropped : Step::kOn;
    if (verdict.first == "accept") return Step::kAccepted;
    if (verdict.first == "return") return Step::kReturned;
    const auto target = ruleset_.chains.find({chain.family, chain.table, verdict.second});
    if (target == ruleset_.chains.end() || depth == kDeepest) {
      sure_ = false;
      return Step::kOn;
    }
    const Step inside = In(target->second, depth + 1);
    return inside == Step::kOn && verdict.first == "goto" ? Step::kReturned : inside;
  }

  // It may have happened, so nothing after it is certain.
  void Maybe(const Chain& chain, const Rule& rule, const Verdict& verdict, int depth) {
    const bool was_sure = sure_;
    sure_ = false;
    (void)Do(chain, rule, verdict, depth);
    // What merely may have been dropped goes on as before where it was not.
    sure_ = was_sure && verdict.first == "drop";
  }

  // Whether that is the end of the packet.
  bool Drop(const Chain& chain, const Rule* rule) {
    DropPlace place{chain.family, chain.table, chain.name, rule == nullptr ? 0 : rule->handle,
                    rule == nullptr ? "" : rule->text};
    if (sure_) {
      end_.dropped = std::move(place);
      return true;
    }
    if (std::find(end_.may_drop.begin(), end_.may_drop.end(), place) == end_.may_drop.end()) {
      end_.may_drop.push_back(std::move(place));
    }
    return false;
  }

  [[nodiscard]] Decision Decide(const Chain& chain, const Rule& rule) const {
    Decision decision;
    for (const Value& statement : rule.statements.values()) {
      for (const auto& [kind, value] : statement.struct_value().fields()) {
        if (kind == "match") {
          decision.applies = std::min(decision.applies, Matches(value.struct_value(), packet_, chain, ruleset_));
        } else if (kind == "vmap") {
          ReadMap(chain, value.struct_value(), &decision);
        } else if (IsUnknownCondition(kind)) {
          decision.applies = std::min(decision.applies, Truth::kMaybe);
        } else if (const std::string verdict = VerdictOf(kind); !verdict.empty()) {
          decision.verdict = verdict;
          decision.target = TargetOf(value);
        }
      }
    }
    return decision;
  }

  void ReadMap(const Chain& chain, const Struct& map, Decision* decision) const {
    const auto key = map.fields().find("key");
    const auto data = map.fields().find("data");
    if (key == map.fields().end() || data == map.fields().end()) return;
    for (const Value& element : Elements(chain, data->second).values()) {
      if (element.list_value().values_size() != 2) continue;
      const Truth truth = Holds(key->second, element.list_value().values(0), packet_, chain, ruleset_);
      if (truth != Truth::kNo) AddVerdicts(element.list_value().values(1), truth, decision);
    }
  }

  static void AddVerdicts(const Value& verdicts, Truth truth, Decision* decision) {
    for (const auto& [kind, value] : verdicts.struct_value().fields()) {
      decision->possible.emplace_back(VerdictOf(kind), TargetOf(value));
      decision->any_verdict = decision->any_verdict || truth == Truth::kMaybe;
      decision->verdict = VerdictOf(kind);
      decision->target = TargetOf(value);
    }
  }

  [[nodiscard]] const google::protobuf::ListValue& Elements(const Chain& chain, const Value& data) const {
    if (data.kind_case() == Value::kStructValue) {
      const auto set = data.struct_value().fields().find("set");
      if (set != data.struct_value().fields().end()) return set->second.list_value();
    }
    const std::string name = data.string_value().substr(data.string_value().empty() ? 0 : 1);
    const auto set = ruleset_.sets.find({chain.family, chain.table, name});
    return set == ruleset_.sets.end() ? google::protobuf::ListValue::default_instance() : set->second;
  }

  const AdvertPacket& packet_;
  const Ruleset& ruleset_;
  WalkEnd end_;
  bool sure_ = true;  // that the packet is still here
};

constexpr std::array<const char*, 3> kWayIn = {"ingress", "prerouting", "input"};
constexpr std::array<const char*, 3> kWayOut = {"output", "postrouting", "egress"};

bool Meets(const Chain& chain, const char* hook, const AdvertPacket& packet) {
  if (chain.hook != hook || chain.table == actuate::kGateTable) return false;
  const bool on_device = chain.hook == "ingress" || chain.hook == "egress";
  const auto names = [&chain](const std::string& link) {
    return std::find(chain.devices.begin(), chain.devices.end(), link) != chain.devices.end();
  };
  if (on_device) return names(packet.interface) || std::any_of(packet.below.begin(), packet.below.end(), names);
  if (chain.family == "bridge") return packet.bridge;
  return chain.family == "inet" || chain.family == (packet.v6 ? "ip6" : "ip");
}

std::vector<const Chain*> ChainsAt(const char* hook, const AdvertPacket& packet, const Ruleset& ruleset) {
  std::vector<const Chain*> chains;
  for (const auto& [place, chain] : ruleset.chains) {
    if (Meets(chain, hook, packet)) chains.push_back(&chain);
  }
  std::stable_sort(chains.begin(), chains.end(),
                   [](const Chain* a, const Chain* b) { return a->priority < b->priority; });
  return chains;
}

}  // namespace

std::string DropPlace::ToString() const {
  return absl::StrCat("table ", family, " ", table, ", chain ", chain, ", ",
                      handle == 0 ? std::string("policy drop") : absl::StrCat("handle ", handle, ": ", text));
}

WalkEnd Walk(const AdvertPacket& packet, const Ruleset& ruleset) {
  Walker walker(packet, ruleset);
  for (const char* hook : packet.incoming ? kWayIn : kWayOut) {
    for (const Chain* chain : ChainsAt(hook, packet, ruleset)) {
      if (!walker.Through(*chain)) return walker.Take();
    }
  }
  return walker.Take();
}

}  // namespace probe::filter
