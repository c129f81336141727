#include "probe/daemon/commands.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/value/duration.h"

namespace probe::daemon {

Commands::~Commands() {
  for (const auto& [fd, running] : running_) loop_.Unwatch(fd);
}

absl::Status Commands::Start(const actuate::CommandSpec& spec, Instant now, Done done) {
  if (running_.size() >= kMostAtOnce) {
    return absl::ResourceExhaustedError(
        absl::StrCat("run ", spec.argv.front(), ": ", kMostAtOnce, " commands run already"));
  }
  auto command = actuate::RunningCommand::Start(spec, now);
  if (!command.ok()) return command.status();
  const int fd = (*command)->fd();
  running_[fd] = {*std::move(command), std::move(done)};
  loop_.Watch(fd, [this, fd] { Poll(fd, std::chrono::steady_clock::now()); });
  return absl::OkStatus();
}

void Commands::OnTick(Instant now) {
  ticked_ = now;
  std::vector<int> late;
  for (const auto& [fd, running] : running_) {
    if (running.command->deadline() <= now) late.push_back(fd);
  }
  for (const int fd : late) Poll(fd, now);
}

std::optional<Instant> Commands::NextDeadline() const {
  std::optional<Instant> next;
  for (const auto& [fd, running] : running_) {
    const Instant deadline = running.command->deadline();
    if (deadline <= ticked_) continue;  // its descriptor tells when it has ended
    if (!next || deadline < *next) next = deadline;
  }
  return next;
}

void Commands::Poll(int fd, Instant now) {
  const auto found = running_.find(fd);
  if (found == running_.end()) return;
  const std::optional<actuate::CommandResult> result = found->second.command->Poll(now);
  if (!result) return;
  loop_.Unwatch(fd);
  const Done done = std::move(found->second.done);
  running_.erase(found);
  if (done) return done(*result);
  const std::string output(absl::StripAsciiWhitespace(result->output));
  using arbiter::process::LogLevel;
  log_.Write(result->status.ok() ? LogLevel::kInfo : LogLevel::kWarning, "command",
             {{"took", arbiter::FormatDuration(result->took)},
              {"error", std::string(result->status.message())},
              {"said", output}});
}

}  // namespace probe::daemon
