#include "probe/daemon/segment_questions.h"

#include <iterator>
#include <map>
#include <utility>

namespace probe::daemon {

SegmentQuestions SegmentQuestionsFor(const NodeState& node, hold::Vips vips) {
  SegmentQuestions result;
  std::map<std::pair<int, arbiter::IpAddress::Family>, std::vector<actuate::ReachQuestion>> by_segment;
  for (const arbiter::IpAddress& vip : vips) {
    absl::StatusOr<actuate::ReachQuestion> question = node.QuestionFor(vip);
    if (!question.ok()) {
      result.troubles.emplace(vip, question.status());
      continue;
    }
    std::vector<actuate::ReachQuestion>& questions = by_segment[{question->link, vip.family()}];
    if (questions.empty() || questions.back().targets.size() == actuate::ReachProber::kMaxTargets) {
      questions.push_back(*std::move(question));
      questions.back().targets.clear();
    }
    questions.back().targets.push_back(vip);
    questions.back().vips.insert(vip);
  }
  for (auto& [segment, questions] : by_segment) {
    std::move(questions.begin(), questions.end(), std::back_inserter(result.questions));
  }
  return result;
}

}  // namespace probe::daemon
