// The gate in the words of nft(8). Pure: what to run is a text that a test can read.
#ifndef PROBE_ACTUATE_GATE_SCRIPT_H_
#define PROBE_ACTUATE_GATE_SCRIPT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "probe/actuate/gate_book.h"
#include "proto/value/mac_address.h"

namespace probe::actuate {

// An interface as the rules need it.
struct GateInterface {
  std::string name;
  bool present = false;                    // chains can only be made on a link that exists
  std::optional<arbiter::MacAddress> mac;  // its own; none where it is no Ethernet-like link
  bool vmac = false;  // a virtual MAC is held back on it: that takes a rule that others need not pay

  friend bool operator==(const GateInterface&, const GateInterface&) = default;
};

// How many rules the chains of one interface have: the proof that nobody took one out.
struct RuleCounts {
  int ingress = 0;
  int egress = 0;
  int adverts = 0;
};
RuleCounts ExpectedRules(const GateInterface& interface);

// Everything below is in `table`, which is kGateTable except for a trial.

// Makes the table; changes nothing where it exists.
std::string TableScript(absl::string_view table);

// Makes the sets where they are missing and, if the link is present, its chains and rules anew, in one transaction.
std::string InterfaceScript(absl::string_view table, const GateInterface& interface);

// What to do about elements that are the same before and after.
enum class Unchanged : std::uint8_t { kAddWhereMissing, kLeave };

// Turns `before` into `after`. Each element that differs is deleted and added in one transaction, because kernels
// before 6.12 ignore a new timeout on an element that exists; one that may end in this very moment is added before it
// is deleted. Fails, and changes nothing, where the kernel has something else than `before`: the whole table is due
// then. (To add, delete and add each of them would never fail, and takes three times as long.)
std::string ChangeScript(absl::string_view table, const Elements& before, const Elements& after, Unchanged unchanged,
                         Instant now);

// The whole table anew, in place of whatever is there.
std::string RebuildScript(absl::string_view table, absl::Span<const GateInterface> interfaces, const Elements& elements,
                          Instant now);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_GATE_SCRIPT_H_
