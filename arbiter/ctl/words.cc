#include "arbiter/ctl/words.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "proto/value/duration.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

// A protobuf duration may be any number of seconds: clamped to what nanoseconds can hold.
constexpr std::int64_t kLongestSeconds = 9'000'000'000;

std::string Name(const google::protobuf::EnumDescriptor& type, int number, absl::string_view prefix) {
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(prefix.empty() ? "CAUSE_" : prefix, number);
  return std::string(absl::StripPrefix(value->name(), prefix));
}

std::string Lower(const std::string& name) { return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"_", " "}})); }

}  // namespace

std::string Age(const google::protobuf::Duration& duration) {
  const std::int64_t seconds = std::clamp(duration.seconds(), std::int64_t{0}, kLongestSeconds);
  const std::int32_t nanos = std::max(duration.nanos(), 0);
  return FormatDuration(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanos));
}

std::string Moment(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(time.seconds()), zone);
}

std::string Word(v1::VipState state) { return Name(*v1::VipState_descriptor(), state, "VIP_STATE_"); }
std::string Word(v1::NodeState state) { return Lower(Name(*v1::NodeState_descriptor(), state, "NODE_STATE_")); }
std::string Word(v1::IncidentState state) { return Name(*v1::IncidentState_descriptor(), state, "INCIDENT_STATE_"); }
std::string Word(v1::Mode mode) { return Lower(Name(*v1::Mode_descriptor(), mode, "MODE_")); }
std::string Word(v1::Cause cause) { return Name(*v1::Cause_descriptor(), cause, ""); }
std::string Word(v1::DaemonState state) { return Lower(Name(*v1::DaemonState_descriptor(), state, "DAEMON_STATE_")); }
std::string Word(v1::RungKind kind) { return Lower(Name(*v1::RungKind_descriptor(), kind, "RUNG_KIND_")); }

Paint PaintOf(v1::VipState state) {
  switch (state) {
    case v1::VIP_STATE_HELD:
      return Paint::kGood;
    case v1::VIP_STATE_FOREIGN:
      return Paint::kPlain;
    case v1::VIP_STATE_SPLIT:
    case v1::VIP_STATE_UNHELD:
      return Paint::kBad;
    default:  // also what a newer arbiter may say
      return Paint::kWarning;
  }
}

Paint PaintOf(v1::NodeState state) { return state == v1::NODE_STATE_CONNECTED ? Paint::kGood : Paint::kBad; }

Paint PaintOf(v1::IncidentState state) {
  switch (state) {
    case v1::INCIDENT_STATE_CLOSED:
      return Paint::kPlain;
    case v1::INCIDENT_STATE_SPLIT:
      return Paint::kBad;
    default:
      return Paint::kWarning;
  }
}

std::string ObstaclesText(const v1::VipStatus& vip, bool with_repairs) {
  std::vector<std::pair<std::string, std::vector<std::string>>> alike;  // what stands against it, and on which nodes
  for (const v1::Obstacle& obstacle : vip.obstacles()) {
    std::string what = Printable(obstacle.evidence());
    if (with_repairs && !obstacle.repair().empty()) absl::StrAppend(&what, ": ", Printable(obstacle.repair()));
    auto entry = std::find_if(alike.begin(), alike.end(), [&](const auto& known) { return known.first == what; });
    if (entry == alike.end()) entry = alike.insert(entry, {std::move(what), {}});
    if (!obstacle.node().empty()) entry->second.push_back(Printable(obstacle.node()));
  }
  std::vector<std::string> texts;
  for (const auto& [what, nodes] : alike) {
    texts.push_back(nodes.empty() ? what : absl::StrCat(absl::StrJoin(nodes, ", "), ": ", what));
  }
  return absl::StrJoin(texts, "; ");
}

std::string Count(long number, absl::string_view one, absl::string_view many) {
  return absl::StrCat(number, " ", number == 1 ? one : many);
}

}  // namespace arbiter::ctl
