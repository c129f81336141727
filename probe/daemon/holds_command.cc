#include "probe/daemon/holds_command.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/actuate/track_file.h"
#include "probe/daemon/control_socket.h"
#include "probe/daemon/hold_file.h"
#include "probe/daemon/holds_text.h"
#include "probe/daemon/instance_lock.h"
#include "probe/daemon/shut_gates.h"
#include "probe/daemon/system.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/scope.h"
#include "probe/report/to_proto.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;

std::string RequestOf(const HoldsCommand& command) {
  if (command.release_all) return "release-all";
  if (command.forget_term) return "forget-term";
  return command.release.empty() ? "holds" : absl::StrCat("release ", command.release);
}

std::string ConfigPath(const HoldsPlaces& places) {
  return places.keepalived_conf.empty() ? "/etc/keepalived/keepalived.conf" : places.keepalived_conf;
}

// The same without a probe: on the files and the kernel alone.
class Offline {
 public:
  explicit Offline(const HoldsPlaces& places) : places_(places), file_(places.runtime_dir, BootId()) {}

  absl::Status Load() {
    auto memory = file_.Load();
    if (memory.ok()) memory_ = *std::move(memory);
    return memory.status();
  }

  [[nodiscard]] HoldsAnswer Text() const {
    std::vector<arbiter::v1::LocalHold> holds;
    for (const auto& [vip, hold] : memory_.holds) holds.push_back(report::ToProto(hold, BootNow()));
    const absl::Status known = CheckGates();
    return {holds.empty() && !known.ok() ? "" : HoldsText(holds), known};
  }

  HoldsAnswer Release(const std::string& name) {
    const std::set<IpAddress> vips = Named(name);
    if (vips.empty()) {
      const std::string gates(CheckGates().message());
      return {"", absl::NotFoundError(absl::StrCat("release ", name, ": nothing of that name is held back",
                                                   gates.empty() ? "" : "; ", gates))};
    }
    if (absl::Status status = OpenGates(vips); !status.ok()) return {"", status};
    std::string text;
    for (const IpAddress& vip : vips) {
      if (absl::Status status = LetGo(vip); !status.ok()) return {text, status};
      absl::StrAppend(&text, vip.ToString(), " released\n", Forget(vip));
    }
    return {text, file_.Save(memory_)};
  }

  HoldsAnswer ForgetTerm() {
    const std::string text = absl::StrCat("term ", memory_.newest_term, " forgotten\n");
    memory_.newest_term = 0;
    memory_.obeyed.clear();
    return {text, file_.Save(memory_)};
  }

  HoldsAnswer ReleaseAll() {
    auto gate = OpenHostGate();
    if (!gate.ok()) return {"", gate.status()};
    const absl::Status opened = OpenAllForGood(**gate, places_.runtime_dir);
    if (!opened.ok() && !absl::IsAborted(opened)) return {"", opened};
    if (absl::Status status = ClearTrackFiles(); !status.ok()) return {"", status};
    const std::size_t count = memory_.holds.size();
    std::string text = absl::StrCat(count, count == 1 ? " hold" : " holds", " released",
                                    opened.ok() ? ", every gate is open\n" : "\n");
    for (const auto& [vip, hold] : std::map(memory_.holds)) absl::StrAppend(&text, Forget(vip));
    if (absl::Status status = file_.Save(memory_); !status.ok()) return {text, status};
    return {text, opened};
  }

 private:
  // Whether the gates that are shut are those of the holds.
  [[nodiscard]] absl::Status CheckGates() const {
    auto gate = OpenHostGate();
    if (!gate.ok()) return gate.status();
    const auto shut = ShutGates(**gate);
    if (!shut.ok()) return shut.status();
    std::set<IpAddress> held;
    for (const auto& [vip, hold] : memory_.holds) held.insert(vip);
    return CheckAllKnown(*shut, held, places_.runtime_dir);
  }

