// arbctl events
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/words.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(One line an event, oldest first; with -o json one document a line. Events are kept in memory: those of an earlier life of
the arbiter stand in `arbctl incidents` and in its log.

Examples
  arbctl events
  arbctl events --follow --cluster prod
  arbctl events --follow -o json | jq -r 'select(.kind == "split") | .text')";

struct Flags {
  bool follow = false;
  std::uint32_t backlog = 50;
};

// "2025-10-09 08:53:20.123  prod  192.168.1.212  split  a and b hold it".
std::string EventText(const v1::Event& event, absl::TimeZone zone) {
  std::string text = absl::StrFormat("%s.%03d", Moment(event.at(), zone), event.at().nanos() / 1'000'000);
  for (const std::string& part : {event.cluster(), event.vip(), event.node(), event.incident()}) {
    if (!part.empty()) absl::StrAppend(&text, "  ", Printable(part));
  }
  absl::StrAppend(&text, "  ", Printable(event.kind()), ": ", Printable(event.text()), "\n");
  return text;
}

absl::StatusOr<int> Events(const Session& session, const Flags& flags) {
  v1::WatchEventsRequest request;
  request.set_cluster(session.options.cluster);
  request.set_backlog(flags.backlog);
  request.set_follow(flags.follow);
  const absl::Status status = session.arbiter.Watch(request, [&](const v1::Event& event) {
    session.console.out << (session.options.format == Format::kJson ? ToJson(event, JsonLayout::kLine)
                                                                    : EventText(event, session.console.zone));
    session.console.out.flush();
    return session.console.out.good();
  });
  if (!status.ok()) return status;
  return kDone;
}

}  // namespace

void AddEvents(CLI::App* root, Choice* choice) {
  const auto flags = std::make_shared<Flags>();
  Command(root, "events", "Show what the arbiter saw and did, as it happens with --follow", kFooter)
      .Flag("-f,--follow", &flags->follow, "Go on with what happens next")
      .Number("-n,--backlog", &flags->backlog, "Begin with this many past events (default 50)")
      .Then([flags, choice] { choice->action = [flags](const Session& s) { return Events(s, *flags); }; });
}

}  // namespace arbiter::ctl
