// A host of the lab with a gate on it: what every lab test of the gate begins with.
#ifndef TESTS_PROBE_ACTUATE_GATE_LAB_H_
#define TESTS_PROBE_ACTUATE_GATE_LAB_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "probe/actuate/nft_gate.h"
#include "tests/lab/host.h"
#include "tests/lab/instant.h"

namespace probe::actuate {

// What a busy machine may hide from a witness that asks 50 times a second: two questions.
inline constexpr lab::Duration kWitnessNoise = std::chrono::milliseconds(45);

inline arbiter::IpAddress Ip(absl::string_view text) { return arbiter::IpAddress::Parse(text).value(); }

inline GateKey KeyOn(absl::string_view vip, std::optional<std::uint8_t> vrid = 66, bool vmac = false) {
  return {Ip(vip), lab::kVrrpInterface, vrid, vmac};
}

// The gate of the host's network namespace.
inline std::unique_ptr<NftGate> OpenGateOn(const lab::Host& host) {
  absl::StatusOr<std::unique_ptr<NftGate>> gate;
  host.netns().Enter([&] { gate = OpenNftGate(); });
  EXPECT_TRUE(gate.ok()) << gate.status();
  return gate.ok() ? *std::move(gate) : nullptr;
}

// The kernel's own word that the gate for `key` is shut.
inline testing::AssertionResult IsShut(Gate& gate, const GateKey& key) {
  const absl::StatusOr<GateState> state = gate.Dump();
  if (!state.ok()) return testing::AssertionFailure() << state.status();
  if (state->IsShut(key)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "the gate for " << key.vip.ToString() << " is not shut";
}

}  // namespace probe::actuate

#endif  // TESTS_PROBE_ACTUATE_GATE_LAB_H_
