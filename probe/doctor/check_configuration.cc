#include "probe/doctor/check_configuration.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/doctor/wording.h"
#include "probe/keepalived/scope.h"

namespace probe::doctor {
namespace {

using keepalived::Diagnostic;
using keepalived::InitialState;
using keepalived::Instance;

constexpr char kCheck[] = "configuration";
constexpr std::size_t kMostShown = 10;

Finding Unreadable(const std::string& path, const absl::Status& status) {
  if (absl::IsPermissionDenied(status)) {
    return {kCheck, path, Verdict::kCouldNotLook, std::string(status.message()), "run it as root"};
  }
  return {kCheck, path, Verdict::kFault, std::string(status.message()),
          "write the file, or name the right one by --keepalived-conf"};
}

// Other checks say these.
bool IsSaidElsewhere(const Diagnostic& diagnostic) {
  return absl::StartsWith(diagnostic.text, "nopreempt has no effect");
}

bool IsFault(const Diagnostic& diagnostic) {
  switch (diagnostic.kind) {
    case Diagnostic::Kind::kStructure:
    case Diagnostic::Kind::kFile:
    case Diagnostic::Kind::kRefused:
      return true;
    case Diagnostic::Kind::kUnknown:
    case Diagnostic::Kind::kBadValue:
    case Diagnostic::Kind::kTolerated:
    case Diagnostic::Kind::kConflict:
      return false;
  }
  __builtin_unreachable();
}

Finding OfDiagnostic(const Diagnostic& diagnostic) {
  const bool refused = diagnostic.kind == Diagnostic::Kind::kRefused;
  return {kCheck, diagnostic.at.ToString(), IsFault(diagnostic) ? Verdict::kFault : Verdict::kWarning, diagnostic.text,
          absl::StrCat("correct ", diagnostic.at.ToString(), ", then ", refused ? "start" : "reload", " keepalived")};
}

// What is said of single lines, the faults first; more than kMostShown are counted.
Findings OfDiagnostics(const keepalived::Config& config, const std::string& path) {
  std::vector<const Diagnostic*> said;
  for (const Diagnostic& diagnostic : config.diagnostics) {
    if (diagnostic.kind != Diagnostic::Kind::kUnknown && !IsSaidElsewhere(diagnostic)) said.push_back(&diagnostic);
  }
  std::stable_partition(said.begin(), said.end(), [](const Diagnostic* one) { return IsFault(*one); });
  Findings findings;
  for (std::size_t i = 0; i < std::min(said.size(), kMostShown); ++i) findings.push_back(OfDiagnostic(*said[i]));
  const std::size_t left_out = config.diagnostics_dropped + said.size() - findings.size();
  if (left_out > 0) {
    findings.push_back({kCheck, path, Verdict::kWarning, absl::StrCat(Counted(left_out, "more mistake")), ""});
  }
  return findings;
}

void CountUnknown(const keepalived::Config& config, const std::string& path, Findings* findings) {
  const auto is_unknown = [](const Diagnostic& d) { return d.kind == Diagnostic::Kind::kUnknown; };
  const auto first = std::find_if(config.diagnostics.begin(), config.diagnostics.end(), is_unknown);
  if (first == config.diagnostics.end()) return;
  const auto count = std::count_if(config.diagnostics.begin(), config.diagnostics.end(), is_unknown);
  findings->push_back(
      {kCheck, path, Verdict::kWarning,
       absl::StrCat(Counted(static_cast<std::size_t>(count), "unknown keyword"), " (",
                    Counted(config.skipped, "statement"), " not judged), the first: ", first->ToString()),
       "correct it if it is a mistake: keepalived ignores what it does not know"});
}

std::size_t VipsOf(const keepalived::Config& config) {
  std::vector<const Instance*> all;
  for (const Instance& instance : config.instances) all.push_back(&instance);
  return keepalived::AddressesOf(all).size();
}

}  // namespace

Findings CheckConfiguration(const std::string& path, const absl::StatusOr<keepalived::Config>& config) {
  if (!config.ok()) return {Unreadable(path, config.status())};
  Findings findings = OfDiagnostics(*config, path);
  CountUnknown(*config, path, &findings);
  if (config->instances.empty()) {
    findings.push_back({kCheck, path, Verdict::kWarning, "it has no vrrp_instance",
                        "if keepalived speaks VRRP here, name its file by --keepalived-conf"});
  }
  if (findings.empty()) {
    findings.push_back({kCheck, path, Verdict::kOk,
                        absl::StrCat(Counted(config->instances.size(), "instance"), ", ",
                                     Counted(VipsOf(*config), "VIP"), ", every keyword known"),
                        ""});
  }
  return findings;
}

Findings CheckPreemption(const keepalived::Config& config) {
  Findings findings;
  for (const Instance& instance : config.instances) {
    if (!instance.nopreempt || !instance.preempts) continue;
    const bool master = instance.state.value == InitialState::kMaster;
    findings.push_back(
        {"nopreempt", instance.name, Verdict::kWarning,
         absl::StrCat("nopreempt (", instance.nopreempt->ToString(), ") has no effect with ",
                      master ? absl::StrCat("state MASTER (", instance.state.at.ToString(), ")") : "priority 255",
                      ": this node takes the VIP back whenever it comes up"),
         master ? absl::StrCat("write `state BACKUP` at ", instance.state.at.ToString(), " on every node")
                : absl::StrCat("lower the priority at ", instance.priority.at.ToString())});
  }
  if (findings.empty() && !config.instances.empty()) {
    findings.push_back({"nopreempt", "", Verdict::kOk, "no instance has it where it has no effect", ""});
  }
  return findings;
}

Findings CheckTrackFiles(const keepalived::Config& config, const TrackFilePlace& place) {
  Findings findings;
  const keepalived::Scopes scopes(config);
  for (const Instance& instance : config.instances) {
    const auto found = scopes.FindTrackFile(instance, place.runtime_dir);
    const auto* rung = std::get_if<keepalived::TrackFileRung>(&found);
    if (rung != nullptr && place.directory_exists) {
      findings.push_back({"track-file", instance.name, Verdict::kOk, rung->path, ""});
    } else if (rung != nullptr) {
      findings.push_back({"track-file", instance.name, Verdict::kWarning,
                          absl::StrCat(rung->path, " is tracked, but ", place.runtime_dir,
                                       " is not there: a keepalived that starts without it drops the tracker"),
                          absl::StrCat("mkdir -p ", place.runtime_dir, ", then restart keepalived")});
    } else {
      const std::string why = std::get<keepalived::NoTrackFile>(found).why;
      findings.push_back({"track-file", instance.name, place.gate_works ? Verdict::kOk : Verdict::kWarning,
                          absl::StrCat(place.gate_works ? "none, and the gate works without: " : "none: ", why),
                          place.gate_works ? "" : "add what `arbiter-probe snippet` prints"});
    }
  }
  return findings;
}

}  // namespace probe::doctor
