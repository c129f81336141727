#include "probe/vrrp/parse.h"

#include "probe/vrrp/layers.h"

namespace probe::vrrp {

Malformed Reading::Fail(MalformedReason reason, std::size_t wanted, std::size_t found, std::size_t back) const {
  Malformed malformed;
  malformed.reason = reason;
  malformed.offset = static_cast<std::uint32_t>(cursor.offset() - back);
  malformed.wanted = static_cast<std::uint32_t>(wanted);
  malformed.found = static_cast<std::uint32_t>(found);
  if (source_known) malformed.source = origin.source;
  return malformed;
}

void ParseNetworkLayer(Reading& reading, std::uint16_t ethertype, ParseResult& result) {
  if (ethertype == kEthertypeIpv4) {
    ParseIpv4(reading, result);
  } else if (ethertype == kEthertypeIpv6) {
    ParseIpv6(reading, result);
  } else if (ethertype == kEthertypeArp) {
    ParseArp(reading, result);
  } else if (IsTunnelEthertype(ethertype)) {
    LookInsideFrame(reading, ethertype, result);
  }
}

ParseResult ParseFrame(Bytes bytes, std::size_t original_length, LinkType link_type) {
  ParseResult result;
  Reading reading(bytes);
  reading.missing = original_length > bytes.size() ? original_length - bytes.size() : 0;
  const std::variant<std::uint16_t, Malformed> link = TakeLinkHeader(reading, link_type);
  if (const auto* malformed = std::get_if<Malformed>(&link)) {
    result = *malformed;
    return result;
  }
  ParseNetworkLayer(reading, std::get<std::uint16_t>(link), result);
  return result;
}

ParseResult ParseIpv6Payload(Bytes message, const Ipv6Envelope& envelope) {
  ParseResult result;
  Reading reading(message);
  reading.origin.source = envelope.source;
  reading.origin.destination = envelope.destination;
  reading.origin.ttl = envelope.hop_limit;
  reading.source_known = true;
  ParseVrrpMessage(reading, result);
  return result;
}

}  // namespace probe::vrrp
