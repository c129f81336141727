#include "probe/doctor/check_configuration.h"

#include <algorithm>
#include <utility>
#include <variant>

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

Finding OfDiagnostic(const Diagnostic& diagnostic) {
  const bool broken = diagnostic.kind == Diagnostic::Kind::kFile || diagnostic.kind == Diagnostic::Kind::kStructure;
  return {kCheck, diagnostic.at.ToString(), broken ? Verdict::kFault : Verdict::kWarning, diagnostic.text,
          absl::StrCat("correct ", diagnostic.at.ToString(), ", then reload keepalived")};
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

void CheckVrids(const keepalived::Config& config, Findings* findings) {
  for (const Instance& instance : config.instances) {
    if (instance.vrid) continue;
    findings->push_back({kCheck, instance.name, Verdict::kFault,
                         "it has no virtual_router_id: keepalived does not run it",
                         absl::StrCat("write one below ", instance.at.ToString())});
  }
}

std::size_t VipsOf(const keepalived::Config& config) {
  std::vector<const Instance*> all;
  for (const Instance& instance : config.instances) all.push_back(&instance);
  return keepalived::AddressesOf(all).size();
}

}  // namespace

Findings CheckConfiguration(const std::string& path, const absl::StatusOr<keepalived::Config>& config) {
  if (!config.ok()) return {Unreadable(path, config.status())};
  Findings findings;
  std::size_t left_out = config->diagnostics_dropped;
  for (const Diagnostic& diagnostic : config->diagnostics) {
    if (diagnostic.kind == Diagnostic::Kind::kUnknown || IsSaidElsewhere(diagnostic)) continue;
    if (findings.size() < kMostShown) {
      findings.push_back(OfDiagnostic(diagnostic));
    } else {
      ++left_out;
    }
  }
  if (left_out > 0) {
    findings.push_back({kCheck, path, Verdict::kWarning, absl::StrCat(Counted(left_out, "more mistake")), ""});
  }
  CountUnknown(*config, path, &findings);
  CheckVrids(*config, &findings);
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
