// Parsing must not touch the heap.
#include <gtest/gtest.h>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/counting_new.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

TEST(ParseFrame, AllocatesNothing) {
  AdvertSpec cut;
  cut.count = 200;
  for (const Packet& frame : {BuildEthernet({}), BuildEthernet(Ipv6Spec()), BuildEthernet(cut), BuildCarp({}),
                              BuildArp({}), BuildNeighbor({}), Packet(3)}) {
    const std::size_t before = Allocations();
    const ParseResult result = ParseFrame(frame, frame.size(), LinkType::kEthernet);
    EXPECT_EQ(Allocations(), before) << "for alternative " << result.index();
  }
  EXPECT_GT(Allocations(), 0U);
}

}  // namespace
}  // namespace probe::vrrp
