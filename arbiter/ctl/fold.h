// What says the same of many VIPs is said once.
#ifndef ARBITER_CTL_FOLD_H_
#define ARBITER_CTL_FOLD_H_

#include <string>
#include <vector>

#include "arbiter/v1/operations_service.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace arbiter::ctl {

// VIPs that differ in nothing but their address and ages.
struct FoldedVips {
  v1::VipStatus vip;  // the first of them, with the longest ages
  std::vector<std::string> addresses;
};

// In the order in which the first ones stand. Without `fold` each VIP is by itself.
std::vector<FoldedVips> Fold(const google::protobuf::RepeatedPtrField<v1::VipStatus>& vips, bool fold);

// "192.168.1.212", "192.168.1.212 and 192.168.1.213", "192.168.2.1 ... 192.168.2.100 (100 VIPs)"; fit to be printed.
std::string Names(const std::vector<std::string>& addresses);

// All VIPs of the incident, so. An arbiter of version 0.1.0 names one only.
std::string NamesOf(const v1::Incident& incident);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_FOLD_H_
