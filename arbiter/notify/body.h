// A notification in the words of its receivers.
#ifndef ARBITER_NOTIFY_BODY_H_
#define ARBITER_NOTIFY_BODY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "arbiter/store/notification.h"

namespace arbiter::notify {

// The fields of a notification that are set, by the names that JSON receivers see.
std::vector<std::pair<std::string, std::string>> FieldsOf(const store::Notification& notification);

// One JSON object of texts: what a `json` webhook and a command get.
std::string JsonBody(const store::Notification& notification);

// A firing alert ends this long after it was sent last, unless it is sent again: an alert of an arbiter that is no more
// does not fire for ever. It is sent again every kAlertRepeat.
inline constexpr absl::Duration kAlertLasts = absl::Minutes(5);
inline constexpr absl::Duration kAlertRepeat = absl::Minutes(1);

// A split is healed in a quarter of a second, and Alertmanager tells nobody of an alert that has ended before its
// group_wait (30 s by default) is over. So a split's alert is shown this long at least: its end is given as one that
// lies ahead, of which Alertmanager keeps the latest, so it ends kAlertLasts after it was sent last.
inline constexpr absl::Duration kShownAtLeast = absl::Minutes(2);

// What of an alert never changes, from the first firing until it is resolved.
using AlertLabels = std::vector<std::pair<std::string, std::string>>;

// The alerts that a notification fires or resolves. `healed` resolves two: the split, and that it could not be healed.
std::vector<AlertLabels> AlertsOf(const store::Notification& notification);

// The body of POST /api/v2/alerts.
std::string AlertmanagerBody(const store::Notification& notification, absl::Time now);

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_BODY_H_
