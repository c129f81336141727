// `sniff --read`: golden output for each capture that we keep, and what it says of bad ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "probe/daemon/sniff_command.h"
#include "tests/probe/capture/pcap_writer.h"

namespace probe::daemon {
namespace {

using capture::kLinkTypeEthernet;
using capture::PcapFile;
using capture::TemporaryFile;
using ::testing::HasSubstr;
using vrrp::BuildEthernet;

struct Sniffed {
  int code = -1;
  std::string out;
  std::string err;
};

Sniffed Sniff(const SniffOptions& options) {
  std::ostringstream out;
  std::ostringstream err;
  Sniffed sniffed;
  sniffed.code = RunSniff(options, out, err);
  sniffed.out = out.str();
  sniffed.err = err.str();
  return sniffed;
}

Sniffed SniffBytes(const std::string& contents) {
  const TemporaryFile file(contents);
  return Sniff({.read = file.path()});
}

std::string Contents(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path).rdbuf();
  return contents.str();
}

bool Updating() { return std::getenv("UPDATE_GOLDEN") != nullptr; }  // NOLINT(concurrency-mt-unsafe)

class SniffGolden : public testing::TestWithParam<const char*> {
 protected:
  static void Check(bool json) {
    const std::string stem = std::string(PCAP_DIRECTORY) + "/" + GetParam();
    const Sniffed sniffed = Sniff({.read = stem + ".pcap", .json = json});
    EXPECT_EQ(sniffed.code, 0);
    EXPECT_EQ(sniffed.err, "");
    const std::string golden = stem + (json ? ".jsonl" : ".txt");
    if (Updating()) std::ofstream(golden) << sniffed.out;
    EXPECT_EQ(sniffed.out, Contents(golden));
  }
};

TEST_P(SniffGolden, TextIsAsItWas) { Check(false); }
TEST_P(SniffGolden, JsonIsAsItWas) { Check(true); }

INSTANTIATE_TEST_SUITE_P(Captures, SniffGolden,
                         testing::Values("vrrp-v2-tcpdump", "vrrp-v2-pcapplusplus", "carp-ucarp", "keepalived-2.2.7",
                                         "longer-than-its-count"));

TEST(SniffFile, CountsAndNamesWhatCannotBeRead) {
  vrrp::AdvertSpec type2;
  type2.type = 2;
  vrrp::Packet cut = BuildEthernet({});
  cut.resize(20);
  const Sniffed sniffed =
      SniffBytes(PcapFile(kLinkTypeEthernet, {cut, BuildEthernet(type2), BuildEthernet({}), BuildEthernet(type2)}));
  EXPECT_EQ(sniffed.code, 0);
  EXPECT_THAT(sniffed.out, HasSubstr("VRRPv2 vrid 66"));
  EXPECT_EQ(sniffed.err,
            "sniff: 1 packet not readable (ip-header-cut): IP header cut off at byte 14: 20 bytes wanted, 6 found\n"
            "sniff: 2 packets not readable (vrrp-type): VRRP packet type is not advertisement at byte 34: 1 wanted, 2 "
            "found (from 192.168.1.11)\n");
}

TEST(SniffFile, PrintsWhatCameBeforeATruncation) {
  std::string contents = PcapFile(kLinkTypeEthernet, {BuildEthernet({}), BuildEthernet({})});
  contents.pop_back();
  const Sniffed sniffed = SniffBytes(contents);
  EXPECT_EQ(sniffed.code, 1);
  EXPECT_EQ(std::count(sniffed.out.begin(), sniffed.out.end(), '\n'), 1);
  EXPECT_THAT(sniffed.err, HasSubstr(", packet 2: truncated"));
}

TEST(SniffFile, SaysInOneLineWhatIsWrongWithTheFile) {
  const Sniffed sniffed = Sniff({.read = "/nonexistent/x.pcap"});
  EXPECT_EQ(sniffed.code, 1);
  EXPECT_EQ(sniffed.err, "sniff: read /nonexistent/x.pcap: No such file or directory\n");
  EXPECT_EQ(sniffed.out, "");
}

TEST(SniffFile, OfNoNameIsNoWishToListen) {
  const Sniffed sniffed = Sniff({.read = ""});
  EXPECT_EQ(sniffed.code, 1);
  EXPECT_EQ(sniffed.err, "sniff: read '': No such file or directory\n");
}

TEST(SniffFile, FailsWhenItsOutputIsFull) {
  const TemporaryFile file(PcapFile(kLinkTypeEthernet, {BuildEthernet({})}));
  std::ofstream full("/dev/full");
  std::ostringstream err;
  EXPECT_EQ(RunSniff({.read = file.path()}, full, err), 1);
  EXPECT_EQ(err.str(), "sniff: write: the output is closed or full\n");
}

TEST(SniffFile, RefusesToListenAndReadAtOnce) {
  const Sniffed sniffed = Sniff({.interfaces = {"lo"}, .read = "x.pcap"});
  EXPECT_EQ(sniffed.code, 64);
  EXPECT_EQ(std::count(sniffed.err.begin(), sniffed.err.end(), '\n'), 1);
}

}  // namespace
}  // namespace probe::daemon
