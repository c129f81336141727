// What the store's tests share: a directory that goes away, clocks that stand still, an incident with every field set.
#ifndef TESTS_ARBITER_STORE_SAMPLE_H_
#define TESTS_ARBITER_STORE_SAMPLE_H_

#include <cstdlib>
#include <filesystem>
#include <string>

#include "arbiter/core/incident.h"
#include "arbiter/store/store.h"

namespace arbiter::store {

// A fresh directory, deleted with all that is in it.
class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "arbiter-store-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Clocks that move when a test says so. After a restart of the machine the steady clock begins anew.
class FakeClocks {
 public:
  [[nodiscard]] ClockReading now() const { return now_; }
  [[nodiscard]] ClockSource source() const {
    return [this] { return now_; };
  }
  void Pass(std::chrono::nanoseconds time) {
    now_.steady += time;
    now_.wall += absl::FromChrono(time);
  }
  void SetWall(absl::Time wall) { now_.wall = wall; }
  void SetSteady(core::Instant steady) { now_.steady = steady; }

 private:
  ClockReading now_{core::Instant(std::chrono::hours(100)), absl::FromUnixSeconds(1'760'000'000)};
};

// Opened 10 s before `now`; every field set.
inline core::IncidentRecord SampleIncident(const std::string& id, core::Instant now) {
  using std::chrono::milliseconds;
  const core::Instant opened = now - std::chrono::seconds(10);
  core::IncidentRecord incident;
  incident.id = id;
  incident.cluster = "prod";
  incident.vips = {*IpAddress::Parse("192.168.1.212"), *IpAddress::Parse("2001:db8::212")};
  incident.state = core::IncidentState::kGuarded;
  incident.survivor = "a";
  incident.demoted = {"b", "c"};
  incident.opened = opened;
  incident.confirmed = opened + milliseconds(250);
  incident.healed = opened + milliseconds(262);
  incident.dual_hold = milliseconds(12);
  incident.causes = {{core::Cause::kVridMismatch, "b advertises VRID 65, a VRID 66", "set both to 66"},
                     {core::Cause::kWrongInterface, "b is on 10.0.0.0/24", "move it"}};
  incident.timeline = {{opened, "a and b hold it"}, {opened + milliseconds(250), "confirmed"}};
  incident.holds = {{"b", "a", "priority 90 against 100", opened + milliseconds(251), 2, false, incident.vips},
                    {"c", "a", "an operator said so", opened + milliseconds(252), 0, true, {incident.vips.back()}}};
  incident.note = "nothing";
  return incident;
}

inline core::IncidentRecord Closed(core::IncidentRecord incident, core::Instant at) {
  incident.state = core::IncidentState::kClosed;
  incident.closed = at;
  incident.holds.clear();
  return incident;
}

// Compares what a restart must not change.
inline bool operator==(const core::IncidentRecord& a, const core::IncidentRecord& b) {
  return a.id == b.id && a.cluster == b.cluster && a.vips == b.vips && a.state == b.state && a.enforced == b.enforced &&
         a.survivor == b.survivor && a.demoted == b.demoted && a.opened == b.opened && a.confirmed == b.confirmed &&
         a.healed == b.healed && a.closed == b.closed && a.dual_hold == b.dual_hold && a.causes == b.causes &&
         a.timeline == b.timeline && a.holds == b.holds && a.note == b.note;
}

}  // namespace arbiter::store

#endif  // TESTS_ARBITER_STORE_SAMPLE_H_
