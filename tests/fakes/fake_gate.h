// A gate whose kernel is a table in memory, which somebody else can flush.
#ifndef TESTS_FAKES_FAKE_GATE_H_
#define TESTS_FAKES_FAKE_GATE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/actuate/gate.h"

namespace fakes {

class FakeGate : public probe::actuate::Gate {
 public:
  using Key = probe::actuate::GateKey;
  using Standing = probe::actuate::GateStanding;

  // Public state: what a test sets and reads.
  std::map<Key, Standing> kernel;
  std::vector<probe::actuate::AdvertCount> adverts;
  std::set<std::string> hooked = {"eth0", "eth1"};  // interfaces on which gates act
  absl::Status usable;
  bool table = false;
  std::string refused_interface;  // a transaction that names it is refused whole
  int transactions = 0;           // of verbs
  int dumps = 0;

  using Gate::AdvertsOnly;
  using Gate::Open;
  using Gate::OpenForAWhile;
  using Gate::Shut;
  using Gate::ShutForAWhile;

  absl::Status Usable() override { return usable; }
  absl::Status Adopt() override { return usable; }
  absl::Status Ensure(absl::Span<const std::string> interfaces) override {
    hooked.insert(interfaces.begin(), interfaces.end());
    table = table || (usable.ok() && !interfaces.empty());
    return usable;
  }
  absl::Status Shut(Keys keys, absl::string_view comment) override { return Put(keys, std::nullopt, comment); }
  absl::Status ShutForAWhile(Keys keys, std::chrono::nanoseconds duration, absl::string_view comment) override {
    return Put(keys, std::chrono::ceil<std::chrono::milliseconds>(duration), comment);
  }
  absl::Status AdvertsOnly(Keys keys, std::chrono::nanoseconds duration) override {
    ++transactions;
    if (!usable.ok()) return usable;
    for (const Key& key : keys) {
      if (!kernel.contains(key) || !key.vrid) return absl::FailedPreconditionError("not shut");
    }
    for (const Key& key : keys) kernel[key].adverts = std::chrono::ceil<std::chrono::milliseconds>(duration);
    return absl::OkStatus();
  }
  absl::Status Open(Keys keys) override {
    ++transactions;
    for (const Key& key : keys) kernel.erase(key);
    return usable;
  }
  absl::Status OpenForAWhile(Keys, std::chrono::nanoseconds) override {
    return absl::UnimplementedError("no leases here");
  }
  absl::StatusOr<probe::actuate::GateState> Dump() override {
    ++dumps;
    if (!usable.ok()) return usable;
    probe::actuate::GateState state;
    state.table = table;
    state.interfaces = {hooked.begin(), hooked.end()};
    for (auto [key, standing] : kernel) {
      standing.acts = hooked.contains(key.interface);
      state.standing.push_back(standing);
    }
    state.adverts = adverts;
    return state;
  }
  absl::StatusOr<probe::actuate::GateRepair> Restore() override { return probe::actuate::GateRepair{}; }
  absl::Status OpenAll() override {
    kernel.clear();
    table = false;
    return usable;
  }

 private:
  absl::Status Put(Keys keys, std::optional<std::chrono::milliseconds> for_ms, absl::string_view comment) {
    ++transactions;
    if (!usable.ok()) return usable;
    for (const Key& key : keys) {
      if (key.interface == refused_interface) return absl::InvalidArgumentError("bad name");
    }
    table = true;
    for (const Key& key : keys) kernel[key] = {key, true, for_ms, std::nullopt, std::nullopt, std::string(comment)};
    return absl::OkStatus();
  }
};

}  // namespace fakes

#endif  // TESTS_FAKES_FAKE_GATE_H_
