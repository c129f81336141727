// What a witness of answers saw: questions in the order of their asking, each with the hosts that answered it. Pure.
#ifndef TESTS_LAB_ANSWER_RECORD_H_
#define TESTS_LAB_ANSWER_RECORD_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/lab/instant.h"

namespace lab {

// A question stands for the time until the next one; the last one, whose time is not over, does not count.
// Times are those of asking, so every figure is exact to one interval between questions.
class AnswerRecord {
 public:
  void Ask(Instant at) { questions_.push_back({at, {}}); }
  // An answer to the question asked last; nothing before the first question.
  void Answer(const std::string& host);

  // How long two hosts or more answered, within [from, to).
  [[nodiscard]] Duration BothAnswered(Instant from, Instant to = Instant::max()) const;
  // The longest time in which nobody answered, or `host` did not.
  [[nodiscard]] Duration LongestSilence(Instant from, Instant to = Instant::max()) const;
  [[nodiscard]] Duration LongestSilenceOf(const std::string& host, Instant from, Instant to = Instant::max()) const;

  // The first question asked at or after `from` that it answered, and the last one of all.
  [[nodiscard]] std::optional<Instant> FirstAnswer(const std::string& host, Instant from = {}) const;
  [[nodiscard]] std::optional<Instant> LastAnswer(const std::string& host) const;
  // The first question that two hosts answered.
  [[nodiscard]] std::optional<Instant> FirstBothAnswered(Instant from = {}) const;

  // Who answered the last question that counts.
  [[nodiscard]] std::set<std::string> Latest() const;

  [[nodiscard]] std::size_t questions() const { return questions_.size(); }

  // The changes, for a message: "0.000 a; 3.612 a+b; 3.660 a" in seconds since the first question at or after `from`.
  [[nodiscard]] std::string Timeline(Instant from = {}) const;

 private:
  struct Question {
    Instant asked;
    std::set<std::string> answered_by;
  };

  // The counted questions asked within [from, to).
  [[nodiscard]] std::vector<std::size_t> Within(Instant from, Instant to) const;
  // The longest run of those that are not `answered`.
  template <typename Answered>
  [[nodiscard]] Duration LongestRunWithout(const std::vector<std::size_t>& within, Answered answered) const;

  std::vector<Question> questions_;
};

}  // namespace lab

#endif  // TESTS_LAB_ANSWER_RECORD_H_
