#include "arbiter/notify/body.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "arbiter/notify/event_name.h"
#include "arbiter/notify/json_text.h"

namespace arbiter::notify {
namespace {

constexpr char kSplitAlert[] = "ArbiterSplit";

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone()); }

absl::string_view SeverityOf(absl::string_view event) {
  return event == kNodeLost || event == kConfigMismatch ? "warning" : "critical";
}

AlertLabels LabelsOf(absl::string_view name, absl::string_view event, const store::Notification& n) {
  // Who the node is changes while a split lasts; it names the alert only where the node is what it is about.
  return {
      {"alertname", std::string(name)},           {"cluster", n.cluster}, {"vip", n.vip},
      {"node", event == kNodeLost ? n.node : ""}, {"subject", n.subject}, {"severity", std::string(SeverityOf(event))}};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> FieldsOf(const store::Notification& n) {
  return {{"id", n.id},
          {"event", n.event},
          {"status", n.resolved ? "resolved" : "firing"},
          {"severity", n.resolved ? "info" : std::string(SeverityOf(n.event))},
          {"arbiter", n.arbiter},
          {"cluster", n.cluster},
          {"vip", n.vip},
          {"node", n.node},
          {"subject", n.subject},
          {"incident", n.incident},
          {"summary", n.summary},
          {"description", n.description},
          {"cause", n.cause},
          {"advice", n.advice},
          {"at", TimeText(n.at)},
          {"count", absl::StrCat(n.count)}};
}

std::string JsonBody(const store::Notification& notification) { return JsonObject(FieldsOf(notification)); }

std::vector<AlertLabels> AlertsOf(const store::Notification& n) {
  if (n.event == kSplit) return {LabelsOf(kSplitAlert, kSplit, n)};
  if (n.event == kCouldNotHeal) return {LabelsOf("ArbiterCouldNotHeal", kCouldNotHeal, n)};
  if (n.event == kNodeLost) return {LabelsOf("ArbiterNodeLost", kNodeLost, n)};
  if (n.event == kConfigMismatch) return {LabelsOf("ArbiterConfigMismatch", kConfigMismatch, n)};
  return {LabelsOf(kSplitAlert, kSplit, n), LabelsOf("ArbiterCouldNotHeal", kCouldNotHeal, n)};
}

std::string AlertmanagerBody(const store::Notification& n, absl::Time now) {
  const std::string annotations = JsonObject({{"summary", n.summary},
                                              {"description", n.description},
                                              {"cause", n.cause},
                                              {"advice", n.advice},
                                              {"incident", n.incident},
                                              {"arbiter", n.arbiter},
                                              {"notification", n.id},
                                              {"count", n.count == 1 ? "" : absl::StrCat(n.count)}});
  // Of a resolved one startsAt is left out: Alertmanager takes it from the firing alert that it merges this into.
  std::string out = "[";
  for (const AlertLabels& labels : AlertsOf(n)) {
    // Of the alerts that it ends only the split's is known to have been told.
    const bool split = labels.front().second == kSplitAlert;
    const absl::Time end = split ? std::max(n.at, n.since + kShownAtLeast) : n.at;
    const std::string times = n.resolved ? absl::StrCat("\"endsAt\":", JsonString(TimeText(end)))
                                         : absl::StrCat("\"startsAt\":", JsonString(TimeText(n.at)),
                                                        ",\"endsAt\":", JsonString(TimeText(now + kAlertLasts)));
    absl::StrAppend(&out, out.size() == 1 ? "" : ",", "{\"labels\":", JsonObject(labels),
                    ",\"annotations\":", annotations, ",", times, "}");
  }
  return out + "]";
}

}  // namespace arbiter::notify
