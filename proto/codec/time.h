// Durations and ages as messages have them.
#ifndef PROTO_CODEC_TIME_H_
#define PROTO_CODEC_TIME_H_

#include "google/protobuf/duration.pb.h"
#include "proto/value/instant.h"

namespace arbiter::codec {

[[nodiscard]] google::protobuf::Duration ToProto(Duration duration);
// Of what no sender of ours means: nothing for less than nothing, and ten years for more, so that sums with it are
// times.
[[nodiscard]] Duration FromProto(const google::protobuf::Duration& duration);
// How long ago `since` was; zero for what lies ahead.
[[nodiscard]] google::protobuf::Duration AgeToProto(Instant since, Instant now);

}  // namespace arbiter::codec

#endif  // PROTO_CODEC_TIME_H_
