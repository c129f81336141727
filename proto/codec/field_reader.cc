#include "proto/codec/field_reader.h"

#include <chrono>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/value/printable.h"

namespace arbiter::codec {
namespace {

constexpr std::int64_t kMaxSeconds = 10LL * 366 * 24 * 3600;
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

// What a peer sent, fit for a line of text.
std::string Quoted(const std::string& text) {
  constexpr std::size_t kShown = 64;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kShown)), text.size() > kShown ? "..." : "", "\"");
}

}  // namespace

std::string KeptText(const std::string& text) {
  constexpr std::size_t kMaxText = 1024;
  return std::string(CutText(text, kMaxText));
}

FieldReader::FieldReader(std::string node, Instant received, const ReportLimits& limits)
    : node_(std::move(node)), received_(received), limits_(limits) {}

IpAddress FieldReader::Address(const char* field, const std::string& text) {
  if (!ok()) {
    return {};
  }
  if (++addresses_read_ > limits_.addresses) {
    FailLimit(field, absl::StrCat("more than ", limits_.addresses, " addresses in one message"));
    return {};
  }
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(text);
  if (!address.ok()) {
    Fail(field, absl::StrCat(Quoted(text), " is not an IP address"));
    return {};
  }
  return *address;
}

std::optional<IpAddress> FieldReader::OptionalAddress(const char* field, const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  return Address(field, text);
}

std::vector<IpAddress> FieldReader::Addresses(const char* field,
                                              const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<IpAddress> addresses;
  if (!ok()) {
    return addresses;
  }
  addresses.reserve(static_cast<std::size_t>(texts.size()));
  for (const std::string& text : texts) {
    addresses.push_back(Address(field, text));
    if (!ok()) {
      return {};
    }
  }
  return addresses;
}

std::uint8_t FieldReader::Byte(const char* field, std::uint32_t value) {
  constexpr std::uint32_t kMax = 255;
  if (value > kMax) {
    Fail(field, absl::StrCat(value, " is not within 0..", kMax));
    return 0;
  }
  return static_cast<std::uint8_t>(value);
}

std::optional<std::uint8_t> FieldReader::OptionalByte(const char* field, std::uint32_t value) {
  if (value == 0) {
    return std::nullopt;
  }
  return Byte(field, value);
}

Duration FieldReader::Length(const char* field, const google::protobuf::Duration& duration) {
  if (duration.seconds() < 0 || duration.nanos() < 0) {
    Fail(field, "is negative");
    return {};
  }
  if (duration.seconds() > kMaxSeconds || duration.nanos() >= kNanosPerSecond) {
    Fail(field, absl::StrCat(duration.seconds(), "s and ", duration.nanos(), "ns is no duration of at most ten years"));
    return {};
  }
  return std::chrono::seconds(duration.seconds()) + std::chrono::nanoseconds(duration.nanos());
}

Instant FieldReader::Since(const char* field, const google::protobuf::Duration& age) {
  return received_ - Length(field, age);
}

void FieldReader::Fail(const char* field, absl::string_view what) {
  if (ok()) {
    status_ = absl::InvalidArgumentError(absl::StrCat(Where(field), ": ", what));
  }
}

void FieldReader::FailLimit(const char* field, absl::string_view what) {
  if (ok()) {
    status_ = absl::ResourceExhaustedError(absl::StrCat(Where(field), ": ", what));
  }
}

bool FieldReader::Within(const char* field, int entries, std::size_t most) {
  if (static_cast<std::size_t>(entries) > most) {
    FailLimit(field, absl::StrCat(entries, " entries, at most ", most, " are taken"));
  }
  return ok();
}

void FieldReader::FailEnum(const char* field, int value) {
  Fail(field, absl::StrCat(value, " is no value that this arbiter knows"));
}

std::string FieldReader::Where(const char* field) const {
  std::string where = absl::StrCat("node ", node_, ": ");
  for (const auto& [name, index] : path_) {
    absl::StrAppend(&where, name);
    if (index >= 0) {
      absl::StrAppend(&where, "[", index, "]");
    }
    absl::StrAppend(&where, ".");
  }
  absl::StrAppend(&where, field);
  return where;
}

}  // namespace arbiter::codec
