#include "probe/doctor/check_gate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/doctor/wording.h"

namespace probe::doctor {
namespace {

using From = ReferenceFacts::From;

std::string NameOf(From from) {
  switch (from) {
    case From::kNowhere:
      return "nowhere";
    case From::kConfiguration:
      return "the configuration";
    case From::kGateway:
      return "the default route";
    case From::kNeighbours:
      return "the neighbour table";
  }
  return "";
}

Finding OfSegment(const ReferenceFacts& segment) {
  Finding finding{"reference-hosts", segment.interface, Verdict::kOk, "", ""};
  if (segment.hosts.empty()) {
    finding.verdict = Verdict::kWarning;
    finding.evidence =
        "none is known: no default gateway there, no host heard lately; a node that is cut off from its "
        "clients cannot be told from one that is not";
    finding.repair = "list hosts of that segment under `references` in /etc/arbiter/probe.yaml";
    return finding;
  }
  finding.evidence = absl::StrCat(Listed(segment.hosts), " (from ", NameOf(segment.from), ")");
  if (!segment.asked.ok()) {
    finding.verdict = Verdict::kCouldNotLook;
    finding.evidence = absl::StrCat(finding.evidence, ": ", std::string(segment.asked.message()));
    finding.repair = "run it as root (CAP_NET_RAW)";
  } else if (segment.silent.empty()) {
    finding.evidence += segment.hosts.size() == 1 ? " answers" : " answer";
  } else if (segment.silent.size() < segment.hosts.size()) {
    finding.evidence = absl::StrCat(finding.evidence, "; silent: ", Listed(segment.silent));
  } else {
    finding.verdict = segment.from == From::kNeighbours ? Verdict::kWarning : Verdict::kFault;
    finding.evidence += segment.hosts.size() == 1 ? " does not answer" : " do not answer, none of them";
    finding.repair = "look at the cable, the switch port and the VLAN; if the host is gone, list another one";
  }
  return finding;
}

}  // namespace

Findings CheckGate(const GateFacts& facts) {
  const std::string where = absl::StrCat(
      "Linux ", facts.kernel, facts.container.empty() ? "" : absl::StrCat(", in a container (", facts.container, ")"));
  if (facts.usable.ok()) {
    return {{"gate", "", Verdict::kOk, absl::StrCat("it works here (tried for real; ", where, ")"), ""}};
  }
  const std::string why = absl::StrCat(std::string(facts.usable.message()), " (", where, ")");
  if (absl::IsPermissionDenied(facts.usable)) {
    return {{"gate", "", Verdict::kCouldNotLook, why,
             facts.container.empty() ? "run it as root (CAP_NET_ADMIN)"
                                     : "run it as root; give the container CAP_NET_ADMIN"}};
  }
  return {{"gate", "", Verdict::kWarning, why,
           "without it a demotion needs track files (`arbiter-probe snippet`); or use Linux 5.16 or later"}};
}

Findings CheckReferences(const std::vector<ReferenceFacts>& segments) {
  Findings findings;
  for (const ReferenceFacts& segment : segments) findings.push_back(OfSegment(segment));
  return findings;
}

}  // namespace probe::doctor
