// A host that sends whatever it likes onto the VRRP network.
#ifndef TESTS_LAB_STRANGER_H_
#define TESTS_LAB_STRANGER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "tests/lab/host.h"

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
};

// An Ethernet frame with a VRRPv2 advert (RFC 3768, section 5.1) from 192.168.1.99 to 224.0.0.18.
Frame MakeAdvert(const AdvertFrame& advert);

// Sends a frame from the VRRP leg of `host`.
void Inject(const Host& host, const Frame& frame);

}  // namespace lab

#endif  // TESTS_LAB_STRANGER_H_
