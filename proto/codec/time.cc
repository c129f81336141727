#include "proto/codec/time.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace arbiter::codec {

google::protobuf::Duration ToProto(Duration duration) {
  google::protobuf::Duration message;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  message.set_seconds(seconds.count());
  message.set_nanos(static_cast<std::int32_t>((duration - seconds).count()));
  return message;
}

Duration FromProto(const google::protobuf::Duration& duration) {
  constexpr std::chrono::seconds kMost = std::chrono::hours(24 * 3660);
  const std::chrono::seconds seconds(std::clamp<std::int64_t>(duration.seconds(), -1, kMost.count()));
  return std::clamp<Duration>(seconds + std::chrono::nanoseconds(duration.nanos()), Duration::zero(), kMost);
}

google::protobuf::Duration AgeToProto(Instant since, Instant now) {
  return ToProto(std::max<Duration>(now - since, Duration::zero()));
}

}  // namespace arbiter::codec
