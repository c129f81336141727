// How evidence, advice and differences are put into words.
#ifndef ARBITER_CORE_CAUSE_WORDING_H_
#define ARBITER_CORE_CAUSE_WORDING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/vocabulary.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

// "192.168.1.212, 192.168.1.213"; "none" for an empty list.
std::string InWords(const std::vector<IpAddress>& addresses);
// "a", "a and b", "a, b and c".
std::string Listed(const std::vector<std::string>& items);
// Seconds as keepalived's advert_int takes them: "1", "0.1".
std::string Seconds(Duration duration);
// " (file:line)", or nothing.
std::string InBrackets(absl::string_view text);
// What the daemon is called on this node; "keepalived" where nothing is known.
std::string DaemonName(const NodeReport& report);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_WORDING_H_
