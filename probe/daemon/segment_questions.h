// "Does another host answer for these VIPs?", as questions to their segments.
#ifndef PROBE_DAEMON_SEGMENT_QUESTIONS_H_
#define PROBE_DAEMON_SEGMENT_QUESTIONS_H_

#include <vector>

#include "probe/daemon/node_state.h"
#include "probe/hold/actuators.h"

namespace probe::daemon {

struct SegmentQuestions {
  // Each about VIPs of one segment and family, as many as one question may have.
  std::vector<actuate::ReachQuestion> questions;
  hold::Troubles troubles;  // the VIPs that cannot be asked about, and why
};

[[nodiscard]] SegmentQuestions SegmentQuestionsFor(const NodeState& node, hold::Vips vips);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SEGMENT_QUESTIONS_H_
