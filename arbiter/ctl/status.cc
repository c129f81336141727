// arbctl status
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/print_status.h"
#include "arbiter/ctl/screen.h"
#include "arbiter/ctl/version.h"
#include "proto/value/duration.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Each VIP has a row: its state, since when, who holds it, with which priority and VRID, on which interface, and whether
the holder sends VRRP adverts. Under it stand the nodes that are held back, why it split, and what to do next.

States
  HELD        one node answers for the VIP
  CONTESTED   two do, for a moment yet
  SPLIT       two do, and it lasts
  HEALING     a node was told to give it up
  GUARDED     one node answers, at least one is held back
  UNHELD      nobody answers
  UNKNOWN     a node that may answer for it has gone silent

Examples
  arbctl status
  arbctl status --cluster prod -o wide
  arbctl status --watch --interval 500ms
  arbctl status -o json | jq '.clusters[].vips[] | select(.state != "VIP_STATE_HELD")')";

struct Flags {
  bool watch = false;
  std::string interval = "1s";
};

absl::StatusOr<v1::GetStatusResponse> Get(const Session& session) {
  v1::GetStatusRequest request;
  request.set_cluster(session.options.cluster);
  return session.arbiter.Ask(request);
}

std::string Render(const v1::GetStatusResponse& status, const Session& session, JsonLayout layout) {
  if (session.options.format == Format::kJson) return ToJson(status, layout);
  std::string text = StatusText(status, {session.options.format == Format::kWide, session.console.colour});
  if (status.arbiter().version() != kVersion) {
    absl::StrAppend(&text, "\nthis arbctl is version ", kVersion, ": it may not show all that the arbiter says\n");
  }
  return text;
}

absl::StatusOr<int> Watch(const Session& session, std::chrono::nanoseconds interval) {
  const Console& console = session.console;
  std::optional<FullScreen> screen;
  if (console.redraws && session.options.format != Format::kJson) screen.emplace(console);
  do {
    const absl::StatusOr<v1::GetStatusResponse> status = Get(session);
    if (!status.ok() && !absl::IsUnavailable(status.status())) return status.status();
    if (screen.has_value()) {
      screen->Show(status.ok() ? Render(*status, session, JsonLayout::kLine)
                               : absl::StrCat(status.status().message(), "\ntrying again\n"));
    } else if (status.ok()) {
      console.out << Render(*status, session, JsonLayout::kLine)
                  << (session.options.format == Format::kJson ? "" : "\n") << std::flush;
    } else {
      console.err << "arbctl: " << status.status().message() << std::endl;
    }
  } while (console.wait(interval));
  return kDone;
}

absl::StatusOr<int> Status(const Session& session, const Flags& flags) {
  if (flags.watch) {
    const auto interval = ParseDuration(flags.interval);
    if (!interval.ok() || *interval < std::chrono::milliseconds(100)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--interval ", flags.interval, ": write 500ms or 2s, at least 100ms"));
    }
    return Watch(session, *interval);
  }
  const absl::StatusOr<v1::GetStatusResponse> status = Get(session);
  if (!status.ok()) return status.status();
  session.console.out << Render(*status, session, JsonLayout::kDocument);
  return kDone;
}

}  // namespace

void AddStatus(CLI::App* root, Choice* choice) {
  const auto flags = std::make_shared<Flags>();
  Command(root, "status", "Show each VIP: its state, who holds it, what to do next", kFooter)
      .Flag("-w,--watch", &flags->watch, "Look again and again, redrawing in place on a terminal")
      .Text("--interval", &flags->interval, "Between two looks of --watch (default 1s)", "DURATION")
      .Then([flags, choice] { choice->action = [flags](const Session& s) { return Status(s, *flags); }; });
}

}  // namespace arbiter::ctl
