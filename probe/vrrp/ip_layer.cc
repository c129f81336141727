// IPv4 and IPv6 headers, and the IPsec authentication header between them and VRRP.
//
//  IPv4: version, header length (1)  TOS (1)  total length (2)  id (2)  fragment (2)  TTL (1)  protocol (1)
//        checksum (2)  source (4)  destination (4)  options
//  IPv6: version, class, flow (4)  payload length (2)  next header (1)  hop limit (1)  source (16)  destination (16)
//  AH:   next header (1)  length in 4-byte words minus 2 (1)  reserved (2)  SPI (4)  sequence (4)  check value
//  IPv6 fragment header: next header (1)  reserved (1)  offset (13 bits), reserved (2 bits), more (1 bit)  id (4)
#include <netinet/in.h>

#include "probe/vrrp/checksum.h"
#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;

constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kUdp = 17;
constexpr std::size_t kIpv4HeaderMin = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint16_t kFragmentMask = 0x3fff;  // "more fragments" and the offset

constexpr std::uint8_t kFragmentHeader = 44;
constexpr std::uint16_t kIpv4OffsetMask = 0x1fff;
constexpr std::uint16_t kIpv6OffsetMask = 0xfff8;
constexpr std::uint16_t kIpv6FragmentMask = 0xfff9;

// Hop-by-hop, routing and destination options, and the fragment header.
bool IsSkippableExtension(std::uint8_t next_header) {
  return next_header == 0 || next_header == 43 || next_header == 60 || next_header == kFragmentHeader;
}

// Cuts the cursor to the `length` bytes that the IP header announces. False: the frame never had that many.
bool KeepIpPacket(Reading& reading, std::size_t length) {
  const std::size_t have = reading.cursor.remaining();
  if (length > have + reading.missing) return false;
  reading.missing = length > have ? length - have : 0;
  reading.cursor.KeepOnly(length);
  return true;
}

// Takes the authentication header; its next header, or nothing when it is cut.
std::optional<std::uint8_t> TakeAuthenticationHeader(Reading& reading) {
  const auto header = reading.cursor.Take<12>();
  if (!header) return std::nullopt;
  const std::size_t length = (std::size_t{header->U8<1>()} + 2) * 4;
  if (length < 12 || !reading.cursor.Take(length - 12)) return std::nullopt;
  reading.origin.behind_ah = true;
  return header->U8<0>();
}

// A VRRP message directly, or behind an authentication header.
void ParseProtocol(Reading& reading, std::uint8_t protocol, ParseResult& result) {
  if (protocol == kIpProtocolAh) {
    const std::optional<std::uint8_t> next = TakeAuthenticationHeader(reading);
    if (!next) {
      result = reading.Fail(MalformedReason::kAuthenticationHeaderCut, 12, reading.cursor.remaining());
      return;
    }
    protocol = *next;
  }
  if (protocol == kIpProtocolVrrp) ParseVrrpMessage(reading, result);
}

// A fragment is told of when VRRP is in it. What is behind an authentication header can be seen in the first one only.
void ParseFragment(Reading& reading, std::uint8_t protocol, bool first, std::uint16_t field, ParseResult& result) {
  const auto malformed = reading.Fail(MalformedReason::kIpFragment, 0, field, 0);
  std::optional<std::uint8_t> carried = protocol;
  if (protocol == kIpProtocolAh) {
    carried = first ? TakeAuthenticationHeader(reading) : std::nullopt;
  }
  if (carried == kIpProtocolVrrp) result = malformed;
}

// What stands behind the extension headers of IPv6.
struct BehindExtensions {
  std::uint8_t protocol = 0;
  std::uint16_t fragment = 0;  // offset and "more", of a packet that is not whole
};

// Skips extension headers; nothing when they are cut. Those behind the fragment header are in the first fragment only.
std::optional<BehindExtensions> SkipExtensions(Reading& reading, std::uint8_t next_header) {
  BehindExtensions behind{next_header};
  while (IsSkippableExtension(behind.protocol) && (behind.fragment & kIpv6OffsetMask) == 0) {
    const auto head = reading.cursor.Take<8>();
    if (!head) return std::nullopt;
    if (behind.protocol == kFragmentHeader) {
      behind.fragment = head->U16<2>() & kIpv6FragmentMask;
    } else if (!reading.cursor.Take(std::size_t{head->U8<1>()} * 8)) {
      return std::nullopt;
    }
    behind.protocol = head->U8<0>();
  }
  return behind;
}

// What an IPv6 header and its extensions lead to.
void ParseBehindExtensions(Reading& reading, const BehindExtensions& behind, ParseResult& result) {
  if (behind.fragment != 0) {
    ParseFragment(reading, behind.protocol, (behind.fragment & kIpv6OffsetMask) == 0, behind.fragment, result);
  } else if (behind.protocol == kIcmpv6) {
    ParseIcmpv6(reading, result);
  } else if (IsTunnelProtocol(behind.protocol)) {
    LookInsideIp(reading, behind.protocol, result);
  } else {
    ParseProtocol(reading, behind.protocol, result);
  }
}

void ReadIpv4Origin(Reading& reading, const FixedBytes<kIpv4HeaderMin>& header) {
  reading.origin.source = IpAddress::FromV4(header.As<12, in_addr>());
  reading.origin.destination = IpAddress::FromV4(header.As<16, in_addr>());
  reading.origin.ttl = header.U8<8>();
  reading.source_known = true;
}

