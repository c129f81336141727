#include "tests/probe/vrrp/frame_builder.h"

#include <cstring>

#include "probe/vrrp/checksum.h"
#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;

void Append(Packet& packet, std::initializer_list<unsigned> bytes) {
  for (const unsigned byte : bytes) packet.push_back(static_cast<std::uint8_t>(byte));
}

void Append16(Packet& packet, std::size_t number) {
  packet.push_back(static_cast<std::uint8_t>(number >> 8U));
  packet.push_back(static_cast<std::uint8_t>(number));
}

void Append(Packet& packet, const Packet& more) { packet.insert(packet.end(), more.begin(), more.end()); }

void AppendIp(Packet& packet, const std::string& text) {
  const IpAddress address = IpAddress::Parse(text).value();
  packet.insert(packet.end(), address.bytes().begin(), address.bytes().end());
}

void AppendMac(Packet& packet, const std::string& text) {
  const MacAddress address = MacAddress::Parse(text).value();
  packet.insert(packet.end(), address.bytes().begin(), address.bytes().end());
}

bool IsV6(const AdvertSpec& spec) { return IpAddress::Parse(spec.source).value().is_v6(); }

void AddPseudoHeader(ChecksumSum& sum, const std::string& source, const std::string& destination,
                     std::uint16_t protocol, std::size_t length) {
  Packet header;
  AppendIp(header, source);
  AppendIp(header, destination);
  Append16(header, protocol);
  Append16(header, length);
  sum.Add(header);
}

void Store(const ChecksumSum& sum, Packet& packet, std::size_t at) {
  const std::uint16_t field = sum.FieldAsInMemory();
  std::memcpy(packet.data() + at, &field, sizeof field);
}

void SetChecksum(const AdvertSpec& spec, Packet& message, std::size_t covered) {
  ChecksumSum sum;
  sum.Add(Bytes(message).first(covered));
  if (spec.checksum == ChecksumHabit::kPseudoHeader) {
    AddPseudoHeader(sum, spec.source, spec.destination, 112, covered);
  } else if (spec.checksum == ChecksumHabit::kLegacyUnicastPseudoHeader) {
    AddPseudoHeader(sum, spec.source, "224.0.0.18", 112, covered);
  }
  Store(sum, message, 6);
  if (spec.checksum == ChecksumHabit::kWrong) message[7] ^= 0x55U;
}

Packet Ipv4Header(const AdvertSpec& spec, std::size_t payload) {
  Packet header;
  Append(header, {0x45, 0xc0});
  Append16(header, 20 + payload);
  Append(header, {0, 1, 0, 0, spec.ttl, spec.behind_ah ? 51U : 112U, 0, 0});
  AppendIp(header, spec.source);
  AppendIp(header, spec.destination);
  ChecksumSum sum;
  sum.Add(header);
  Store(sum, header, 10);
  return header;
}

Packet Ipv6Header(const std::string& source, const std::string& destination, std::uint8_t next_header,
                  std::uint8_t hop_limit, std::size_t payload) {
  Packet header;
  Append(header, {0x60, 0, 0, 0});
  Append16(header, payload);
  Append(header, {next_header, hop_limit});
  AppendIp(header, source);
  AppendIp(header, destination);
  return header;
}

void AppendCookedAddress(Packet& packet, const std::string& mac) {
  AppendMac(packet, mac);
  Append(packet, {0, 0});
}

}  // namespace

AdvertSpec Ipv6Spec() {
  AdvertSpec spec;
  spec.version = 3;
  spec.addresses = {"fe80::212", "2001:db8::212"};
  spec.source = "fe80::b";
  spec.destination = "ff02::12";
  spec.checksum = ChecksumHabit::kPseudoHeader;
  return spec;
}

Packet BuildMessage(const AdvertSpec& spec) {
  Packet message;
  Append(message, {(static_cast<unsigned>(spec.version) << 4U) | spec.type, spec.vrid, spec.priority,
                   spec.count.value_or(static_cast<std::uint8_t>(spec.addresses.size()))});
  if (spec.version == 2) {
    Append(message, {spec.auth_type, spec.interval_cs / 100U});
  } else {
    Append16(message, spec.interval_cs);
  }
  Append16(message, 0);
  for (const std::string& address : spec.addresses) AppendIp(message, address);
  if (spec.version == 2) message.insert(message.end(), spec.auth_data.begin(), spec.auth_data.end());
  message.insert(message.end(), spec.excess.begin(), spec.excess.end());
  std::size_t covered = message.size();
  if (spec.hmac_trailer) {
    Append(message, {1, 1, 0, 0});
    for (unsigned i = 4; i < 28; ++i) Append(message, {0xa0 + i});
  }
  message.resize(message.size() + spec.trailing_zeros);
  if (IsV6(spec)) covered = message.size();  // as the kernel does it
  SetChecksum(spec, message, covered);
  return message;
}

