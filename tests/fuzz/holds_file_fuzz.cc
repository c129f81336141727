// Any text as the probe's file of holds: what is read is written and read as the same, and a keeper of holds lives with
// it.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/daemon/hold_file.h"
#include "probe/hold/hold_keeper.h"
#include "probe/report/to_proto.h"
#include "proto/codec/directive.h"
#include "proto/codec/time.h"
#include "tests/fakes/fake_actuators.h"
#include "tests/fakes/fake_hold_store.h"
#include "tests/fuzz/script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace hold = probe::hold;
  constexpr char kBoot[] = "boot";
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<hold::HoldMemory> memory = probe::daemon::ParseHolds(text, kBoot);
  if (!memory.ok()) return 0;
  const auto again = probe::daemon::ParseHolds(probe::daemon::FormatHolds(*memory, kBoot), kBoot);
  fuzz::Require(again.ok() && *again == *memory);

  fakes::FakeActuators acts;
  fakes::FakeHoldStore store;
  store.saved = *memory;
  hold::HoldKeeper keeper(acts, store, hold::Policy());
  hold::Instant now(std::chrono::hours(1000));
  acts.now = now;
  const hold::BootTime boot = std::chrono::hours(10);
  fuzz::Require(keeper.Restore({}, now, boot).ok());
  for (const auto& [vip, record] : keeper.holds()) probe::report::ToProto(record, boot);
  for (int i = 0; i < 10; ++i) {
    const auto due = keeper.NextDeadline(now);
    now = due ? std::max(*due, now) : now + std::chrono::seconds(1);
    acts.now = now;
    keeper.OnTick(now);
    for (const auto& [vip, record] : memory->holds) keeper.OnSegmentAnswer(vip, false, now);
  }
  keeper.OnArbiterConnected(true, now);
  for (const hold::DirectiveResult& result : keeper.TakeOutput().results) arbiter::codec::ToProto(result);
  return 0;
}
