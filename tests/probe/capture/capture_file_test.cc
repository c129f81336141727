// Capture files, whole and damaged.
#include "probe/capture/capture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
