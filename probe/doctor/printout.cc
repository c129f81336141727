#include "probe/doctor/printout.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "arbiter/v1/doctor.pb.h"
#include "google/protobuf/util/json_util.h"

namespace probe::doctor {
namespace {

constexpr std::array kWorstFirst = {Verdict::kFault, Verdict::kWarning, Verdict::kCouldNotLook, Verdict::kOk};
constexpr char kIndent[] = "                ";

arbiter::v1::DoctorVerdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return arbiter::v1::DOCTOR_VERDICT_OK;
    case Verdict::kCouldNotLook:
      return arbiter::v1::DOCTOR_VERDICT_COULD_NOT_LOOK;
    case Verdict::kWarning:
      return arbiter::v1::DOCTOR_VERDICT_WARNING;
    case Verdict::kFault:
      return arbiter::v1::DOCTOR_VERDICT_FAULT;
  }
  return arbiter::v1::DOCTOR_VERDICT_UNSPECIFIED;
}

std::size_t CountOf(const Findings& findings, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [verdict](const Finding& f) { return f.verdict == verdict; }));
}

std::string Line(const Finding& finding) {
  const std::string place = finding.subject.empty() ? finding.check : absl::StrCat(finding.check, " ", finding.subject);
  std::string text = absl::StrFormat("%-15s %s: %s\n", NameOf(finding.verdict), place, finding.evidence);
  if (!finding.repair.empty()) absl::StrAppend(&text, kIndent, "repair: ", finding.repair, "\n");
  return text;
}

}  // namespace

absl::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kCouldNotLook:
      return "could not look";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kFault:
      return "fault";
  }
  return "";
}

Verdict WorstOf(const Findings& findings) {
  Verdict worst = Verdict::kOk;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

int ExitCodeOf(Verdict worst) {
  switch (worst) {
    case Verdict::kOk:
      return 0;
    case Verdict::kWarning:
      return 2;
    case Verdict::kFault:
      return 3;
    case Verdict::kCouldNotLook:
      return 4;
  }
  return 1;
}

std::string ToText(const Findings& findings) {
  std::string text;
  std::vector<std::string> counts;
  for (const Verdict verdict : kWorstFirst) {
    for (const Finding& finding : findings) {
      if (finding.verdict == verdict) text += Line(finding);
    }
    if (const std::size_t count = CountOf(findings, verdict); count > 0) {
      const bool plural = count > 1 && (verdict == Verdict::kFault || verdict == Verdict::kWarning);
      counts.push_back(absl::StrCat(count, " ", NameOf(verdict), plural ? "s" : ""));
    }
  }
  return absl::StrCat(text, absl::StrJoin(counts, ", "), "\n");
}

std::string ToJson(const Findings& findings, const std::string& node, const std::string& version) {
  arbiter::v1::DoctorReport report;
  report.set_node(node);
  report.set_probe_version(version);
  report.set_worst(ToProto(WorstOf(findings)));
  for (const Finding& finding : findings) {
    arbiter::v1::DoctorFinding* to = report.add_findings();
    to->set_check(finding.check);
    to->set_subject(finding.subject);
    to->set_verdict(ToProto(finding.verdict));
    to->set_evidence(finding.evidence);
    to->set_repair(finding.repair);
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string json;
  // Fails only for messages that this one does not contain: Any, and times out of range.
  (void)google::protobuf::util::MessageToJsonString(report, &json, options);
  return json;
}

}  // namespace probe::doctor
