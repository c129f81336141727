#include "probe/daemon/system_actuators.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/actuate/daemon_stopper.h"
#include "probe/actuate/track_file.h"
#include "probe/daemon/system.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;

constexpr std::chrono::seconds kCommandLimit(10);
// A host on the segment answers within a millisecond; a busy one, in tens.
constexpr std::chrono::milliseconds kSegmentAnswersWithin(250);
constexpr char kSystemctl[] = "/usr/bin/systemctl";
constexpr char kDefaultUnit[] = "keepalived.service";

absl::Status Prefix(const std::string& what, const absl::Status& status) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(what, ": ", std::string(status.message()))};
}

}  // namespace

SystemActuators::SystemActuators(const Tools& tools, SegmentAnswer answer)
    : tools_(tools), answer_(std::move(answer)) {}

absl::Status SystemActuators::ShutGate(const IpAddress& vip, std::optional<hold::Duration> for_time) {
  return tools_.node.gates().Shut(vip, for_time, for_time ? "a contest" : "held back by the arbiter");
}

absl::Status SystemActuators::AdvertsOnly(const IpAddress& vip, hold::Duration for_time) {
  return tools_.node.gates().AdvertsOnly(vip, for_time);
}

absl::Status SystemActuators::OpenGate(const IpAddress& vip) { return tools_.node.gates().Open(vip); }

absl::StatusOr<hold::GateState> SystemActuators::ReadGate(const IpAddress& vip) {
  return tools_.node.gates().Read(vip, Now());
}

absl::Status SystemActuators::SetTrackFile(const IpAddress& vip, bool demote) {
  const absl::StatusOr<std::string> path = tools_.node.TrackFileOf(vip);
  if (!path.ok()) return path.status();
  return actuate::WriteTrackFile(*path, demote).status();
}

absl::Status SystemActuators::RemoveAddress(const IpAddress& vip) {
  const auto places = tools_.kernel.Find(vip);
  if (!places.ok()) return places.status();
  for (const netlink::AddressOnLink& place : *places) {
    if (place.link.loopback) continue;
    const absl::Status status = tools_.kernel.RemoveAddress(place.link.index, vip, place.address.prefix_length);
    if (!status.ok() && !absl::IsNotFound(status)) return status;
  }
  return absl::OkStatus();
}

absl::Status SystemActuators::StopDaemon() {
  if (!tools_.settings.stop_command.empty()) return Run(tools_.settings.stop_command, "stop", "");
  const keepalived::DaemonStatus& daemon = tools_.daemon.status();
  if (daemon.parent == 0) return absl::FailedPreconditionError(absl::StrCat("stop the VRRP daemon: ", daemon.why));
  stopped_unit_ = UnitOf(daemon.parent);
  if (!stopped_unit_.empty()) return Run({kSystemctl, "--no-block", "stop", stopped_unit_}, "stop", "");
  // Its end is seen by its addresses, and by DaemonWatch.
  return Prefix("stop the VRRP daemon", actuate::StopDaemon({daemon.parent, daemon.parent_start_ticks}).status());
}

absl::Status SystemActuators::StartDaemon() {
  if (!tools_.settings.start_command.empty()) return Run(tools_.settings.start_command, "start", "");
  if (stopped_unit_.empty() && std::filesystem::exists("/run/systemd/system")) stopped_unit_ = kDefaultUnit;
  if (!stopped_unit_.empty()) return Run({kSystemctl, "--no-block", "start", stopped_unit_}, "start", "");
  return absl::FailedPreconditionError(
      "a hand is needed: the VRRP daemon was stopped, and neither systemd nor a start_command can start it again");
}

absl::Status SystemActuators::RunExec(const IpAddress& vip) {
  return Run(tools_.settings.exec_command, "demote", vip.ToString());
}

hold::Instant SystemActuators::Now() const { return std::chrono::steady_clock::now(); }

absl::Status SystemActuators::AnnounceOnce(const IpAddress& vip) {
  const std::vector<report::VipPlace> places = tools_.node.Places(vip);
  absl::Status result;
  for (const report::VipPlace& place : places) {
    if (!place.on || !place.on->CanAnswer()) continue;
    auto announcement = actuate::MakeAnnouncement(*place.on);
    if (!announcement.ok()) {
      result.Update(announcement.status());
      continue;
    }
    // vmac_xmit_base and the like: the address is on the parent, and the virtual MAC speaks for it.
    if (place.vmac && place.vrid && !report::VridOfMac(place.on->link.mac)) {
      announcement->mac = arbiter::MacAddress::VirtualRouter(*place.vrid, vip.is_v6());
    }
    result.Update(tools_.announcer.Announce(*announcement));
  }
  return result;
}

absl::Status SystemActuators::AskSegment(const IpAddress& vip) {
  absl::StatusOr<actuate::ReachQuestion> question = tools_.node.QuestionFor(vip);
  if (!question.ok()) return question.status();
  question->targets = {vip};
  return tools_.questions.Ask(*question, Now(), kSegmentAnswersWithin,
                              [this, vip](const actuate::ReachTally& tally) { answer_(vip, tally.answered() > 0); });
}

void SystemActuators::RunHook(hold::Hook hook, const IpAddress& vip) {
  const bool demoted = hook == hold::Hook::kOnDemoted;
  const Command& command = demoted ? tools_.settings.on_demoted : tools_.settings.on_survivor;
  if (command.empty()) return;
  const absl::Status status = Run(command, demoted ? "demoted" : "survivor", vip.ToString());
  if (!status.ok()) tools_.log.Warning(std::string(status.message()));
}

absl::Status SystemActuators::Run(const Command& command, const std::string& event, const std::string& vip) {
  actuate::CommandSpec spec;
  spec.argv = command;
  spec.about = {{"EVENT", event}, {"NODE", tools_.settings.node}, {"CLUSTER", tools_.settings.cluster}};
  if (!vip.empty()) spec.about["VIP"] = vip;
  spec.time_limit = kCommandLimit;
  return tools_.commands.Start(spec, Now());
}

}  // namespace probe::daemon
