// IPv6 neighbour solicitation and advertisement (RFC 4861, sections 4.3, 4.4 and 4.6).
//
//  type (1)  code (1)  checksum (2)  flags or reserved (4)  target (16)  options: type (1)  length in 8 bytes (1) value
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "probe/vrrp/checksum.h"
#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;

constexpr std::size_t kHeader = 24;
constexpr std::uint8_t kSolicitationType = 135;
constexpr std::uint8_t kAdvertisementType = 136;
constexpr std::uint8_t kSourceLinkAddress = 1;
constexpr std::uint8_t kTargetLinkAddress = 2;
constexpr std::uint16_t kProtocolIcmpv6 = 58;

bool ChecksumIsCorrect(const Origin& origin, Bytes message) {
  ChecksumSum sum;
  const auto source = origin.source.bytes();
  const auto destination = origin.destination.bytes();
  sum.Add({source.data(), source.size()});
  sum.Add({destination.data(), destination.size()});
  sum.AddNumber(kProtocolIcmpv6);
  sum.AddNumber(static_cast<std::uint16_t>(message.size()));
  sum.Add(message);
  return sum.IsCorrect();
}

// Reads the options. False: one has a length that cannot be, and the whole message is to be discarded (RFC 4861, 7.1).
bool ReadOptions(ByteCursor& cursor, NeighborClaim& claim) {
  const std::uint8_t wanted =
      claim.kind == NeighborClaim::Kind::kAdvertisement ? kTargetLinkAddress : kSourceLinkAddress;
  while (cursor.remaining() > 0) {
    const auto head = cursor.Take<8>();
    if (!head || head->U8<1>() == 0) return false;
    const auto more = cursor.Take((std::size_t{head->U8<1>()} - 1) * 8);
    if (!more) return false;
    if (head->U8<0>() == wanted && head->U8<1>() == 1) {
      claim.link_address = MacAddress(head->As<2, std::array<std::uint8_t, 6>>());
    }
  }
  return true;
}

}  // namespace

void ParseIcmpv6(Reading& reading, ParseResult& result) {
  if (reading.cursor.remaining() == 0) return;
  const std::uint8_t type = reading.cursor.rest()[0];
  if (type != kSolicitationType && type != kAdvertisementType) return;
  const Bytes message = reading.cursor.rest();
  const auto header = reading.cursor.Take<kHeader>();
  if (!header || reading.missing > 0) {
    const std::size_t wanted = std::max(message.size() + reading.missing, kHeader);
    result = reading.Fail(MalformedReason::kNeighborCut, wanted, message.size(), header ? kHeader : 0);
    return;
  }
  // RFC 4861, section 7.1: hop limit 255 and a valid checksum, or else silently discarded.
  if (reading.origin.ttl != 255) {
    result = reading.Fail(MalformedReason::kNeighborHopLimit, 255, reading.origin.ttl, kHeader);
    return;
  }
  if (!ChecksumIsCorrect(reading.origin, message)) {
    result = reading.Fail(MalformedReason::kNeighborChecksum, 0, 0, kHeader);
    return;
  }
  NeighborClaim claim;
  claim.origin = reading.origin;
  claim.kind = type == kAdvertisementType ? NeighborClaim::Kind::kAdvertisement : NeighborClaim::Kind::kSolicitation;
  claim.target = IpAddress::FromV6(header->As<8, in6_addr>());
  if (claim.kind == NeighborClaim::Kind::kAdvertisement) {
    claim.router = (header->U8<4>() & 0x80U) != 0;
    claim.solicited = (header->U8<4>() & 0x40U) != 0;
    claim.override_flag = (header->U8<4>() & 0x20U) != 0;
  }
  if (!ReadOptions(reading.cursor, claim)) {
    result = reading.Fail(MalformedReason::kNeighborOption, 8, reading.cursor.remaining());
    return;
  }
  result = claim;
}

}  // namespace probe::vrrp
