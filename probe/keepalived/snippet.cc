#include "probe/keepalived/snippet.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/scope.h"

namespace probe::keepalived {
namespace {

// What gets one track file: a group, or an instance outside every group.
struct Unit {
  absl::string_view keyword;
  const std::string* name;
  const Origin* at;
  const Instance* instance;  // itself, or any member
};

std::vector<Unit> UnitsOf(const Config& config, const Scopes& scopes) {
  std::vector<Unit> units;
  for (const SyncGroup& group : config.groups) {
    units.push_back({"vrrp_sync_group", &group.name, &group.at, scopes.Find(group.members.front().instance)});
  }
  for (const Instance& instance : config.instances) {
    if (scopes.GroupOf(instance) == nullptr) {
      units.push_back({"vrrp_instance", &instance.name, &instance.at, &instance});
    }
  }
  return units;
}

std::string Quoted(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.'; });
  return plain ? name : absl::StrCat("\"", name, "\"");
}

std::string BlockName(const Unit& unit) { return Quoted(absl::StrCat("arbiter_", *unit.name)); }

}  // namespace

std::string Snippet(const Config& config, absl::string_view runtime_dir) {
  std::string notes;
  std::string definitions;
  std::string references;
  const Scopes scopes(config);
  for (const Unit& unit : UnitsOf(config, scopes)) {
    const std::string title = absl::StrCat(unit.keyword, " ", *unit.name, " (", unit.at->ToString(), ")");
    const auto present = scopes.FindTrackFile(*unit.instance, runtime_dir);
    if (const auto* rung = std::get_if<TrackFileRung>(&present); rung != nullptr) {
      absl::StrAppend(&notes, "# ", title, " has its track file already: ", rung->path, "\n");
      continue;
    }
    const absl::StatusOr<std::string> path = TrackFilePath(runtime_dir, *unit.name);
    if (!path.ok()) {
      absl::StrAppend(&notes, "# ", title, ": ", path.status().message(), "\n");
      continue;
    }
    absl::StrAppend(&definitions, "track_file ", BlockName(unit), " {\n    file \"", *path,
                    "\"\n    weight 0\n    init_file 0\n}\n");
    absl::StrAppend(&references, "\n# In ", title, ", between its braces:\n    track_file {\n        ", BlockName(unit),
                    "\n    }\n");
  }
  if (!definitions.empty()) {
    definitions =
        absl::StrCat("# Above every vrrp_sync_group and vrrp_instance, at the top of ",
                     config.files.empty() ? "keepalived's configuration" : config.files.front(), ":\n", definitions);
    references += absl::StrCat("\n# Then reload keepalived. ", runtime_dir,
                               " must exist before keepalived starts, or it drops the track files.\n");
  }
  return absl::StrCat(notes, definitions, references);
}

}  // namespace probe::keepalived
