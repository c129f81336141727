// What a dump of our table means. Pure.
#ifndef PROBE_ACTUATE_GATE_READING_H_
#define PROBE_ACTUATE_GATE_READING_H_

#include <functional>
#include <string>

#include "absl/types/span.h"
#include "probe/actuate/gate.h"
#include "probe/actuate/gate_book.h"
#include "probe/actuate/gate_script.h"
#include "probe/actuate/nft_kernel.h"

namespace probe::actuate {

// Finds out what an interface is like now.
using InterfaceLookup = std::function<GateInterface(const std::string&)>;

// The dump in the gate's words. A standing acts only if its interface exists, both chains are hooked to it with all
// their rules, and every element that isolates the VIP is there.
GateState ReadGate(const TableDump& dump, const InterfaceLookup& lookup);

// The orders that the table holds, for a process that finds it already there at `now`.
GateBook ReadBook(const TableDump& dump, Instant now);

// Elements of one set in the dump, keyed as in GateBook.
Elements ReadElements(const TableDump& dump, Instant now);

// What the table lacks of `elements` and of the chains on `interfaces`, or has too much of: in words, empty if nothing.
// Timed elements may differ by the time that a transaction takes.
std::string FindDefect(const TableDump& dump, absl::Span<const GateInterface> interfaces, const Elements& elements,
                       Instant now);

// In words what is wrong with the chains of a present interface; empty if nothing.
std::string ChainDefect(const TableDump& dump, const GateInterface& interface);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_GATE_READING_H_
