#include "tests/lab/answer_record.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace lab {

void AnswerRecord::Answer(const std::string& host) {
  if (!questions_.empty()) questions_.back().answered_by.insert(host);
}

std::vector<std::size_t> AnswerRecord::Within(Instant from, Instant to) const {
  std::vector<std::size_t> within;
  for (std::size_t i = 0; i + 1 < questions_.size(); ++i) {
    if (questions_[i].asked >= from && questions_[i].asked < to) within.push_back(i);
  }
  return within;
}

Duration AnswerRecord::BothAnswered(Instant from, Instant to) const {
  Duration both{};
  for (const std::size_t i : Within(from, to)) {
    if (questions_[i].answered_by.size() > 1) both += questions_[i + 1].asked - questions_[i].asked;
  }
  return both;
}

template <typename Answered>
Duration AnswerRecord::LongestRunWithout(const std::vector<std::size_t>& within, Answered answered) const {
  Duration longest{};
  Duration run{};
  for (const std::size_t i : within) {
    run = answered(questions_[i].answered_by) ? Duration{} : run + (questions_[i + 1].asked - questions_[i].asked);
    longest = std::max(longest, run);
  }
  return longest;
}

Duration AnswerRecord::LongestSilence(Instant from, Instant to) const {
  return LongestRunWithout(Within(from, to), [](const std::set<std::string>& hosts) { return !hosts.empty(); });
}

Duration AnswerRecord::LongestSilenceOf(const std::string& host, Instant from, Instant to) const {
  return LongestRunWithout(Within(from, to),
                           [&host](const std::set<std::string>& hosts) { return hosts.contains(host); });
}

std::optional<Instant> AnswerRecord::FirstAnswer(const std::string& host, Instant from) const {
  for (const Question& question : questions_) {
    if (question.asked >= from && question.answered_by.contains(host)) return question.asked;
  }
  return std::nullopt;
}

std::optional<Instant> AnswerRecord::LastAnswer(const std::string& host) const {
  const auto last = std::find_if(questions_.rbegin(), questions_.rend(),
                                 [&host](const Question& question) { return question.answered_by.contains(host); });
  if (last == questions_.rend()) return std::nullopt;
  return last->asked;
}

std::optional<Instant> AnswerRecord::FirstBothAnswered(Instant from) const {
  for (const Question& question : questions_) {
    if (question.asked >= from && question.answered_by.size() > 1) return question.asked;
  }
  return std::nullopt;
}

std::set<std::string> AnswerRecord::Latest() const {
  return questions_.size() < 2 ? std::set<std::string>() : questions_[questions_.size() - 2].answered_by;
}

std::string AnswerRecord::Timeline(Instant from) const {
  std::vector<std::string> changes;
  const std::vector<std::size_t> within = Within(from, Instant::max());
  for (std::size_t n = 0; n < within.size(); ++n) {
    const Question& question = questions_[within[n]];
    if (n > 0 && question.answered_by == questions_[within[n - 1]].answered_by) continue;
    const std::string hosts = question.answered_by.empty() ? "nobody" : absl::StrJoin(question.answered_by, "+");
    const double seconds = Milliseconds(question.asked - questions_[within.front()].asked) / 1000;
    changes.push_back(absl::StrFormat("%.3f %s", seconds, hosts));
  }
  return absl::StrJoin(changes, "; ");
}

}  // namespace lab
