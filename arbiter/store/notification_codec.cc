#include "arbiter/store/notification_codec.h"

#include "arbiter/store/record.pb.h"

namespace arbiter::store {

std::string EncodeNotification(const Notification& notification) {
  v1::NotificationRecord record;
  record.set_event(notification.event);
  record.set_resolved(notification.resolved);
  record.set_arbiter(notification.arbiter);
  record.set_cluster(notification.cluster);
  record.set_vip(notification.vip);
  record.set_node(notification.node);
  record.set_subject(notification.subject);
  record.set_incident(notification.incident);
  record.set_summary(notification.summary);
  record.set_description(notification.description);
  record.set_cause(notification.cause);
  record.set_advice(notification.advice);
  record.set_at_us(absl::ToUnixMicros(notification.at));
  record.set_since_us(absl::ToUnixMicros(notification.since));
  record.set_count(notification.count);
  for (const std::string& node : notification.nodes) record.add_nodes(node);
  return record.SerializeAsString();
}

absl::StatusOr<Notification> DecodeNotification(absl::string_view bytes) {
  v1::NotificationRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a notification in the outbox cannot be read");
  }
  Notification out;
  out.event = record.event();
  out.resolved = record.resolved();
  out.arbiter = record.arbiter();
  out.cluster = record.cluster();
  out.vip = record.vip();
  out.node = record.node();
  out.subject = record.subject();
  out.incident = record.incident();
  out.summary = record.summary();
  out.description = record.description();
  out.cause = record.cause();
  out.advice = record.advice();
  out.at = absl::FromUnixMicros(record.at_us());
  out.since = absl::FromUnixMicros(record.since_us());
  out.count = record.count();
  out.nodes.assign(record.nodes().begin(), record.nodes().end());
  return out;
}

}  // namespace arbiter::store
