#include "probe/capture/pcap_handle.h"

#include "absl/strings/str_cat.h"

namespace probe::capture {

std::optional<vrrp::LinkType> LinkTypeOf(int dlt) {
  switch (dlt) {
    case DLT_EN10MB:
      return vrrp::LinkType::kEthernet;
    case DLT_LINUX_SLL:
      return vrrp::LinkType::kLinuxCooked;
    case DLT_LINUX_SLL2:
      return vrrp::LinkType::kLinuxCooked2;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
      return vrrp::LinkType::kRawIp;
    default:  // libpcap knows about 200 more
      return std::nullopt;
  }
}

std::string NotUnderstood(int dlt) {
  const char* const name = pcap_datalink_val_to_name(dlt);
  return absl::StrCat("link type ", name != nullptr ? name : absl::StrCat(dlt).c_str(),
                      " is not understood (Ethernet, LINUX_SLL, LINUX_SLL2 and RAW are)");
}

absl::Time TimeOf(const pcap_pkthdr& header) {
  return absl::FromUnixSeconds(header.ts.tv_sec) + absl::Nanoseconds(header.ts.tv_usec);
}

}  // namespace probe::capture
