// pcapng: blocks, each with its length at both ends, in the byte order of its section.
//
//  Block:      type (4)  length of the whole block (4)  body, padded to 4 bytes  length again (4)
//  Section:    [type 0a0d0d0a] order mark 1a2b3c4d (4)  version (2, 2)  section length (8)  options
//  Interface:  [type 1] link type (2)  reserved (2)  snapshot length (4)  options
//  Packet:     [type 6] interface (4)  time, high and low half (4, 4)  captured (4)  original length (4)  bytes
//              [type 2] interface (2)  drops (2)  and then the same
//              [type 3] original length (4)  bytes: of the first interface, without a time
//  Option:     code (2)  length (2)  value, padded to 4 bytes; code 9 is the unit of time, 14 its offset in seconds
#include <pcap/dlt.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/capture/record_reader.h"
#include "probe/vrrp/byte_cursor.h"

namespace probe::capture {
namespace {

using vrrp::ByteCursor;
using vrrp::Bytes;

constexpr std::uint32_t kSection = 0x0a0d0d0a;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kOldPacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kPacket = 6;
constexpr std::uint16_t kTimeUnit = 9;
constexpr std::uint16_t kTimeOffset = 14;
constexpr std::size_t kBlockOverhead = 12;
constexpr std::size_t kLongestBlock = std::size_t{16} << 20;
constexpr std::size_t kMostInterfaces = 65'536;

// The numbers of the section's byte order.
struct Order {
  bool swapped = false;