  [[nodiscard]] std::set<IpAddress> Named(const std::string& name) const {
    std::vector<IpAddress> vips;
    if (const auto vip = IpAddress::Parse(name); vip.ok()) vips = {*vip};
    const auto config = keepalived::ReadConfig(ConfigPath(places_), {});
    const keepalived::Instance* instance = config.ok() ? keepalived::FindInstance(*config, name) : nullptr;
    if (instance != nullptr) vips = keepalived::AddressesOf({instance});
    std::set<IpAddress> held;
    for (const IpAddress& vip : vips) {
      if (memory_.holds.contains(vip)) held.insert(vip);
    }
    return held;
  }

  static absl::Status OpenGates(const std::set<IpAddress>& vips) {
    auto gate = OpenHostGate();
    if (!gate.ok()) return gate.status();
    if (absl::Status status = (*gate)->Usable(); !status.ok()) return absl::OkStatus();  // then nothing is shut
    if (absl::Status status = (*gate)->Adopt(); !status.ok()) return status;
    const auto state = (*gate)->Dump();
    if (!state.ok()) return state.status();
    std::vector<actuate::GateKey> keys;
    for (const actuate::GateStanding& standing : state->standing) {
      if (vips.contains(standing.key.vip)) keys.push_back(standing.key);
    }
    return keys.empty() ? absl::OkStatus() : (*gate)->Open(absl::MakeConstSpan(keys));
  }

  absl::Status LetGo(const IpAddress& vip) const {
    const auto config = keepalived::ReadConfig(ConfigPath(places_), {});
    if (!config.ok()) return absl::OkStatus();  // without a configuration no file can be read by a daemon either
    for (const keepalived::Owner& owner : keepalived::OwnersOf(*config, vip)) {
      const auto found = keepalived::FindTrackFile(*config, *owner.instance, places_.runtime_dir);
      const auto* rung = std::get_if<keepalived::TrackFileRung>(&found);
      if (rung == nullptr) continue;
      if (absl::Status status = actuate::WriteTrackFile(rung->path, false).status(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ClearTrackFiles() const {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(places_.runtime_dir, error)) {
      if (entry.path().extension() != ".demote") continue;
      if (absl::Status status = actuate::WriteTrackFile(entry.path(), false).status(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // What a hand must still do.
  std::string Forget(const IpAddress& vip) {
    const auto hold = memory_.holds.find(vip);
    if (hold == memory_.holds.end()) return "";
    const bool stopped = hold->second.daemon_stopped;
    memory_.released.push_back({{vip}, hold->second.fence, "arbiter-probe holds --release, with no probe running"});
    memory_.holds.erase(hold);
    return stopped ? absl::StrCat(vip.ToString(), ": a hand is needed: the VRRP daemon was stopped, start it\n") : "";
  }

  const HoldsPlaces& places_;
  HoldFile file_;
  hold::HoldMemory memory_;
};

}  // namespace

HoldsAnswer RunHolds(const HoldsCommand& command, const HoldsPlaces& places) {
  const absl::StatusOr<std::string> answer = AskProbe(places.runtime_dir, RequestOf(command));
  const bool nobody = absl::IsNotFound(answer.status()) && absl::EndsWith(answer.status().message(), kNoProbe);
  if (!nobody) return {answer.value_or(""), answer.status()};
  Offline offline(places);
  if (!std::filesystem::exists(places.runtime_dir) && !command.release_all) {
    return command.release.empty() ? offline.Text() : offline.Release(command.release);
  }
  if (absl::Status status = MakeRuntimeDirectory(places.runtime_dir); !status.ok()) return {"", status};
  const auto lock = InstanceLock::Take(places.runtime_dir);  // no probe may start meanwhile
  if (!lock.ok()) return {"", lock.status()};
  const absl::Status loaded = offline.Load();
  if (!loaded.ok() && !command.release_all) return {"", loaded};
  if (command.release_all) return offline.ReleaseAll();
  if (command.forget_term) return offline.ForgetTerm();
  if (!command.release.empty()) return offline.Release(command.release);
  return offline.Text();
}

}  // namespace probe::daemon
