// The way of an advert through this host, as one line of text as well: a question that another process can answer.
// Pure.
#ifndef PROBE_FILTER_ADVERT_PATH_H_
#define PROBE_FILTER_ADVERT_PATH_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/keepalived/config.h"
#include "proto/value/ip_address.h"

namespace probe::filter {

struct AdvertPath {
  bool incoming = true;
  std::string interface;
  std::optional<arbiter::IpAddress> source;  // nothing: not known
  arbiter::IpAddress destination;            // the group, or a unicast peer (ourselves, where it comes in)
  std::uint8_t vrid = 0;
  int protocol = 112;  // 51 behind an authentication header

  // "in eth0 192.168.1.1 224.0.0.18 66 112"
  [[nodiscard]] std::string ToString() const;
  // InvalidArgument where it is none.
  static absl::StatusOr<AdvertPath> Parse(absl::string_view text);

  friend auto operator<=>(const AdvertPath&, const AdvertPath&) = default;
  friend bool operator==(const AdvertPath&, const AdvertPath&) = default;
};

// Of the adverts that the instance sends: to the group, or to each of its peers.
std::vector<AdvertPath> WaysOut(const keepalived::Instance& instance);

}  // namespace probe::filter

#endif  // PROBE_FILTER_ADVERT_PATH_H_
