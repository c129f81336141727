// A node's actuators that keep state instead of acting: gates with their timers, track files, and a list of what was
// asked for, in words.
#ifndef TESTS_FAKES_FAKE_ACTUATORS_H_
#define TESTS_FAKES_FAKE_ACTUATORS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "probe/hold/actuators.h"
#include "proto/value/duration.h"

namespace fakes {

class FakeActuators : public probe::hold::Actuators {
 public:
  using GateState = probe::hold::GateState;

  // Public state: what a test sets and reads.
  std::vector<std::string> acts;              // "shut 10.0.0.1", "track 10.0.0.1 1", ...
  std::map<std::string, absl::Status> fails;  // by the first word of the act
  std::map<arbiter::IpAddress, bool> track_files;
  probe::hold::Instant now{};
  probe::hold::Duration timer_lag{};  // the kernel's timers end this much later than was asked for
  bool gate_lies = false;             // it says OK, and the kernel's dump does not show it

  // The acts since the last call.
  std::vector<std::string> Take() { return std::exchange(acts, {}); }

  // As after `nft flush ruleset`.
  void FlushGates() { gates_.clear(); }

  GateState Gate(const arbiter::IpAddress& vip) const {
    const auto found = gates_.find(vip);
    if (found == gates_.end()) return GateState::kOpen;
    const Shut& shut = found->second;
    if (shut.adverts_until && now < *shut.adverts_until) return GateState::kAdvertsOnly;
    if (!shut.until) return GateState::kShut;
    return now < *shut.until ? GateState::kShutForAWhile : GateState::kOpen;
  }

  absl::Status ShutGate(const arbiter::IpAddress& vip, std::optional<probe::hold::Duration> for_time) override {
    const absl::Status status =
        Did("shut", vip, for_time ? absl::StrCat(" for ", arbiter::FormatDuration(*for_time)) : "");
    if (!status.ok() || gate_lies) return status;
    gates_[vip] = {for_time ? std::optional(now + *for_time + timer_lag) : std::nullopt, std::nullopt};
    return status;
  }
  absl::Status AdvertsOnly(const arbiter::IpAddress& vip, probe::hold::Duration for_time) override {
    const absl::Status status = Did("adverts-only", vip, absl::StrCat(" for ", arbiter::FormatDuration(for_time)));
    if (!status.ok() || gate_lies) return status;
    gates_[vip] = {std::nullopt, now + for_time};
    return status;
  }
  absl::Status OpenGate(const arbiter::IpAddress& vip) override {
    const absl::Status status = Did("open", vip, "");
    if (status.ok()) gates_.erase(vip);
    return status;
  }
  absl::StatusOr<GateState> ReadGate(const arbiter::IpAddress& vip) override {
    if (const auto failure = fails.find("read"); failure != fails.end()) return failure->second;
    return Gate(vip);
  }
  absl::Status SetTrackFile(const arbiter::IpAddress& vip, bool demote) override {
    const absl::Status status = Did("track", vip, demote ? " 1" : " 0");
    if (status.ok()) track_files[vip] = demote;
    return status;
  }
  absl::Status RemoveAddress(const arbiter::IpAddress& vip) override { return Did("remove", vip, ""); }
  absl::Status StopDaemon() override { return Did("stop"); }
  absl::Status StartDaemon() override { return Did("start"); }
  absl::Status RunExec(const arbiter::IpAddress& vip) override { return Did("exec", vip, ""); }
  [[nodiscard]] probe::hold::Instant Now() const override { return now; }
  absl::Status AnnounceOnce(const arbiter::IpAddress& vip) override { return Did("announce", vip, ""); }
  absl::Status AskSegment(const arbiter::IpAddress& vip) override { return Did("ask", vip, ""); }
  void RunHook(probe::hold::Hook hook, const arbiter::IpAddress& vip) override {
    (void)Did(hook == probe::hold::Hook::kOnDemoted ? "on_demoted" : "on_survivor", vip, "");
  }

 private:
  struct Shut {
    std::optional<probe::hold::Instant> until;
    std::optional<probe::hold::Instant> adverts_until;
  };

  absl::Status Did(const std::string& verb, const arbiter::IpAddress& vip, const std::string& how) {
    acts.push_back(absl::StrCat(verb, " ", vip.ToString(), how));
    const auto failure = fails.find(verb);
    return failure == fails.end() ? absl::OkStatus() : failure->second;
  }
  absl::Status Did(const std::string& verb) {
    acts.push_back(verb);
    const auto failure = fails.find(verb);
    return failure == fails.end() ? absl::OkStatus() : failure->second;
  }

  std::map<arbiter::IpAddress, Shut> gates_;
};

}  // namespace fakes

#endif  // TESTS_FAKES_FAKE_ACTUATORS_H_
