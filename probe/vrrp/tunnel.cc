// VRRP inside something else: found, named and no more, for no router of this link has sent it.
//
//  GRE:    flags (1)  version in the low 3 bits (1)  ethertype (2)  [checksum (4)]  [key (4)]  [sequence number (4)]
//  UDP:    source port (2)  destination port (2)  length (2)  checksum (2)
//  VXLAN:  flags (1)  reserved (3)  VNI (3)  reserved (1), then an Ethernet frame
//  MPLS:   label and class (23 bits)  bottom of stack (1 bit)  TTL (1), once for each label
//  PPPoE:  version, type (1)  code (1)  session (2)  length (2)  PPP protocol (2)
//  LLC:    DSAP (1)  SSAP (1)  control (1), and for SNAP: organisation (3)  ethertype (2)
#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

constexpr std::uint8_t kIpInIp = 4;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIpv6InIp = 41;
constexpr std::uint8_t kGre = 47;
constexpr std::uint16_t kVxlanPort = 4789;
constexpr std::uint16_t kEthertypeMpls = 0x8847;
constexpr std::uint16_t kEthertypeMplsMulticast = 0x8848;
constexpr std::uint16_t kEthertypePppoe = 0x8864;
constexpr std::uint16_t kEthertypeBridged = 0x6558;
constexpr std::uint16_t kMostLlcLength = 1500;  // a smaller "ethertype" is a length
constexpr int kMostTunnels = 4;

void ParseEthernet(Reading& reading, ParseResult& result) {
  const std::variant<std::uint16_t, Malformed> link = TakeLinkHeader(reading, LinkType::kEthernet);
  if (const auto* ethertype = std::get_if<std::uint16_t>(&link)) ParseNetworkLayer(reading, *ethertype, result);
}

void ParseIp(Reading& reading, ParseResult& result) {
  if (reading.cursor.remaining() == 0) return;
  ParseNetworkLayer(reading, reading.cursor.rest()[0] >> 4U == 6 ? kEthertypeIpv6 : kEthertypeIpv4, result);
}

void ParseEthertype(Reading& reading, std::uint16_t ethertype, ParseResult& result) {
  if (ethertype == kEthertypeBridged) {
    ParseEthernet(reading, result);
  } else {
    ParseNetworkLayer(reading, ethertype, result);
  }
}

void ParseGre(Reading& reading, ParseResult& result) {
  const auto head = reading.cursor.Take<4>();
  if (!head || (head->U8<1>() & 0x07U) != 0) return;
  const unsigned flags = head->U8<0>();
  const std::size_t optional = 4U * (((flags & 0xc0U) != 0 ? 1U : 0U) + (flags >> 5U & 1U) + (flags >> 4U & 1U));
  if (reading.cursor.Take(optional)) ParseEthertype(reading, head->U16<2>(), result);
}

void ParseVxlan(Reading& reading, ParseResult& result) {
  const auto head = reading.cursor.Take<16>();
  if (head && head->U16<2>() == kVxlanPort) ParseEthernet(reading, result);
}

// What is behind the labels is not said: IP begins with its version, a pseudowire's control word with 0.
void ParseMpls(Reading& reading, ParseResult& result) {
  bool bottom = false;
  while (!bottom) {
    const auto label = reading.cursor.Take<4>();
    if (!label) return;
    bottom = (label->U8<2>() & 1U) != 0;
  }
  const unsigned nibble = reading.cursor.remaining() == 0 ? 0 : reading.cursor.rest()[0] >> 4U;
  if (nibble == 4 || nibble == 6) {
    ParseIp(reading, result);
  } else if (nibble != 0 || reading.cursor.Take(4)) {
    ParseEthernet(reading, result);
  }
}

void ParsePppoe(Reading& reading, ParseResult& result) {
  const auto head = reading.cursor.Take<8>();
  if (!head) return;
  const std::uint16_t protocol = head->U16<6>();
  if (protocol == 0x0021 || protocol == 0x0057) ParseIp(reading, result);
}

void ParseLlc(Reading& reading, ParseResult& result) {
  const auto head = reading.cursor.Take<3>();
  if (!head) return;
  if (head->U8<0>() == 0x06) {
    ParseIp(reading, result);
  } else if (head->U16<0>() == 0xaaaa) {
    if (const auto snap = reading.cursor.Take<5>()) ParseNetworkLayer(reading, snap->U16<3>(), result);
  }
}

bool IsVrrp(const ParseResult& result) {
  if (const auto* malformed = std::get_if<Malformed>(&result)) {
    return malformed->reason == MalformedReason::kIpFragment || malformed->reason == MalformedReason::kVrrpHeaderCut ||
           malformed->reason == MalformedReason::kVrrpVersion || malformed->reason == MalformedReason::kVrrpType;
  }
  return std::holds_alternative<Advertisement>(result) || std::holds_alternative<CarpAdvertisement>(result);
}

// A tunnel inside of this one has been named already.
bool IsNamed(const ParseResult& result) {
  const auto* malformed = std::get_if<Malformed>(&result);
  return malformed != nullptr && malformed->reason >= MalformedReason::kInsideGre;
}

using Parser = void (*)(Reading&, ParseResult&);

void Look(Reading& reading, MalformedReason reason, Parser parse, ParseResult& result) {
  if (reading.tunnels == kMostTunnels) return;
  ++reading.tunnels;
  const std::size_t begin = reading.cursor.offset();
  parse(reading, result);
  if (IsNamed(result)) return;
  if (IsVrrp(result)) {
    result = reading.Fail(reason, 0, 0, reading.cursor.offset() - begin);
  } else {
    result = NotOurs{};
  }
}

}  // namespace

bool IsTunnelEthertype(std::uint16_t ethertype) {
  return ethertype <= kMostLlcLength || ethertype == kEthertypeMpls || ethertype == kEthertypeMplsMulticast ||
         ethertype == kEthertypePppoe;
}

bool IsTunnelProtocol(std::uint8_t protocol) {
  return protocol == kIpInIp || protocol == kUdp || protocol == kIpv6InIp || protocol == kGre;
}

void LookInsideFrame(Reading& reading, std::uint16_t ethertype, ParseResult& result) {
  if (ethertype == kEthertypePppoe) {
    Look(reading, MalformedReason::kInsidePppoe, &ParsePppoe, result);
  } else if (ethertype <= kMostLlcLength) {
    Look(reading, MalformedReason::kInsideLlc, &ParseLlc, result);
  } else {
    Look(reading, MalformedReason::kInsideMpls, &ParseMpls, result);
  }
}

void LookInsideIp(Reading& reading, std::uint8_t protocol, ParseResult& result) {
  if (protocol == kUdp) {
    Look(reading, MalformedReason::kInsideVxlan, &ParseVxlan, result);
  } else if (protocol == kGre) {
    Look(reading, MalformedReason::kInsideGre, &ParseGre, result);
  } else {
    Look(reading, MalformedReason::kInsideIp, &ParseIp, result);
  }
}

}  // namespace probe::vrrp
