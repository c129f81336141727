// Reads the values behind keywords: what cannot be read is a diagnostic and no value.
#ifndef PROBE_KEEPALIVED_VALUES_H_
#define PROBE_KEEPALIVED_VALUES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "probe/keepalived/keyword_table.h"

namespace probe::keepalived {

struct Bounds {
  std::int64_t least;
  std::int64_t most;
};

// The decimal integer at `index`.
std::optional<std::int64_t> ReadInteger(const Block& block, std::size_t index, const Bounds& bounds,
                                        const ReadContext& context);

// The number of seconds at word 1, to the microsecond and then rounded to the millisecond; digits and one point, and
// nothing else, as the daemon reads them. Bounds are in milliseconds.
std::optional<std::chrono::milliseconds> ReadSeconds(const Block& block, const Bounds& bounds,
                                                     const ReadContext& context);

// on, true, yes, off, false, no at word 1; no word at all means yes.
std::optional<bool> ReadSwitch(const Block& block, const ReadContext& context);

// The word at `index`; a diagnostic when it is missing, for the daemon does not run without it.
std::optional<std::string> ReadWord(const Block& block, std::size_t index, const ReadContext& context);

// `text` as an IP address without a prefix length; nothing and no diagnostic when it is none.
std::optional<arbiter::IpAddress> ReadAddress(absl::string_view text);

// `text` as an address of a host: what follows a '-' or else a '/' is not looked at, as the daemon does not look at it.
std::optional<arbiter::IpAddress> ReadHostAddress(absl::string_view text);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_VALUES_H_
