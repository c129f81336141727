// Who else answers for this node's VIPs, as the probe tells its own `doctor`.
#ifndef PROBE_DAEMON_ANSWERS_TEXT_H_
#define PROBE_DAEMON_ANSWERS_TEXT_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/doctor/check_segment.h"
#include "probe/report/facts.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

// Of the control socket.
inline constexpr char kWhoAnswersRequest[] = "who-answers";

// A line each: VIP, MAC, interface, and how it answered. Those that only claim a VIP, unasked, are left out, and so are
// VIPs for which this node answers nobody: there it is another one's turn.
std::string AnswersText(const std::map<arbiter::IpAddress, std::vector<report::StrangeClaim>>& claims,
                        const std::set<arbiter::IpAddress>& answered_here);

// The way back. A line that is none is passed over.
std::vector<doctor::Answering> ReadAnswers(absl::string_view text);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_ANSWERS_TEXT_H_
