// What an advert of another node has that this node's keepalived would drop it for. Pure.
#ifndef PROBE_DOCTOR_ADVERT_DIFFERENCE_H_
#define PROBE_DOCTOR_ADVERT_DIFFERENCE_H_

#include <string>
#include <vector>

#include "probe/keepalived/config.h"
#include "probe/vrrp/advertisement.h"

namespace probe::doctor {

struct AdvertDifference {
  std::string what;    // "it sends VRRPv3, VI_1 has VRRPv2 (keepalived.conf:12)"
  std::string repair;  // empty: what else is said suffices
};

// Of an advert for the instance's own VRID. Version 3 takes the sender's interval, so that one is no difference.
std::vector<AdvertDifference> DifferencesOf(const keepalived::Instance& instance, const vrrp::Advertisement& advert);

// What the instance's adverts name: its addresses but for the excluded ones and those of the other family, sorted.
std::vector<arbiter::IpAddress> AdvertisedBy(const keepalived::Instance& instance);

// The addresses of an advert, sorted.
std::vector<arbiter::IpAddress> AddressesIn(const vrrp::Advertisement& advert);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_ADVERT_DIFFERENCE_H_
