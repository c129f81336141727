// VRRP and CARP messages.
//
//  VRRPv2:  version, type (1)  VRID (1)  priority (1)  count (1)  auth type (1)  interval in s (1)      checksum (2)
//           count addresses (4 each)  authentication data (8, even when there is no authentication)
//  VRRPv3:  version, type (1)  VRID (1)  priority (1)  count (1)  reserved (4 bits), interval in cs (12)  checksum (2)
//           count addresses (4 or 16 each)
//  CARP:    version, type (1)  VHID (1)  advskew (1)   7 (1)      demotion (1)   advbase in s (1)       checksum (2)
//           counter (8)  HMAC-SHA1 (20)
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "probe/vrrp/checksum.h"
#include "probe/vrrp/layers.h"

namespace probe::vrrp {
namespace {

using Family = arbiter::IpAddress::Family;

constexpr std::size_t kHeader = 8;
constexpr std::size_t kCarpMessage = 36;
constexpr std::uint8_t kCarpFirstByte = 0x21;  // the same as an advertisement of VRRPv2
constexpr std::uint8_t kCarpAuthLength = 7;
constexpr std::size_t kHmacTrailer = 28;
constexpr std::uint16_t kIntervalMask = 0x0fff;
constexpr std::array<std::uint8_t, 4> kMulticastGroupV4 = {224, 0, 0, 18};

// A message and the two lengths that matter: what is here, and what the IP header says that it has.
struct Message {
  Bytes bytes;
  std::size_t length;
};

// What the message's own fields say that its length is.
std::size_t StatedLength(const Advertisement& advert) {
  const std::size_t width = advert.family() == Family::kV4 ? 4 : 16;
  return kHeader + advert.addresses.stated() * width + (advert.version == 2 ? AuthData::kSize : 0);
}

void AddPseudoHeader(ChecksumSum& sum, Bytes source, Bytes destination, std::size_t length) {
  sum.Add(source);
  sum.Add(destination);
  sum.AddNumber(kIpProtocolVrrp);
  sum.AddNumber(static_cast<std::uint16_t>(length));
}

// Which of the known ways gives this checksum over the first `covered` bytes.
ChecksumHabit FindHabitOver(const Advertisement& advert, const Message& message, std::size_t covered) {
  const bool v6 = advert.family() == Family::kV6;
  if (covered > message.bytes.size()) return ChecksumHabit::kUnverified;
  ChecksumSum plain;
  plain.Add(message.bytes.first(covered));
  if (plain.IsCorrect()) return ChecksumHabit::kMessageOnly;
  if (advert.version == 2) return ChecksumHabit::kWrong;
  const auto source = advert.origin.source.bytes();
  const auto destination = advert.origin.destination.bytes();
  ChecksumSum pseudo = plain;
  AddPseudoHeader(pseudo, {source.data(), source.size()}, {destination.data(), destination.size()}, covered);
  if (pseudo.IsCorrect()) return ChecksumHabit::kPseudoHeader;
  if (v6) return ChecksumHabit::kWrong;
  ChecksumSum legacy = plain;
  AddPseudoHeader(legacy, {source.data(), source.size()}, kMulticastGroupV4, covered);
  return legacy.IsCorrect() ? ChecksumHabit::kLegacyUnicastPseudoHeader : ChecksumHabit::kWrong;
}

// RFC 3768, section 5.3.8: it covers "the entire VRRP message", whatever the count says; so does it in version 3 (RFC
// 9568, section 5.2.8). Only keepalived's trailer comes after the sum has been made; but in IPv6, where the kernel
// makes it, over all of the payload.
ChecksumHabit FindHabit(const Advertisement& advert, const Message& message) {
  const bool v4_trailer = advert.hmac_trailer && advert.family() == Family::kV4;
  if (v4_trailer) {
    const ChecksumHabit without = FindHabitOver(advert, message, std::min(message.length, StatedLength(advert)));
    if (without != ChecksumHabit::kWrong) return without;
  }
  return FindHabitOver(advert, message, message.length);
}

// RFC 9568, section 5.2.8: over IPv6 the checksum includes the pseudo header. Over IPv4 receivers differ, so no habit
// is a defect by itself.
bool ChecksumIsDefect(const Advertisement& advert) {
  if (advert.checksum == ChecksumHabit::kWrong) return true;
  return advert.family() == Family::kV6 && advert.checksum == ChecksumHabit::kMessageOnly;
}

bool LooksLikeHmacTrailer(Bytes message, std::size_t stated, std::size_t excess) {
  if (excess != kHmacTrailer) return false;
  if (message.size() < stated + 4) return true;  // not captured; the length is all there is to go by
  const Bytes head = message.subspan(stated, 4);
  return head[0] != 0 && head[2] == 0 && head[3] == 0;  // a scheme, and the reserved field
}

// A type that no RFC has, Cisco's 254 (MD5) for one, has data of a length of its own.
bool HasForeignAuthData(const Advertisement& advert) {
  return advert.auth_type.has_value() && *advert.auth_type > kAuthHeader;
}

// RFC 1122, section 3.2.1.3: a host MUST silently discard a datagram whose source is one of these.
bool NobodysAddress(const arbiter::IpAddress& source) {
  constexpr std::array<std::uint8_t, 4> kBroadcast = {255, 255, 255, 255};
  const auto bytes = source.bytes();
  return source.IsUnspecified() || source.IsMulticast() || source.IsLoopback() ||
         (source.is_v4() && std::equal(bytes.begin(), bytes.end(), kBroadcast.begin()));
}

void FindDefects(Advertisement& advert, std::size_t length) {
  const std::size_t stated = StatedLength(advert);
  // RFC 9568, section 7.1: "MUST verify that the IPv4 TTL or IPv6 Hop Limit is 255". Unicast adverts, which the RFC
  // does not know, may cross routers, and keepalived lets them.
  if (advert.origin.ttl != 255 && advert.origin.destination.IsMulticast()) advert.defects.Add(Defect::kTtl);
  // Section 7.1: "MUST verify the VRRP checksum".
  if (ChecksumIsDefect(advert)) advert.defects.Add(Defect::kChecksum);
  // Section 7.1: "MUST verify that the received packet contains the complete VRRP packet".
  if (length < stated) advert.defects.Add(Defect::kShort);
  if (length > stated && !advert.hmac_trailer && !HasForeignAuthData(advert)) advert.defects.Add(Defect::kLong);
  // Section 5.2.5 with erratum 8299: a count of 0 MUST be ignored.
  if (advert.addresses.stated() == 0) advert.defects.Add(Defect::kNoAddresses);
  // Section 5.2.3: a VRID is 1 to 255.
  if (advert.vrid == 0) advert.defects.Add(Defect::kVrid);
  if (NobodysAddress(advert.origin.source)) advert.defects.Add(Defect::kSource);
}

void ReadAuthData(Advertisement& advert, Bytes message) {
  const std::size_t at = StatedLength(advert) - AuthData::kSize;
  if (message.size() < at + AuthData::kSize) return;
  std::array<std::uint8_t, AuthData::kSize> data{};
  std::copy_n(message.begin() + static_cast<std::ptrdiff_t>(at), data.size(), data.begin());
  advert.auth_data = AuthData(data);
}

void ReadAdvertisement(const Reading& reading, const FixedBytes<kHeader>& header, const Message& message,
                       Advertisement& advert) {
  advert.origin = reading.origin;
  advert.version = header.U8<0>() >> 4U;
  advert.vrid = header.U8<1>();
  advert.priority = header.U8<2>();
  advert.addresses.Assign(reading.origin.source.family(), header.U8<3>(), message.bytes.subspan(kHeader));
  if (advert.version == 2) {
    advert.auth_type = header.U8<4>();
    advert.interval_cs = static_cast<std::uint16_t>(header.U8<5>() * 100U);
    ReadAuthData(advert, message.bytes);
  } else {
    advert.interval_cs = header.U16<4>() & kIntervalMask;
  }
  const std::size_t stated = StatedLength(advert);
  const std::size_t excess = message.length > stated ? message.length - stated : 0;
  advert.excess_bytes = static_cast<std::uint16_t>(excess);
  advert.hmac_trailer = !HasForeignAuthData(advert) && LooksLikeHmacTrailer(message.bytes, stated, excess);
  advert.cut_by_capture = reading.missing > 0;
  advert.checksum = FindHabit(advert, message);
  if (reading.ip_checksum_wrong) advert.defects.Add(Defect::kIpChecksum);
  FindDefects(advert, message.length);
}

void ReadCarp(const Reading& reading, const FixedBytes<kHeader>& header, const Message& message,
              CarpAdvertisement& carp) {
  carp.origin = reading.origin;
  carp.vhid = header.U8<1>();
  carp.advskew = header.U8<2>();
  carp.demotion = header.U8<4>();
  carp.advbase_s = header.U8<5>();
  ChecksumSum sum;
  sum.Add(message.bytes);
  carp.checksum_ok = message.bytes.size() == message.length && sum.IsCorrect();
}

// Seven addresses would make a VRRPv2 advert 44 bytes long.
bool IsCarp(const FixedBytes<kHeader>& header, std::size_t length) {
  return header.U8<0>() == kCarpFirstByte && header.U8<3>() == kCarpAuthLength && length == kCarpMessage;
}

}  // namespace

void ParseVrrpMessage(Reading& reading, ParseResult& result) {
  const Message message{reading.cursor.rest(), reading.cursor.remaining() + reading.missing};
  const auto header = reading.cursor.Take<kHeader>();
  if (!header) {
    result = reading.Fail(MalformedReason::kVrrpHeaderCut, kHeader, reading.cursor.remaining());
    return;
  }
  if (IsCarp(*header, message.length)) {
    ReadCarp(reading, *header, message, result.emplace<CarpAdvertisement>());
    return;
  }
  // RFC 9568, section 7.1: "MUST verify that the VRRP version is 3"; RFC 3768, section 7.1: "is 2", and that only over
  // IPv4.
  const unsigned version = header->U8<0>() >> 4U;
  const bool v6 = reading.origin.source.is_v6();
  if (version != 3 && (version != 2 || v6)) {
    result = reading.Fail(MalformedReason::kVrrpVersion, 3, version, kHeader);
    return;
  }
  // RFC 9568, section 5.2.2: a packet of unknown type MUST be discarded.
  const unsigned type = header->U8<0>() & 0x0fU;
  if (type != 1) {
    result = reading.Fail(MalformedReason::kVrrpType, 1, type, kHeader);
    return;
  }
  ReadAdvertisement(reading, *header, message, result.emplace<Advertisement>());
}

}  // namespace probe::vrrp
