// Makes frames for tests, from a description in which only what matters to the test is written down.
#ifndef TESTS_PROBE_VRRP_FRAME_BUILDER_H_
#define TESTS_PROBE_VRRP_FRAME_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probe/vrrp/advertisement.h"

namespace probe::vrrp {

using Packet = std::vector<std::uint8_t>;

// A correct VRRPv2 advert of VRID 66 for 192.168.1.212, unless changed. The addresses' families must agree.
struct AdvertSpec {
  std::uint8_t version = 2;
  std::uint8_t type = 1;
  std::uint8_t vrid = 66;
  std::uint8_t priority = 100;
  std::uint16_t interval_cs = 100;
  std::uint8_t auth_type = 0;
  std::string auth_data = std::string(8, '\0');
  std::vector<std::string> addresses = {"192.168.1.212"};
  std::optional<std::uint8_t> count;  // instead of the true one
  std::string source = "192.168.1.11";
  std::string destination = "224.0.0.18";
  std::string source_mac = "02:00:00:00:00:0b";
  std::uint8_t ttl = 255;
  ChecksumHabit checksum = ChecksumHabit::kMessageOnly;
  bool behind_ah = false;
  bool hmac_trailer = false;
  std::string excess;              // behind the last field, within the message and its checksum
  std::size_t trailing_zeros = 0;  // within the IP packet
  std::size_t padding = 0;         // after the IP packet
  std::vector<std::uint16_t> vlans;
};

// VRRPv3 over IPv6, correct.
AdvertSpec Ipv6Spec();

Packet BuildMessage(const AdvertSpec& spec);             // VRRP, and the trailer if any
Packet BuildIpPacket(const AdvertSpec& spec);            // with its IP header
Packet BuildEthernet(const AdvertSpec& spec);            // with its Ethernet header
Packet BuildCooked(const AdvertSpec& spec, bool sent);   // LINUX_SLL
Packet BuildCooked2(const AdvertSpec& spec, bool sent);  // LINUX_SLL2

// `ethertype` and what follows it, behind an Ethernet header.
Packet WrapEthernet(std::uint16_t ethertype, const Packet& payload, const AdvertSpec& spec = {});

struct CarpSpec {
  bool v6 = false;
  std::uint8_t vhid = 7;
  std::uint8_t advskew = 1;
  std::uint8_t advbase_s = 1;
  std::uint8_t demotion = 0;
};
Packet BuildCarp(const CarpSpec& spec);

struct ArpSpec {
  std::uint16_t operation = 1;
  std::string sender_ip = "192.168.1.212";
  std::string sender_mac = "02:00:00:00:00:0b";
  std::string target_ip = "192.168.1.212";
};
Packet BuildArp(const ArpSpec& spec);

struct NeighborSpec {
  std::uint8_t type = 136;
  std::uint8_t flags = 0x20;
  std::uint8_t hop_limit = 255;
  std::string source = "fe80::b";
  std::string destination = "ff02::1";
  std::string target = "2001:db8::212";
  std::optional<std::string> link_address = "02:00:00:00:00:0b";
  std::optional<std::uint8_t> option_length;  // in units of 8 bytes, instead of the true one
  bool wrong_checksum = false;
};
Packet BuildNeighbor(const NeighborSpec& spec);

}  // namespace probe::vrrp

#endif  // TESTS_PROBE_VRRP_FRAME_BUILDER_H_
