// libpcap's handles, and what libpcap calls things.
#ifndef PROBE_CAPTURE_PCAP_HANDLE_H_
#define PROBE_CAPTURE_PCAP_HANDLE_H_

#include <pcap/pcap.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "probe/vrrp/parse.h"

namespace probe::capture {

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

// Nothing for a link type that is not understood.
std::optional<vrrp::LinkType> LinkTypeOf(int dlt);

// For a link type that is not: "link type PPP is not understood (...)".
std::string NotUnderstood(int dlt);

// The timestamp of a handle with nanosecond precision.
absl::Time TimeOf(const pcap_pkthdr& header);

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_PCAP_HANDLE_H_
