// What an operator can be notified of.
#ifndef ARBITER_NOTIFY_EVENT_NAME_H_
#define ARBITER_NOTIFY_EVENT_NAME_H_

#include <array>
#include <string>

#include "absl/strings/string_view.h"

namespace arbiter::notify {

inline constexpr char kSplit[] = "split";
inline constexpr char kHealed[] = "healed";
inline constexpr char kCouldNotHeal[] = "could_not_heal";
inline constexpr char kNodeLost[] = "node_lost";
inline constexpr char kConfigMismatch[] = "config_mismatch";

inline constexpr std::array<absl::string_view, 5> kEventNames = {kSplit, kHealed, kCouldNotHeal, kNodeLost,
                                                                 kConfigMismatch};

[[nodiscard]] bool IsEventName(absl::string_view name);

// "split, healed, ...", for an error.
std::string EventNames();

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_EVENT_NAME_H_