  [[nodiscard]] std::uint16_t U16(std::uint16_t in_memory) const {
    return swapped ? __builtin_bswap16(in_memory) : in_memory;
  }
  [[nodiscard]] std::uint32_t U32(std::uint32_t in_memory) const {
    return swapped ? __builtin_bswap32(in_memory) : in_memory;
  }
  [[nodiscard]] std::uint64_t U64(std::uint64_t in_memory) const {
    return swapped ? __builtin_bswap64(in_memory) : in_memory;
  }
};

struct Interface {
  int link_type = 0;
  std::uint32_t snapshot_length = 0;  // 0: no limit
  std::uint64_t ticks_per_second = 1'000'000;
  std::int64_t offset_s = 0;
};

// Link types of files are libpcap's numbers but for raw IP.
int DltOf(std::uint16_t link_type) { return link_type == 101 ? DLT_RAW : link_type; }

// 2^exponent or 10^exponent; the greatest there is when that is more.
std::uint64_t TicksPerSecond(bool binary, int exponent) {
  std::uint64_t ticks = 1;
  const std::uint64_t base = binary ? 2 : 10;
  for (int i = 0; i < exponent; ++i) {
    if (ticks > std::numeric_limits<std::uint64_t>::max() / base) return std::numeric_limits<std::uint64_t>::max();
    ticks *= base;
  }
  return ticks;
}

absl::Time TimeOf(const Interface& interface, std::uint64_t ticks) {
  constexpr std::uint64_t kMostSeconds = 100'000'000'000'000;
  const std::uint64_t seconds = std::min(ticks / interface.ticks_per_second, kMostSeconds);
  const double rest = static_cast<double>(ticks % interface.ticks_per_second);
  return absl::FromUnixSeconds(static_cast<std::int64_t>(seconds)) + absl::Seconds(interface.offset_s) +
         absl::Nanoseconds(std::llround(rest / static_cast<double>(interface.ticks_per_second) * 1e9));
}

class PcapngRecords : public RecordReader {
 public:
  explicit PcapngRecords(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  absl::StatusOr<std::optional<Record>> Next() override {
    while (true) {
      const absl::StatusOr<bool> more = ReadBlock();
      if (!more.ok()) return more.status();
      if (!*more) return std::nullopt;
      const ByteCursor body{Bytes(body_)};
      if (type_ == kInterface) {
        if (absl::Status added = AddInterface(body); !added.ok()) return added;
      } else if (type_ == kPacket || type_ == kOldPacket) {
        return ReadPacket(body);
      } else if (type_ == kSimplePacket) {
        return ReadSimplePacket(body);
      }
    }
  }

 private:
  absl::StatusOr<bool> ReadBlock();
  absl::StatusOr<std::size_t> ReadLength(const std::array<std::uint32_t, 2>& head);
  absl::Status AddInterface(ByteCursor body);
  void ReadOption(std::uint16_t code, Bytes value, Interface* interface) const;
  absl::StatusOr<std::optional<Record>> ReadPacket(ByteCursor body);
  absl::StatusOr<std::optional<Record>> ReadSimplePacket(ByteCursor body);

  std::unique_ptr<ByteSource> source_;
  Order order_;
  std::uint32_t type_ = 0;
  std::vector<std::uint8_t> body_;
  std::vector<Interface> interfaces_;
};

std::span<std::uint8_t> AsBytes(std::span<std::uint32_t> words) {
  return {reinterpret_cast<std::uint8_t*>(words.data()), words.size_bytes()};
}

// How long the body is, of a block whose type and length have been read. A section says its order before its length
// counts, and begins with no interface.
absl::StatusOr<std::size_t> PcapngRecords::ReadLength(const std::array<std::uint32_t, 2>& head) {
  std::size_t taken = 0;
  if (type_ == kSection) {
    std::array<std::uint32_t, 1> mark{};
    const absl::StatusOr<std::size_t> count = source_->Read(AsBytes(mark));
    if (!count.ok()) return count.status();
    constexpr std::uint32_t kMark = 0x1a2b3c4d;
    if (mark[0] != kMark && mark[0] != __builtin_bswap32(kMark)) {
      return absl::DataLossError("a section without its byte order");
    }
    order_.swapped = mark[0] != kMark;
    interfaces_.clear();
    taken = sizeof mark;
  }
  const std::size_t length = (std::size_t{order_.U32(head[1])} + 3) / 4 * 4;
  if (length < kBlockOverhead + taken || length > kLongestBlock) {
    return absl::DataLossError(absl::StrCat("a block of ", length, " bytes"));
  }
  return length - kBlockOverhead - taken;
}

// The next block's type and body; false at the end of the file.
absl::StatusOr<bool> PcapngRecords::ReadBlock() {
  std::array<std::uint32_t, 2> head{};
  const absl::StatusOr<std::size_t> count = source_->Read(AsBytes(head));
  if (!count.ok()) return count.status();
  if (*count == 0) return false;
  if (*count < sizeof head) return absl::DataLossError("truncated in a block's head");
  type_ = head[0] == kSection ? kSection : order_.U32(head[0]);
  const absl::StatusOr<std::size_t> length = ReadLength(head);
  if (!length.ok()) return length.status();
  body_.resize(*length + sizeof(std::uint32_t));  // with the length at the end
  const absl::StatusOr<std::size_t> filled = source_->Read(body_);
  if (!filled.ok()) return filled.status();
  if (*filled < body_.size()) {
    return absl::DataLossError(absl::StrCat("truncated: ", body_.size(), " bytes wanted, ", *filled, " found"));
  }
  body_.resize(*length);
  return true;
}

void PcapngRecords::ReadOption(std::uint16_t code, Bytes value, Interface* interface) const {
  ByteCursor cursor(value);
  if (code == kTimeUnit) {
    if (const auto unit = cursor.Take<1>()) {
      interface->ticks_per_second = TicksPerSecond((unit->U8<0>() & 0x80U) != 0, unit->U8<0>() & 0x7f);
    }
  } else if (code == kTimeOffset) {
    if (const auto offset = cursor.Take<8>()) {
      interface->offset_s = static_cast<std::int64_t>(order_.U64(offset->As<0, std::uint64_t>()));
    }
  }
}

absl::Status PcapngRecords::AddInterface(ByteCursor body) {
  const auto head = body.Take<8>();
  if (!head) return absl::DataLossError("an interface cut off");
  if (interfaces_.size() == kMostInterfaces) return absl::DataLossError("more interfaces than can be right");
  Interface& interface = interfaces_.emplace_back();
  interface.link_type = DltOf(order_.U16(head->As<0, std::uint16_t>()));
  interface.snapshot_length = order_.U32(head->As<4, std::uint32_t>());
  while (const auto option = body.Take<4>()) {
    const std::uint16_t code = order_.U16(option->As<0, std::uint16_t>());
    const std::size_t length = order_.U16(option->As<2, std::uint16_t>());
    const auto value = body.Take(length);
    if (code == 0 || !value) break;
    ReadOption(code, *value, &interface);
    if (!body.Take((4 - length % 4) % 4)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Record>> PcapngRecords::ReadPacket(ByteCursor body) {
  const auto head = body.Take<20>();
  if (!head) return absl::DataLossError("a packet's head cut off");
  const std::size_t index = type_ == kOldPacket ? std::size_t{order_.U16(head->As<0, std::uint16_t>())}
                                                : std::size_t{order_.U32(head->As<0, std::uint32_t>())};
  if (index >= interfaces_.size()) return absl::DataLossError(absl::StrCat("no interface ", index, " before it"));
  const std::uint64_t ticks =
      std::uint64_t{order_.U32(head->As<4, std::uint32_t>())} << 32U | order_.U32(head->As<8, std::uint32_t>());
  const std::size_t captured = order_.U32(head->As<12, std::uint32_t>());
  const auto bytes = body.Take(captured);
  if (!bytes) return absl::DataLossError(absl::StrCat(captured, " bytes said, ", body.remaining(), " there"));
  const std::size_t original = order_.U32(head->As<16, std::uint32_t>());
  const Interface& interface = interfaces_[index];
  return Record{TimeOf(interface, ticks), *bytes, std::max(original, captured), interface.link_type};
}

absl::StatusOr<std::optional<Record>> PcapngRecords::ReadSimplePacket(ByteCursor body) {
  const auto head = body.Take<4>();
  if (!head) return absl::DataLossError("a packet's head cut off");
  if (interfaces_.empty()) return absl::DataLossError("no interface before it");
  const std::size_t original = order_.U32(head->As<0, std::uint32_t>());
  const std::size_t limit = interfaces_[0].snapshot_length;
  const std::size_t captured = std::min(limit == 0 ? original : std::min(original, limit), body.remaining());
  return Record{absl::UnixEpoch(), body.rest().first(captured), original, interfaces_[0].link_type};
}

}  // namespace

std::unique_ptr<RecordReader> OpenPcapng(std::unique_ptr<ByteSource> source) {
  return std::make_unique<PcapngRecords>(std::move(source));
}

}  // namespace probe::capture