void ReadIpv6Origin(Reading& reading, const FixedBytes<kIpv6Header>& header) {
  reading.origin.source = IpAddress::FromV6(header.As<8, in6_addr>());
  reading.origin.destination = IpAddress::FromV6(header.As<24, in6_addr>());
  reading.origin.ttl = header.U8<7>();
  reading.source_known = true;
}

// IPv4 that carries something else than VRRP, at its first 20 bytes' end.
void LookInsideIpv4(Reading& reading, const FixedBytes<kIpv4HeaderMin>& header, ParseResult& result) {
  const std::size_t header_length = std::size_t{header.U8<0>() & 0x0fU} * 4;
  const bool whole = (header.U16<6>() & kFragmentMask) == 0;
  if (whole && header_length >= kIpv4HeaderMin && reading.cursor.Take(header_length - kIpv4HeaderMin)) {
    if (header.U8<9>() == kUdp && reading.tunnels == 0) {
      ReadIpv4Origin(reading, header);
      if (ParseHsrp(reading, result)) return;
    }
    LookInsideIp(reading, header.U8<9>(), result);
  }
}

bool HeaderChecksumIsCorrect(Bytes fixed, Bytes options) {
  ChecksumSum sum;
  sum.Add(fixed);
  sum.Add(options);
  return sum.IsCorrect();
}

}  // namespace

void ParseIpv4(Reading& reading, ParseResult& result) {
  const auto header = reading.cursor.Take<kIpv4HeaderMin>();
  if (!header) {
    result = reading.Fail(MalformedReason::kIpHeaderCut, kIpv4HeaderMin, reading.cursor.remaining());
    return;
  }
  const std::uint8_t protocol = header->U8<9>();
  if (IsTunnelProtocol(protocol)) {
    LookInsideIpv4(reading, *header, result);
    return;
  }
  if (protocol != kIpProtocolVrrp && protocol != kIpProtocolAh) return;
  ReadIpv4Origin(reading, *header);
  const unsigned version = header->U8<0>() >> 4U;
  if (version != 4) {
    result = reading.Fail(MalformedReason::kIpVersion, 4, version, kIpv4HeaderMin);
    return;
  }
  const std::size_t header_length = std::size_t{header->U8<0>() & 0x0fU} * 4;
  const std::size_t total_length = header->U16<2>();
  if (header_length < kIpv4HeaderMin || total_length < header_length) {
    result = reading.Fail(MalformedReason::kIpLength, kIpv4HeaderMin, header_length, kIpv4HeaderMin);
    return;
  }
  if (!KeepIpPacket(reading, total_length - kIpv4HeaderMin)) {
    result = reading.Fail(MalformedReason::kIpTruncated, total_length,
                          kIpv4HeaderMin + reading.cursor.remaining() + reading.missing, kIpv4HeaderMin);
    return;
  }
  const auto options = reading.cursor.Take(header_length - kIpv4HeaderMin);
  if (!options) {
    result = reading.Fail(MalformedReason::kIpHeaderCut, header_length, kIpv4HeaderMin + reading.cursor.remaining());
    return;
  }
  if (const std::uint16_t field = header->U16<6>(); (field & kFragmentMask) != 0) {
    ParseFragment(reading, protocol, (field & kIpv4OffsetMask) == 0, field, result);
    return;
  }
  reading.ip_checksum_wrong = !HeaderChecksumIsCorrect(header->bytes(), *options);
  ParseProtocol(reading, protocol, result);
}

void ParseIpv6(Reading& reading, ParseResult& result) {
  const auto header = reading.cursor.Take<kIpv6Header>();
  if (!header) {
    result = reading.Fail(MalformedReason::kIpHeaderCut, kIpv6Header, reading.cursor.remaining());
    return;
  }
  const std::uint8_t next_header = header->U8<6>();
  const bool may_be_ours = next_header == kIpProtocolVrrp || next_header == kIpProtocolAh || next_header == kIcmpv6;
  if (IsTunnelProtocol(next_header)) {
    if (next_header == kUdp && reading.tunnels == 0) {
      ReadIpv6Origin(reading, *header);
      if (ParseHsrp(reading, result)) return;
    }
    LookInsideIp(reading, next_header, result);
    return;
  }
  if (!may_be_ours && !IsSkippableExtension(next_header)) return;
  ReadIpv6Origin(reading, *header);
  const unsigned version = header->U8<0>() >> 4U;
  if (version != 6) {
    result = reading.Fail(MalformedReason::kIpVersion, 6, version, kIpv6Header);
    return;
  }
  const std::size_t payload_length = header->U16<4>();
  if (!KeepIpPacket(reading, payload_length)) {
    result = reading.Fail(MalformedReason::kIpTruncated, payload_length, reading.cursor.remaining() + reading.missing,
                          kIpv6Header);
    return;
  }
  const std::optional<BehindExtensions> behind = SkipExtensions(reading, next_header);
  if (!behind) {
    result = reading.Fail(MalformedReason::kIpExtensionCut, 8, reading.cursor.remaining());
    return;
  }
  ParseBehindExtensions(reading, *behind, result);
}

}  // namespace probe::vrrp
