#include "probe/daemon/questions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::daemon {

namespace {

// Somebody is reached: what the others say decides nothing any more, and a dead one among them must not cost time. A
// host that lives answers within a millisecond or two of the first.
constexpr std::chrono::milliseconds kGraceAfterAnAnswer(3);

}  // namespace

Questions::~Questions() {
  for (const Line& line : lines_) loop_.Unwatch(line.prober.fd());
}

absl::Status Questions::Ask(const actuate::ReachQuestion& question, Instant now, std::chrono::nanoseconds within,
                            Done done) {
  auto line = std::find_if(lines_.begin(), lines_.end(), [](const Line& each) { return !each.done; });
  if (line == lines_.end()) {
    if (absl::Status status = OpenLine(); !status.ok()) return status;
    line = std::prev(lines_.end());
  }
  if (absl::Status status = line->prober.Start(question, now); !status.ok()) {
    line->prober.Finish();
    return status;
  }
  line->done = std::move(done);
  line->again_at = now + within / 2;
  line->deadline = now + within;
  return absl::OkStatus();
}

absl::Status Questions::OpenLine() {
  if (lines_.size() >= kMostAtOnce) {
    return absl::ResourceExhaustedError(absl::StrCat("ask on the segment: ", kMostAtOnce, " questions are out"));
  }
  auto prober = actuate::ReachProber::Open();
  if (!prober.ok()) return prober.status();
  Line& line = lines_.emplace_back(*std::move(prober));
  loop_.Watch(line.prober.fd(), [this, &line] { Drain(line); });
  return absl::OkStatus();
}

void Questions::Drain(Line& line) {
  const Instant now = std::chrono::steady_clock::now();
  const auto answers = line.prober.Drain(now);
  if (!line.done) return;
  if (!answers.ok() || line.prober.tally().complete()) return Finish(line);
  if (!answers->empty()) line.deadline = std::min(line.deadline, now + kGraceAfterAnAnswer);
}

void Questions::Finish(Line& line) {
  line.prober.Finish();
  line.again_at.reset();
  const Done done = std::exchange(line.done, nullptr);
  done(line.prober.tally());
}

void Questions::OnTick(Instant now) {
  for (Line& line : lines_) {
    if (!line.done) continue;
    if (line.again_at && now >= *line.again_at) {
      line.again_at.reset();
      (void)line.prober.AskAgain();  // those that were reached have been heard; the deadline tells of the others
    }
    if (now >= line.deadline) Finish(line);
  }
}

std::optional<Instant> Questions::NextDeadline() const {
  std::optional<Instant> next;
  for (const Line& line : lines_) {
    if (!line.done) continue;
    const Instant at = std::min(line.again_at.value_or(line.deadline), line.deadline);
    if (!next || at < *next) next = at;
  }
  return next;
}

}  // namespace probe::daemon
