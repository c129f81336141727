// HSRP, in UDP.
//
//  UDP:        source port (2)  destination port (2)  length (2)  checksum (2)
//  version 1:  version 0 (1)  operation (1)  state (1)  hello (1)  hold (1)  priority (1)  group (1)  reserved (1)
//              authentication (8)  virtual address (4)
//  version 2:  type 1 (1)  length 40 (1)  version 2 (1)  operation (1)  state (1)  IP version (1)  group (2)
//              identifier (6)  priority (4)  hello (4)  hold (4)  virtual address (16)
#include "probe/vrrp/hsrp.h"

#include <netinet/in.h>

#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;

constexpr std::uint16_t kPort = 1985;
constexpr std::uint16_t kPortIpv6 = 2029;
constexpr std::uint8_t kHello = 0;
constexpr std::uint8_t kGroupState = 1;
constexpr std::uint8_t kGroupStateLength = 40;

std::optional<IpAddress> Named(const IpAddress& address) {
  return address.IsUnspecified() ? std::nullopt : std::optional(address);
}

bool ReadVersion1(ByteCursor cursor, HsrpHello& hello) {
  const auto message = cursor.Take<20>();
  if (!message || message->U8<0>() != 0 || message->U8<1>() != kHello) return false;
  hello.version = 1;
  hello.priority = message->U8<5>();
  hello.group = message->U8<6>();
  hello.address = Named(IpAddress::FromV4(message->As<16, in_addr>()));
  return true;
}

bool ReadVersion2(ByteCursor cursor, HsrpHello& hello) {
  const auto message = cursor.Take<42>();
  if (!message || message->U8<0>() != kGroupState || message->U8<1>() != kGroupStateLength || message->U8<2>() != 2 ||
      message->U8<3>() != kHello) {
    return false;
  }
  hello.version = 2;
  hello.group = message->U16<6>();
  hello.priority = static_cast<std::uint32_t>(message->U16<14>()) << 16U | message->U16<16>();
  const bool v4 = message->U8<5>() == 4;
  hello.address =
      Named(v4 ? IpAddress::FromV4(message->As<26, in_addr>()) : IpAddress::FromV6(message->As<26, in6_addr>()));
  return true;
}

}  // namespace

bool ParseHsrp(const Reading& reading, ParseResult& result) {
  if (!reading.origin.destination.IsMulticast()) return false;
  ByteCursor cursor = reading.cursor;
  const auto udp = cursor.Take<8>();
  if (!udp || udp->U16<2>() != (reading.origin.destination.is_v4() ? kPort : kPortIpv6)) return false;
  HsrpHello hello;
  hello.origin = reading.origin;
  if (!ReadVersion1(cursor, hello) && !ReadVersion2(cursor, hello)) return false;
  result = hello;
  return true;
}

}  // namespace probe::vrrp
