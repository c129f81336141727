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
  std::vector<std::string> acts;                         // "shut 10.0.0.1", "track 10.0.0.1 1", ...
  std::map<std::string, absl::Status> fails;             // by the first word of the act
  std::map<arbiter::IpAddress, absl::Status> fails_for;  // any act on several
  int looks = 0;                                         // at the kernel's gates
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

  probe::hold::Troubles ShutGates(probe::hold::Vips vips, std::optional<probe::hold::Duration> for_time) override {
    return ActOn("shut", vips, for_time ? absl::StrCat(" for ", arbiter::FormatDuration(*for_time)) : "",
                 [&](const arbiter::IpAddress& vip) {
                   if (gate_lies) return;
                   gates_[vip] = {for_time ? std::optional(now + *for_time + timer_lag) : std::nullopt, std::nullopt};
                 });
  }
  probe::hold::Troubles AdvertsOnly(probe::hold::Vips vips, probe::hold::Duration for_time) override {
    return ActOn("adverts-only", vips, absl::StrCat(" for ", arbiter::FormatDuration(for_time)),
                 [&](const arbiter::IpAddress& vip) {
                   if (!gate_lies) gates_[vip] = {std::nullopt, now + for_time};
                 });
  }
  probe::hold::Troubles OpenGates(probe::hold::Vips vips) override {
    return ActOn("open", vips, "", [&](const arbiter::IpAddress& vip) { gates_.erase(vip); });
  }
  absl::StatusOr<std::map<arbiter::IpAddress, GateState>> ReadGates(probe::hold::Vips vips) override {
    ++looks;
    if (const auto failure = fails.find("read"); failure != fails.end()) return failure->second;
    std::map<arbiter::IpAddress, GateState> seen;
    for (const arbiter::IpAddress& vip : vips) seen[vip] = Gate(vip);
    return seen;
  }
  absl::Status SetTrackFile(const arbiter::IpAddress& vip, bool demote) override {
    const absl::Status status = Did("track", vip, demote ? " 1" : " 0");
    if (status.ok()) track_files[vip] = demote;
    return status;
  }
  absl::StatusOr<std::vector<probe::hold::RemovedAddress>> RemoveAddress(const arbiter::IpAddress& vip) override {
    if (absl::Status status = Did("remove", vip, ""); !status.ok()) return status;
    return std::vector<probe::hold::RemovedAddress>{{"eth0", 24, 0, 0, "eth0"}};
  }
  absl::Status PutAddressBack(const arbiter::IpAddress& vip,
                              const std::vector<probe::hold::RemovedAddress>& removed) override {
    return Did("put-back", vip, absl::StrCat("/", removed.front().prefix_length, " on ", removed.front().interface));
  }
  absl::Status StopDaemon() override { return Did("stop"); }
  absl::Status StartDaemon() override { return Did("start"); }
  absl::Status RunExec(const arbiter::IpAddress& vip) override { return Did("exec", vip, ""); }
  [[nodiscard]] probe::hold::Instant Now() const override { return now; }
  absl::Status AnnounceOnce(const arbiter::IpAddress& vip) override { return Did("announce", vip, ""); }
  probe::hold::Troubles AskSegment(probe::hold::Vips vips) override {
    return ActOn("ask", vips, "", [](const arbiter::IpAddress&) {});
  }
  void RunHook(probe::hold::Hook hook, probe::hold::Vips vips) override {
    (void)ActOn(hook == probe::hold::Hook::kOnDemoted ? "on_demoted" : "on_survivor", vips, "",
                [](const arbiter::IpAddress&) {});
  }

 private:
  struct Shut {
    std::optional<probe::hold::Instant> until;
    std::optional<probe::hold::Instant> adverts_until;
  };

  // One act, one entry: "shut 10.0.0.1 10.0.0.2 for 2.0s".
  template <typename Change>
  probe::hold::Troubles ActOn(const std::string& verb, probe::hold::Vips vips, const std::string& how,
                              const Change& change) {
    std::string act = verb;
    for (const arbiter::IpAddress& vip : vips) absl::StrAppend(&act, " ", vip.ToString());
    acts.push_back(absl::StrCat(act, how));
    probe::hold::Troubles troubles;
    for (const arbiter::IpAddress& vip : vips) {
      const auto failure = fails.find(verb);
      const auto trouble = fails_for.find(vip);
      if (failure != fails.end()) troubles.emplace(vip, failure->second);
      if (trouble != fails_for.end()) troubles.emplace(vip, trouble->second);
      if (!troubles.contains(vip)) change(vip);
    }
    return troubles;
  }

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