Packet BuildIpPacket(const AdvertSpec& spec) {
  Packet payload;
  if (spec.behind_ah) {
    Append(payload, {112, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9});
    payload.resize(24, 0xee);
  }
  Append(payload, BuildMessage(spec));
  Packet packet = IsV6(spec)
                      ? Ipv6Header(spec.source, spec.destination, spec.behind_ah ? 51 : 112, spec.ttl, payload.size())
                      : Ipv4Header(spec, payload.size());
  Append(packet, payload);
  return packet;
}

Packet WrapEthernet(std::uint16_t ethertype, const Packet& payload, const AdvertSpec& spec) {
  Packet frame;
  AppendMac(frame, "01:00:5e:00:00:12");
  AppendMac(frame, spec.source_mac);
  for (std::size_t i = 0; i < spec.vlans.size(); ++i) {
    Append16(frame, spec.vlans.size() > 1 && i == 0 ? 0x88a8 : 0x8100);
    Append16(frame, 0xe000U | spec.vlans[i]);  // with a priority, which is no part of the identifier
  }
  Append16(frame, ethertype);
  Append(frame, payload);
  frame.resize(frame.size() + spec.padding, 0xff);
  return frame;
}

Packet BuildEthernet(const AdvertSpec& spec) {
  return WrapEthernet(IsV6(spec) ? 0x86dd : 0x0800, BuildIpPacket(spec), spec);
}

Packet BuildCooked(const AdvertSpec& spec, bool sent) {
  Packet frame;
  Append(frame, {0, sent ? 4U : 2U, 0, 1, 0, 6});
  AppendCookedAddress(frame, spec.source_mac);
  Append16(frame, IsV6(spec) ? 0x86dd : 0x0800);
  Append(frame, BuildIpPacket(spec));
  return frame;
}

Packet BuildCooked2(const AdvertSpec& spec, bool sent) {
  Packet frame;
  Append16(frame, IsV6(spec) ? 0x86dd : 0x0800);
  Append(frame, {0, 0, 0, 0, 0, 3, 0, 1, sent ? 4U : 2U, 6});
  AppendCookedAddress(frame, spec.source_mac);
  Append(frame, BuildIpPacket(spec));
  return frame;
}

Packet BuildCarp(const CarpSpec& spec) {
  Packet message;
  Append(message, {0x21, spec.vhid, spec.advskew, 7, spec.demotion, spec.advbase_s, 0, 0});
  for (unsigned i = 0; i < 28; ++i) Append(message, {i * 7 & 0xffU});
  ChecksumSum sum;
  sum.Add(message);
  Store(sum, message, 6);
  AdvertSpec carrier = spec.v6 ? Ipv6Spec() : AdvertSpec();
  Packet packet = spec.v6 ? Ipv6Header(carrier.source, carrier.destination, 112, 255, message.size())
                          : Ipv4Header(carrier, message.size());
  Append(packet, message);
  return WrapEthernet(spec.v6 ? 0x86dd : 0x0800, packet);
}

Packet BuildArp(const ArpSpec& spec) {
  Packet packet;
  Append(packet, {0, 1, 0x08, 0, 6, 4});
  Append16(packet, spec.operation);
  AppendMac(packet, spec.sender_mac);
  AppendIp(packet, spec.sender_ip);
  AppendMac(packet, "00:00:00:00:00:00");
  AppendIp(packet, spec.target_ip);
  AdvertSpec carrier;
  carrier.source_mac = spec.sender_mac;
  return WrapEthernet(0x0806, packet, carrier);
}

Packet BuildNeighbor(const NeighborSpec& spec) {
  Packet message;
  Append(message, {spec.type, 0, 0, 0, spec.flags, 0, 0, 0});
  AppendIp(message, spec.target);
  if (spec.link_address) {
    Append(message, {spec.type == 136 ? 2U : 1U, spec.option_length.value_or(1)});
    AppendMac(message, *spec.link_address);
  }
  ChecksumSum sum;
  sum.Add(message);
  AddPseudoHeader(sum, spec.source, spec.destination, 58, message.size());
  Store(sum, message, 2);
  if (spec.wrong_checksum) message[3] ^= 0x01U;
  Packet packet = Ipv6Header(spec.source, spec.destination, 58, spec.hop_limit, message.size());
  Append(packet, message);
  return WrapEthernet(0x86dd, packet);
}

}  // namespace probe::vrrp
