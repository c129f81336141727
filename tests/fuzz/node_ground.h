// What stands on the node that an arbiter speaks to (arbiter_message_fuzz.cc): a keepalived configuration, links, an
// address of its own, and actuators.
#ifndef TESTS_FUZZ_NODE_GROUND_H_
#define TESTS_FUZZ_NODE_GROUND_H_

#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/hold/actuators.h"
#include "probe/keepalived/config_reader.h"
#include "proto/value/ip_address.h"
#include "tests/fakes/fake_actuators.h"
#include "tests/probe/keepalived/map_source.h"

namespace fuzz {

inline constexpr int kEth0 = 2;
inline constexpr int kDocker0 = 3;
inline constexpr char kOwnAddress[] = "192.168.1.10";
inline constexpr char kConfig[] = R"(
track_file arbiter_VI_1 {
 file "/run/arbiter-probe/VI_1.demote"
 weight 0
 init_file 0
}
vrrp_instance VI_1 {
 interface eth0
 virtual_router_id 66
 priority 90
 advert_int 1
 virtual_ipaddress {
  192.168.1.212/24
  192.168.1.213/24
 }
 virtual_ipaddress_excluded {
  fd00::1/64
 }
 track_file {
  arbiter_VI_1
 }
}
vrrp_instance VI_2 {
 interface eth0
 virtual_router_id 67
 priority 90
 advert_int 1
 virtual_ipaddress {
  192.168.1.220/24
 }
}
)";

inline probe::keepalived::Config ReadConfiguration() {
  probe::keepalived::MapSource source({{"/k/keepalived.conf", kConfig}});
  return probe::keepalived::ReadConfigFrom(&source, "/k/keepalived.conf", {}).value();
}

inline arbiter::IpAddress Ip(absl::string_view text) { return arbiter::IpAddress::Parse(text).value(); }

// Takes addresses away for real.
class TakingActuators : public fakes::FakeActuators {
 public:
  std::set<arbiter::IpAddress> removed;
  std::set<arbiter::IpAddress> put_back;

  absl::StatusOr<std::vector<probe::hold::RemovedAddress>> RemoveAddress(const arbiter::IpAddress& vip) override {
    auto places = FakeActuators::RemoveAddress(vip);
    if (places.ok()) removed.insert(vip);
    return places;
  }
  absl::Status PutAddressBack(const arbiter::IpAddress& vip,
                              const std::vector<probe::hold::RemovedAddress>& where) override {
    absl::Status status = FakeActuators::PutAddressBack(vip, where);
    if (status.ok()) put_back.insert(vip);
    return status;
  }
};

}  // namespace fuzz

#endif  // TESTS_FUZZ_NODE_GROUND_H_
