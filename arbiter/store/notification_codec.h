// A notification as the store keeps it.
#ifndef ARBITER_STORE_NOTIFICATION_CODEC_H_
#define ARBITER_STORE_NOTIFICATION_CODEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "arbiter/store/notification.h"

namespace arbiter::store {

// All but the id, which has a column of its own.
std::string EncodeNotification(const Notification& notification);

// DataLoss for bytes that no version of ours wrote.
absl::StatusOr<Notification> DecodeNotification(absl::string_view bytes);

}  // namespace arbiter::store

#endif  // ARBITER_STORE_NOTIFICATION_CODEC_H_
