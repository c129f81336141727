// Who else answers for this node's VIPs, as the probe tells its own `doctor`.
#ifndef PROBE_DAEMON_ANSWERS_TEXT_H_
#define PROBE_DAEMON_ANSWERS_TEXT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/doctor/check_segment.h"
#include "probe/report/facts.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

// Of the control socket.
inline constexpr char kWhoAnswersRequest[] = "who-answers";

// A line each: VIP, MAC, interface, and how it answered. Those that only claim a VIP, unasked, are left out.
std::string AnswersText(const std::map<arbiter::IpAddress, std::vector<report::StrangeClaim>>& claims);

// The way back. A line that is none is passed over.
std::vector<doctor::Answering> ReadAnswers(absl::string_view text);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_ANSWERS_TEXT_H_
