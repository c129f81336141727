// Capture files, whole and damaged.
#include "probe/capture/capture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/probe/capture/pcap_writer.h"

namespace probe::capture {
namespace {

using ::testing::HasSubstr;
using vrrp::Advertisement;
using vrrp::BuildEthernet;
using vrrp::Direction;

struct Reading {
  std::vector<Packet> packets;
  absl::Status status;
};

Reading ReadBytes(const std::string& contents) {
  const TemporaryFile temporary(contents);
  Reading reading;
  absl::StatusOr<CaptureFile> file = CaptureFile::Open(temporary.path());
  if (!file.ok()) {
    reading.status = file.status();
    return reading;
  }
  reading.status = file->ReadAll([&reading](const Packet& packet) { reading.packets.push_back(packet); });
  return reading;
}

TEST(CaptureFile, ReadsPcapAndPcapng) {
  const std::vector<vrrp::Packet> frames = {BuildEthernet({}), BuildEthernet(vrrp::Ipv6Spec())};
  for (const std::string& contents : {PcapFile(kLinkTypeEthernet, frames), PcapngFile(kLinkTypeEthernet, frames)}) {
    const Reading reading = ReadBytes(contents);
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    ASSERT_EQ(reading.packets.size(), 2U);
    EXPECT_EQ(std::get<Advertisement>(reading.packets[0].content).version, 2);
    EXPECT_EQ(std::get<Advertisement>(reading.packets[1].content).version, 3);
    EXPECT_EQ(absl::ToUnixSeconds(reading.packets[1].time), 1767323046);
    EXPECT_EQ(reading.packets[0].direction, Direction::kUnknown);
  }
}

TEST(CaptureFile, ReadsCookedAndRawCaptures) {
  const Reading sll = ReadBytes(PcapFile(kLinkTypeLinuxSll, {vrrp::BuildCooked({}, true)}));
  ASSERT_EQ(sll.packets.size(), 1U) << sll.status;
  EXPECT_EQ(sll.packets[0].direction, Direction::kSent);
  const Reading sll2 = ReadBytes(PcapFile(kLinkTypeLinuxSll2, {vrrp::BuildCooked2({}, false)}));
  ASSERT_EQ(sll2.packets.size(), 1U) << sll2.status;
  EXPECT_EQ(sll2.packets[0].direction, Direction::kReceived);
  const Reading raw = ReadBytes(PcapFile(kLinkTypeRaw, {vrrp::BuildIpPacket({})}));
  ASSERT_EQ(raw.packets.size(), 1U) << raw.status;
  EXPECT_TRUE(std::holds_alternative<Advertisement>(raw.packets[0].content));
}

TEST(CaptureFile, KeepsWhatCameBeforeATruncationAndNamesThePacket) {
  std::string contents = PcapFile(kLinkTypeEthernet, {BuildEthernet({}), BuildEthernet({}), BuildEthernet({})});
  contents.resize(contents.size() - 7);
  const Reading reading = ReadBytes(contents);
  EXPECT_EQ(reading.packets.size(), 2U);
  EXPECT_TRUE(absl::IsDataLoss(reading.status));
  EXPECT_THAT(std::string(reading.status.message()), HasSubstr(", packet 3: truncated"));
}

TEST(CaptureFile, EndsInAStatusWhereverItIsCutOff) {
  const std::vector<vrrp::Packet> frames = {BuildEthernet({}), BuildEthernet({})};
  for (const std::string& whole : {PcapFile(kLinkTypeEthernet, frames), PcapngFile(kLinkTypeEthernet, frames)}) {
    std::size_t clean = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
      clean += ReadBytes(whole.substr(0, length)).status.ok() ? 1U : 0U;
    }
    EXPECT_LE(clean, 3U);  // only cuts between two packets look like an end
  }
}

std::size_t Adverts(const Reading& reading) {
  std::size_t adverts = 0;
  for (const Packet& packet : reading.packets)
    adverts += std::holds_alternative<Advertisement>(packet.content) ? 1U : 0U;
  return adverts;
}

// libpcap refuses both.
TEST(CaptureFile, ReadsPcapngWhoseInterfacesDiffer) {
  for (const bool swapped : {false, true}) {
    const Reading reading = ReadBytes(PcapngFile({{kLinkTypeEthernet, 96, {BuildEthernet({}), BuildEthernet({})}},
                                                  {kLinkTypeLinuxSll, 65'535, {vrrp::BuildCooked({}, true)}},
                                                  {kLinkTypeRaw, 0, {vrrp::BuildIpPacket({})}}},
                                                 swapped));
    ASSERT_TRUE(reading.status.ok()) << reading.status;
    EXPECT_EQ(Adverts(reading), 4U);
    EXPECT_EQ(absl::ToUnixSeconds(reading.packets[0].time), 1767323045);
    EXPECT_EQ(reading.packets[1].direction, Direction::kSent);
  }
}

TEST(CaptureFile, SaysHowManyPacketsItPassesOver) {
  const Reading reading = ReadBytes(PcapngFile(
      {{kLinkTypePpp, 96, {BuildEthernet({}), BuildEthernet({})}}, {kLinkTypeEthernet, 96, {BuildEthernet({})}}}));
  EXPECT_EQ(Adverts(reading), 1U);
  EXPECT_TRUE(absl::IsInvalidArgument(reading.status));
  EXPECT_THAT(std::string(reading.status.message()), HasSubstr("2 of 3 packets passed over: link type PPP is not"));
}

// Option 9 is the unit of time: 3 thousandths here, and 2^-10 s.
TEST(CaptureFile, TakesTheUnitOfTimeOfTheInterface) {
  const std::string thousandths("\x09\0\x01\0\x03\0\0\0", 8);
  const std::string binary("\x09\0\x01\0\x8a\0\0\0", 8);
  const std::string absurd("\x09\0\x01\0\x7f\0\0\0", 8);
  const std::int64_t ticks = std::int64_t{1767323045} * 1'000'000;
  const std::pair<std::string, std::int64_t> cases[] = {
      {thousandths, ticks / 1000}, {binary, ticks / 1024}, {absurd, 0}};
  for (const auto& [options, seconds] : cases) {
    const Reading reading = ReadBytes(PcapngFile({{kLinkTypeEthernet, 96, {BuildEthernet({})}, options}}));
    ASSERT_EQ(reading.packets.size(), 1U) << reading.status;
    EXPECT_EQ(absl::ToUnixSeconds(reading.packets[0].time), seconds);
  }
}

TEST(CaptureFile, ReadsCompressedFiles) {
  const std::vector<vrrp::Packet> frames(2000, BuildEthernet({}));
  for (const std::string& plain : {PcapFile(kLinkTypeEthernet, frames), PcapngFile(kLinkTypeEthernet, frames)}) {
    const std::size_t half = plain.size() / 2;
    for (const std::string& packed : {Gzip(plain), Zstd(plain), Gzip(plain.substr(0, half)) + Gzip(plain.substr(half)),
                                      Zstd(plain.substr(0, half)) + Zstd(plain.substr(half))}) {
      EXPECT_LT(packed.size(), plain.size());
      const Reading reading = ReadBytes(packed);
      EXPECT_TRUE(reading.status.ok()) << reading.status;
      EXPECT_EQ(Adverts(reading), 2000U);
    }
  }
}

TEST(CaptureFile, KeepsWhatCameBeforeDamageInACompressedFile) {
  const std::string plain = PcapFile(kLinkTypeEthernet, std::vector<vrrp::Packet>(50, BuildEthernet({})));
  for (const std::string& packed : {Gzip(plain), Zstd(plain)}) {
    std::size_t clean = 0;
    for (std::size_t length = 0; length < packed.size(); ++length) {
      clean += ReadBytes(packed.substr(0, length)).status.ok() ? 1U : 0U;
    }
    EXPECT_EQ(clean, 0U);
    for (std::size_t at = 4; at < packed.size(); ++at) {
      std::string damaged = packed;
      damaged[at] = static_cast<char>(~damaged[at]);
      ReadBytes(damaged);  // whatever comes out, it ends
    }
  }
  const Reading reading = ReadBytes(Gzip(plain).substr(0, Gzip(plain).size() - 4));
  EXPECT_EQ(Adverts(reading), 50U) << "only gzip's own checksum is cut off";
  EXPECT_THAT(std::string(reading.status.message()), HasSubstr("the compressed file is truncated"));
}

TEST(CaptureFile, RefusesAnEmptyName) {
  EXPECT_EQ(CaptureFile::Open("").status().message(), "read '': No such file or directory");
  EXPECT_THAT(std::string(CaptureFile::Open("/").status().message()), HasSubstr("read /: Is a directory"));
}

TEST(CaptureFile, RefusesLinkTypesThatItDoesNotUnderstand) {
  const Reading reading = ReadBytes(PcapFile(kLinkTypePpp, {}));
  EXPECT_TRUE(absl::IsInvalidArgument(reading.status));
  EXPECT_THAT(std::string(reading.status.message()), HasSubstr("link type PPP is not understood"));
}

TEST(CaptureFile, RefusesWhatIsNoCapture) {
  EXPECT_TRUE(absl::IsInvalidArgument(ReadBytes("this is text, and long enough for a header").status));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadBytes("").status));
}

TEST(CaptureFile, NamesAFileThatIsNotThere) {
  const absl::StatusOr<CaptureFile> file = CaptureFile::Open("/nonexistent/x.pcap");
  EXPECT_TRUE(absl::IsNotFound(file.status()));
  EXPECT_EQ(file.status().message(), "read /nonexistent/x.pcap: No such file or directory");
}

}  // namespace
}  // namespace probe::capture
