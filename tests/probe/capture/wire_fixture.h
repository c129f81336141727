// A cable between two interfaces, "left" and "right", in a network namespace of its own. Needs root.
#ifndef TESTS_PROBE_CAPTURE_WIRE_FIXTURE_H_
#define TESTS_PROBE_CAPTURE_WIRE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "probe/capture/packet_source.h"
#include "probe/vrrp/advertisement.h"
#include "tests/lab/netns.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::capture {

class WireTest : public testing::Test {
 protected:
  WireTest();

  // Opens a source inside the namespace; fails the test when that fails.
  template <typename Source, typename... Arguments>
  std::unique_ptr<Source> Open(const Arguments&... arguments) {
    std::unique_ptr<Source> source;
    namespace_.Enter([&] {
      auto opened = Source::Open(arguments...);
      EXPECT_TRUE(opened.ok()) << opened.status();
      if (opened.ok()) source = *std::move(opened);
    });
    return source;
  }

  void Ip(const std::string& lines);
  // Sends whole frames out of an interface.
  void Send(const std::string& interface, const std::vector<vrrp::Packet>& frames);
  void Run(std::vector<std::string> argv, const std::string& input = "");

  // Waits until the source has handed over `count` packets in all, then hands over what else is there.
  static std::vector<Packet> Receive(PacketSource& source, std::size_t count);
  // Whether there is something to drain now.
  static bool Readable(const PacketSource& source);

  [[nodiscard]] const lab::NetNamespace& netns() const { return namespace_; }

 private:
  lab::NetNamespace namespace_;
};

// The advert in a packet; fails the test when there is none.
vrrp::Advertisement AdvertIn(const Packet& packet);

}  // namespace probe::capture

#endif  // TESTS_PROBE_CAPTURE_WIRE_FIXTURE_H_
