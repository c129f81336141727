// RFC 1071's own example, and the odd cases.
#include "probe/vrrp/checksum.h"

#include <gtest/gtest.h>

#include <array>

namespace probe::vrrp {
namespace {

TEST(Checksum, AgreesWithTheExampleOfRfc1071) {
  constexpr std::array<std::uint8_t, 10> kExample = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7, 0x22, 0x0d};
  ChecksumSum sum;
  sum.Add(kExample);
  EXPECT_TRUE(sum.IsCorrect());
}

TEST(Checksum, CountsALastOddByteAsTheHighHalfOfAWord) {
  constexpr std::array<std::uint8_t, 3> kOdd = {0x12, 0x34, 0x56};
  ChecksumSum sum;
  sum.Add(kOdd);
  sum.AddNumber(0xffff - 0x1234 - 0x5600);
  EXPECT_TRUE(sum.IsCorrect());
}

TEST(Checksum, MakesAFieldThatItFindsCorrect) {
  std::array<std::uint8_t, 6> message = {0xff, 0xfe, 0x12, 0x00, 0, 0};
  ChecksumSum sum;
  sum.Add(message);
  const std::uint16_t field = sum.FieldAsInMemory();
  std::memcpy(message.data() + 4, &field, sizeof field);
  ChecksumSum check;
  check.Add(message);
  EXPECT_TRUE(check.IsCorrect());
  EXPECT_FALSE(sum.IsCorrect());
}

}  // namespace
}  // namespace probe::vrrp
