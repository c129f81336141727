#include "arbiter/ctl/print_incident.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "arbiter/ctl/fold.h"
#include "arbiter/ctl/table.h"
#include "arbiter/ctl/words.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

std::string CausesText(const v1::Incident& incident) {
  std::vector<std::string> names;
  for (const int cause : incident.causes()) names.push_back(Word(static_cast<v1::Cause>(cause)));
  return absl::StrJoin(names, ", ");
}

std::string Demoted(const v1::Incident& incident) { return Printable(absl::StrJoin(incident.demoted(), ", ")); }

// "    label: text", nothing without text.
void Field(absl::string_view label, absl::string_view text, std::string* out) {
  if (!text.empty()) absl::StrAppendFormat(out, "  %-11s %s\n", absl::StrCat(label, ":"), text);
}

void AppendTimes(const v1::Incident& incident, absl::TimeZone zone, std::string* out) {
  Field("opened", Moment(incident.opened_at(), zone), out);
  Field("confirmed", Moment(incident.confirmed_at(), zone), out);
  Field("healed", Moment(incident.healed_at(), zone), out);
  Field("closed", Moment(incident.closed_at(), zone), out);
  Field("both held", incident.has_dual_hold() ? Age(incident.dual_hold()) : "", out);
}

void AppendWhy(const v1::Incident& incident, absl::TimeZone zone, const Look& look, std::string* out) {
  if (incident.evidence().empty()) return;
  absl::StrAppend(out, "\nwhy\n");
  for (const v1::CauseEvidence& cause : incident.evidence()) {
    const bool ended = cause.has_ended_at();
    absl::StrAppend(out, "  ", Painted(Word(cause.cause()), ended ? Paint::kPlain : Paint::kBold, look.colour),
                    ended ? absl::StrCat("  (no longer, since ", Moment(cause.ended_at(), zone), ")") : "", "\n");
    if (!cause.evidence().empty()) absl::StrAppend(out, "    evidence: ", Printable(cause.evidence()), "\n");
    if (!cause.advice().empty() && !ended) absl::StrAppend(out, "    mend it:  ", Printable(cause.advice()), "\n");
  }
}

bool IsAdviceOfACause(const v1::Incident& incident, const std::string& advice) {
  return std::any_of(incident.evidence().begin(), incident.evidence().end(),
                     [&](const v1::CauseEvidence& cause) { return cause.advice() == advice; });
}

void AppendNext(const v1::Incident& incident, std::string* out) {
  std::vector<std::string> next;
  for (const std::string& advice : incident.advice()) {
    if (!IsAdviceOfACause(incident, advice)) next.push_back(Printable(advice));
  }
  if (incident.state() == v1::INCIDENT_STATE_GUARDED) {
    for (const std::string& node : incident.demoted()) {
      next.push_back(absl::StrCat("arbctl release ", Printable(node), " ", Printable(incident.vip()),
                                  "   (once the cause is mended; the hold also ends by itself then)"));
    }
  }
  if (next.empty()) return;
  absl::StrAppend(out, "\nnext\n  ", absl::StrJoin(next, "\n  "), "\n");
}

void AppendTimeline(const v1::Incident& incident, absl::TimeZone zone, std::string* out) {
  if (incident.timeline().empty()) return;
  absl::StrAppend(out, "\ntimeline\n");
  for (const v1::TimelineEntry& entry : incident.timeline()) {
    absl::StrAppendFormat(out, "  %s.%03d  %s\n", Moment(entry.at(), zone), entry.at().nanos() / 1'000'000,
                          Printable(entry.text()));
  }
}

}  // namespace

std::string IncidentsText(const v1::ListIncidentsResponse& incidents, absl::TimeZone zone, const Look& look) {
  if (incidents.incidents().empty()) return "no incident\n";
  std::vector<Cell> header = {"ID", "STATE", "OPENED", "CLUSTER", "VIP", "SURVIVOR", "DEMOTED", "BOTH HELD", "CAUSES"};
  if (look.wide) header.insert(header.begin() + 3, {"HEALED", "CLOSED"});
  Table table(header);
  for (const v1::Incident& incident : incidents.incidents()) {
    std::vector<Cell> row = {Printable(incident.id()),
                             {Word(incident.state()), PaintOf(incident.state())},
                             Moment(incident.opened_at(), zone),
                             Printable(incident.cluster()),
                             NamesOf(incident),
                             Printable(incident.survivor()),
                             Demoted(incident),
                             incident.has_dual_hold() ? Age(incident.dual_hold()) : "",
                             CausesText(incident)};
    if (look.wide) {
      row.insert(row.begin() + 3, {Moment(incident.healed_at(), zone), Moment(incident.closed_at(), zone)});
    }
    table.AddRow(std::move(row));
  }
  return table.Render("", look.colour);
}

std::string IncidentText(const v1::Incident& incident, absl::TimeZone zone, const Look& look) {
  std::string out = absl::StrCat("incident ", Printable(incident.id()), "  ",
                                 Painted(Word(incident.state()), PaintOf(incident.state()), look.colour), "\n");
  Field("vip", absl::StrCat(NamesOf(incident), " in cluster ", Printable(incident.cluster())), &out);
  Field("survivor", incident.survivor().empty() ? "nobody yet" : Printable(incident.survivor()), &out);
  Field("demoted", Demoted(incident), &out);
  if (incident.mode() == v1::MODE_OBSERVE) Field("mode", "observe: nobody was told to give it up", &out);
  AppendTimes(incident, zone, &out);
  Field("note", Printable(incident.note()), &out);
  AppendWhy(incident, zone, look, &out);
  AppendNext(incident, &out);
  AppendTimeline(incident, zone, &out);
  return out;
}

}  // namespace arbiter::ctl
