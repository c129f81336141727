#include "tests/probe/capture/wire_fixture.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "probe/netlink/unique_fd.h"
#include "tests/lab/process.h"

namespace probe::capture {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kDeadline{10};

std::string NextName() {
  static std::atomic<int> number = 0;
  return absl::StrCat("wire-", getpid(), "-", ++number);
}

void SendAll(const std::string& interface, const std::vector<vrrp::Packet>& frames) {
  const netlink::UniqueFd socket(::socket(AF_PACKET, SOCK_RAW, 0));
  ASSERT_TRUE(socket.ok());
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  for (const vrrp::Packet& frame : frames) {
    const ssize_t sent =
        sendto(socket.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    ASSERT_EQ(sent, static_cast<ssize_t>(frame.size())) << interface;
  }
}

}  // namespace

WireTest::WireTest() : namespace_(NextName()) {
  Ip("link add left type veth peer name right\n"
     "link set left up\n"
     "link set right up\n");
}

void WireTest::Ip(const std::string& lines) {
  const absl::Status status = namespace_.IpBatch(lines);
  ASSERT_TRUE(status.ok()) << status;
}

void WireTest::Send(const std::string& interface, const std::vector<vrrp::Packet>& frames) {
  namespace_.Enter([&] { SendAll(interface, frames); });
}

void WireTest::Run(std::vector<std::string> argv, const std::string& input) {
  const auto output = lab::OutputOf({std::move(argv), namespace_.name(), input});
  ASSERT_TRUE(output.ok()) << output.status();
}

bool WireTest::Readable(const PacketSource& source) {
  pollfd entry = {source.fd(), POLLIN, 0};
  return poll(&entry, 1, 0) > 0;
}

std::vector<Packet> WireTest::Receive(PacketSource& source, std::size_t count) {
  std::vector<Packet> packets;
  const auto deadline = steady_clock::now() + kDeadline;
  while (packets.size() < count || Readable(source)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd entry = {source.fd(), POLLIN, 0};
    if (left.count() <= 0 || poll(&entry, 1, static_cast<int>(left.count())) <= 0) {
      ADD_FAILURE() << packets.size() << " packets where " << count << " were awaited";
      return packets;
    }
    const absl::Status drained = source.Drain([&packets](const Packet& packet) { packets.push_back(packet); });
    if (!drained.ok()) {
      ADD_FAILURE() << drained;
      return packets;
    }
  }
  return packets;
}

vrrp::Advertisement AdvertIn(const Packet& packet) {
  const auto* advert = std::get_if<vrrp::Advertisement>(&packet.content);
  if (advert != nullptr) return *advert;
  ADD_FAILURE() << "alternative " << packet.content.index() << " where an advertisement was awaited";
  return {};
}

}  // namespace probe::capture
