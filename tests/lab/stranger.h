// A host that sends whatever it likes onto the VRRP network.
#ifndef TESTS_LAB_STRANGER_H_
#define TESTS_LAB_STRANGER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "tests/lab/host.h"
#include "tests/lab/metronome.h"
#include "tests/lab/unique_fd.h"

namespace lab {

using Frame = std::vector<std::uint8_t>;

// What an advert should look like, and how it may be wrong.
struct AdvertFrame {
  std::uint8_t vrid = 66;
  std::uint8_t priority = 200;
  std::uint8_t ttl = 255;
  std::uint8_t address_count = 1;                            // what the packet says
  std::size_t addresses = 1;                                 // what it has, all of them `address`
  std::uint16_t checksum_error = 0;                          // added to the right one
  std::size_t padding = 0;                                   // bytes after the IP packet
  std::size_t cut = 0;                                       // bytes missing at its end
  std::array<std::uint8_t, 4> address = {192, 168, 1, 212};  // what it names
  std::array<std::uint8_t, 4> source = {192, 168, 1, 99};
};

// An Ethernet frame with a VRRPv2 advert (RFC 3768, section 5.1) to 224.0.0.18.
Frame MakeAdvert(const AdvertFrame& advert);

// Sends a frame from the VRRP leg of `host`.
void Inject(const Host& host, const Frame& frame);

// Sends these frames, one after the other and then anew, from the VRRP leg of `host`, so many a second, on a thread of
// its own from construction on. `host` outlives it.
class Flood {
 public:
  Flood(const Host& host, std::vector<Frame> frames, int per_second);
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() = default;

  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  void Beat();

  const std::vector<Frame> frames_;
  const int per_beat_;
  UniqueFd socket_;
  std::atomic<std::uint64_t> sent_ = 0;
  Metronome metronome_;  // last: its thread uses the rest
};

// Adverts of 4,000 hosts that do not exist, for all VRIDs but `spared`, each naming another address.
std::vector<Frame> StrangersAdverts(std::uint8_t spared);
// The same for one VRID only.
std::vector<Frame> AdvertsOf(std::uint8_t vrid);
// ARP requests of as many hosts, as a scan of the segment brings.
std::vector<Frame> StrangersRequests();

}  // namespace lab

#endif  // TESTS_LAB_STRANGER_H_
