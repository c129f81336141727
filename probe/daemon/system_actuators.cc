#include "probe/daemon/system_actuators.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/actuate/daemon_stopper.h"
#include "probe/actuate/track_file.h"
#include "probe/daemon/segment_questions.h"
#include "probe/daemon/system.h"
#include "probe/hold/climb.h"
#include "probe/report/vip_report.h"

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

hold::Troubles SystemActuators::ShutGates(hold::Vips vips, std::optional<hold::Duration> for_time) {
  return tools_.node.gates().Shut(vips, for_time, for_time ? "a contest" : "held back by the arbiter");
}

hold::Troubles SystemActuators::AdvertsOnly(hold::Vips vips, hold::Duration for_time) {
  return tools_.node.gates().AdvertsOnly(vips, for_time);
}

hold::Troubles SystemActuators::OpenGates(hold::Vips vips) { return tools_.node.gates().Open(vips); }

absl::StatusOr<std::map<IpAddress, hold::GateState>> SystemActuators::ReadGates(hold::Vips vips) {
  return tools_.node.gates().Read(vips, Now());
}

absl::Status SystemActuators::SetTrackFile(const IpAddress& vip, bool demote) {
  const absl::StatusOr<std::string> path = tools_.node.TrackFileOf(vip);
  if (!path.ok()) return path.status();
  return actuate::WriteTrackFile(*path, demote).status();
}

absl::Status SystemActuators::MayRemove(const IpAddress& vip) const {
  const std::string act = absl::StrCat("remove ", vip.ToString());
  const report::Facts& facts = tools_.node.FactsNow(Now());
  const hold::VipState state = report::ViewOf(vip, facts, Now()).state;
  const hold::Rung* rung = state.Find(hold::RungKind::kRemoveAddress);
  if (rung != nullptr && !rung->usable) return absl::FailedPreconditionError(absl::StrCat(act, ": ", rung->reason));
  if (state.configured && !hold::IsLeftover(state)) {
    return absl::FailedPreconditionError(absl::StrCat(act, state.daemon == hold::DaemonState::kUnknown
                                                               ? ": whether a live VRRP daemon owns it is not known"
                                                               : ": a live VRRP daemon owns it"));
  }
  if (state.daemon == hold::DaemonState::kGone) return absl::OkStatus();
  // A daemon that is there may own what no file says any more: one that it has not read again, or that we could not.
  if (tools_.node.config().instances.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(act, ": a VRRP daemon is there, and which addresses it owns is not known"));
  }
  const bool advertised = std::any_of(facts.own.begin(), facts.own.end(), [&vip](const report::RouterAdverts& own) {
    return own.on_wire && std::find(own.addresses.begin(), own.addresses.end(), vip) != own.addresses.end();
  });
  if (!advertised) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(act, ": a live VRRP daemon advertises it"));
}

absl::StatusOr<std::vector<hold::RemovedAddress>> SystemActuators::RemoveAddress(const IpAddress& vip) {
  tools_.look_again();
  if (absl::Status may = MayRemove(vip); !may.ok()) return may;
  const auto whole = tools_.kernel.FindWhole(vip);
  if (!whole.ok()) return whole.status();
  for (const netlink::WholeAddress& each : *whole) {
    const absl::Status status = tools_.kernel.RemoveAddress(each.link, vip, each.prefix_length);
    if (!status.ok() && !absl::IsNotFound(status)) return status;
  }
  std::vector<hold::RemovedAddress> removed;
  for (const netlink::WholeAddress& each : *whole) {
    removed.push_back({each.interface, each.prefix_length, each.scope, each.flags, each.label});
  }
  return removed;
}

absl::Status SystemActuators::PutAddressBack(const IpAddress& vip, const std::vector<hold::RemovedAddress>& removed) {
  absl::Status result;
  for (const hold::RemovedAddress& each : removed) {
    result.Update(
        tools_.kernel.AddAddress({vip, each.interface, each.prefix_length, each.scope, each.flags, each.label}));
  }
  return Prefix(absl::StrCat("put ", vip.ToString(), " back"), result);
}

absl::Status SystemActuators::StopDaemon() {
  if (!tools_.settings.stop_command.empty()) return Run(tools_.settings.stop_command, "stop", {});
  const keepalived::DaemonStatus& daemon = tools_.daemon.status();
  if (daemon.parent == 0) return absl::FailedPreconditionError(absl::StrCat("stop the VRRP daemon: ", daemon.why));
  stopped_unit_ = UnitOf(daemon.parent);
  if (!stopped_unit_.empty()) return Run({kSystemctl, "--no-block", "stop", stopped_unit_}, "stop", {});
  // Its end is seen by its addresses, and by DaemonWatch.
  return Prefix("stop the VRRP daemon", actuate::StopDaemon({daemon.parent, daemon.parent_start_ticks}).status());
}

absl::Status SystemActuators::StartDaemon() {
  if (!tools_.settings.start_command.empty()) return Run(tools_.settings.start_command, "start", {});
  if (stopped_unit_.empty() && std::filesystem::exists("/run/systemd/system")) stopped_unit_ = kDefaultUnit;
  if (!stopped_unit_.empty()) return Run({kSystemctl, "--no-block", "start", stopped_unit_}, "start", {});
  return absl::FailedPreconditionError(
      "a hand is needed: the VRRP daemon was stopped, and neither systemd nor a start_command can start it again");
}

absl::Status SystemActuators::RunExec(const IpAddress& vip) {
  return Run(tools_.settings.exec_command, "demote", hold::Vips(&vip, 1));
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

hold::Troubles SystemActuators::AskSegment(hold::Vips vips) {
  SegmentQuestions asked = SegmentQuestionsFor(tools_.node, vips);
  for (const actuate::ReachQuestion& question : asked.questions) {
    const absl::Status status = AskOne(question);
    if (status.ok()) continue;
    for (const IpAddress& vip : question.targets) asked.troubles.emplace(vip, status);
  }
  return std::move(asked.troubles);
}

absl::Status SystemActuators::AskOne(const actuate::ReachQuestion& question) {
  const auto done = [this, targets = question.targets](const actuate::ReachTally& tally) {
    std::set<IpAddress> answered;
    for (const actuate::ReachTally::Answer& answer : tally.answers()) answered.insert(answer.ip);
    for (const IpAddress& vip : targets) answer_(vip, answered.contains(vip));
  };
  return tools_.questions.Ask(question, Now(), kSegmentAnswersWithin, done);
}

void SystemActuators::RunHook(hold::Hook hook, hold::Vips vips) {
  const bool demoted = hook == hold::Hook::kOnDemoted;
  const Command& command = demoted ? tools_.settings.on_demoted : tools_.settings.on_survivor;
  if (command.empty()) return;
  const absl::Status status = Run(command, demoted ? "demoted" : "survivor", vips);
  if (!status.ok()) tools_.log.Warning("command", {{"error", std::string(status.message())}});
}

absl::Status SystemActuators::Run(const Command& command, const std::string& event, hold::Vips vips) {
  actuate::CommandSpec spec;
  spec.argv = command;
  spec.about = {{"EVENT", event}, {"NODE", tools_.settings.node}, {"CLUSTER", tools_.settings.cluster}};
  if (!vips.empty()) {
    spec.about["VIP"] = vips.front().ToString();
    spec.about["VIPS"] =
        absl::StrJoin(vips, " ", [](std::string* out, const IpAddress& vip) { absl::StrAppend(out, vip.ToString()); });
  }
  spec.time_limit = kCommandLimit;
  return tools_.commands.Start(spec, Now());
}

}  // namespace probe::daemon
