// The Internet checksum of RFC 1071, added up in pieces.
#ifndef PROBE_VRRP_CHECKSUM_H_
#define PROBE_VRRP_CHECKSUM_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "probe/vrrp/byte_cursor.h"

namespace probe::vrrp {

// A one's complement sum. Each piece counts as beginning at an even offset of the message.
class ChecksumSum {
 public:
  void Add(Bytes bytes) {
    // The sum does not depend on byte order (RFC 1071, section 2), so words are added as they lie in memory.
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= sizeof(std::uint32_t); left -= sizeof(std::uint32_t), at += sizeof(std::uint32_t)) {
      std::uint32_t word = 0;
      std::memcpy(&word, at, sizeof word);
      sum_ += word;
    }
    if (left > 0) {
      std::uint32_t word = 0;
      std::memcpy(&word, at, left);
      sum_ += word;
    }
  }

  // A 16-bit number of a pseudo header.
  void AddNumber(std::uint16_t number) {
    const std::uint16_t swapped = static_cast<std::uint16_t>((number << 8U) | (number >> 8U));
    sum_ += std::endian::native == std::endian::little ? swapped : number;
  }

  // Whether the bytes, their checksum field included, add up as a correct message does.
  [[nodiscard]] bool IsCorrect() const { return Folded() == 0xffff; }

  // What the checksum field must hold for bytes whose field is zero; in network order when copied as it lies in memory.
  [[nodiscard]] std::uint16_t FieldAsInMemory() const { return static_cast<std::uint16_t>(~Folded()); }

 private:
  [[nodiscard]] std::uint16_t Folded() const {
    std::uint64_t sum = (sum_ & 0xffffffffU) + (sum_ >> 32U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(sum);
  }

  std::uint64_t sum_ = 0;
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_CHECKSUM_H_
