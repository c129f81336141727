// Pieces of sentences that several checks use.
#ifndef PROBE_DOCTOR_WORDING_H_
#define PROBE_DOCTOR_WORDING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

// "1 advert", "2 adverts".
std::string Counted(std::size_t count, absl::string_view noun);

// "192.168.1.212, 192.168.1.213"; "none" where there is none.
std::string Listed(const std::vector<arbiter::IpAddress>& addresses);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_WORDING_H_
