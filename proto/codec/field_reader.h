// Reads the fields of one message from a node and keeps the first thing that is wrong with it.
#ifndef PROTO_CODEC_FIELD_READER_H_
#define PROTO_CODEC_FIELD_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/repeated_field.h"
#include "proto/codec/enums.h"
#include "proto/value/instant.h"
#include "proto/value/ip_address.h"

namespace arbiter::codec {

// What one message of a node may carry at most.
struct ReportLimits {
  std::size_t vips = 5'000;
  // All lists of addresses of one message together.
  std::size_t addresses = 200'000;
  // Of a node as a whole, each replaced by the next message that has it: instances of its daemon, holds, and every
  // other list (interfaces, MAC addresses, problems of the configuration).
  std::size_t instances = 5'000;
  std::size_t holds = 20'000;
  std::size_t entries = 10'000;
  // Of one VIP: routers that are heard, ways to give it up, interfaces on which it would answer; of one router or
  // instance: defects, places in the configuration.
  std::size_t heard = 2'000;
  std::size_t rungs = 16;
  std::size_t answers_on = 1'000;
  std::size_t details = 100;
};

// A text of a node as it is kept: its beginning, at most 1 KiB of whole characters. protobuf lets in UTF-8 only.
std::string KeptText(const std::string& text);

// Errors stick: after the first one every read returns an empty value, and status() says which field of which node was
// wrong: "node prod/a: vips[3].vrid: 300 is not within 0..255". Not thread-safe.
class FieldReader {
 public:
  // While it lives, fields are those of `field`, or of its entry number `index`.
  class Scope {
   public:
    Scope(FieldReader* reader, const char* field, int index) : reader_(reader) {
      reader_->path_.emplace_back(field, index);
    }
    ~Scope() { reader_->path_.pop_back(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    FieldReader* reader_;
  };

  // `node` names the sender in errors ("prod/a"); ages count back from `received`.
  FieldReader(std::string node, Instant received, const ReportLimits& limits);

  [[nodiscard]] Scope Enter(const char* field, int index = -1) { return {this, field, index}; }

  // A field that must be an address.
  IpAddress Address(const char* field, const std::string& text);
  // Empty: not known.
  std::optional<IpAddress> OptionalAddress(const char* field, const std::string& text);
  std::vector<IpAddress> Addresses(const char* field, const google::protobuf::RepeatedPtrField<std::string>& texts);

  std::uint8_t Byte(const char* field, std::uint32_t value);
  // 0: not known.
  std::optional<std::uint8_t> OptionalByte(const char* field, std::uint32_t value);

  // Not negative and at most ten years. A duration that is not set is zero.
  Duration Length(const char* field, const google::protobuf::Duration& duration);
  // The point of time that lies `age` before the message came.
  Instant Since(const char* field, const google::protobuf::Duration& age);

  // Unspecified and unknown members are errors.
  template <typename Model, typename Proto>
  Model Enum(const char* field, Proto value) {
    const std::optional<Model> found = FromProto(value);
    if (!found.has_value()) FailEnum(field, static_cast<int>(value));
    return found.value_or(Model{});
  }

  void Fail(const char* field, absl::string_view what);
  // Fails where a list has more entries than are taken; false then.
  bool Within(const char* field, int entries, std::size_t most);
  // ResourceExhausted instead of InvalidArgument.
  void FailLimit(const char* field, absl::string_view what);

  [[nodiscard]] bool ok() const { return status_.ok(); }
  [[nodiscard]] const absl::Status& status() const { return status_; }
  [[nodiscard]] Instant received() const { return received_; }
  [[nodiscard]] const ReportLimits& limits() const { return limits_; }

 private:
  void FailEnum(const char* field, int value);
  [[nodiscard]] std::string Where(const char* field) const;

  std::string node_;
  Instant received_;
  ReportLimits limits_;
  std::size_t addresses_read_ = 0;
  std::vector<std::pair<const char*, int>> path_;
  absl::Status status_;
};

}  // namespace arbiter::codec

#endif  // PROTO_CODEC_FIELD_READER_H_
