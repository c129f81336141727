// arbctl mode observe|enforce
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/paint.h"
#include "proto/value/duration.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(observe: everything is seen and recorded, and nobody is told to give anything up. enforce: splits are healed. With --for the
mode goes back by itself to what it was; without, it stays. Both go on over a restart of the arbiter. Without --cluster it
is the mode of all clusters, also of those that are still to come. Holds that stand are not ended by it.

Examples
  arbctl mode observe --cluster prod --for 30m       while the network is rebuilt
  arbctl mode enforce
  arbctl status                                      shows the mode of each cluster)";

struct Flags {
  std::string mode;
  std::string for_time;
};

absl::StatusOr<int> SetMode(const Session& session, const Flags& flags) {
  v1::SetModeRequest request;
  request.set_cluster(session.options.cluster);
  request.set_mode(flags.mode == "observe" ? v1::MODE_OBSERVE : v1::MODE_ENFORCE);
  if (!flags.for_time.empty()) {
    const auto time = ParseDuration(flags.for_time);
    if (!time.ok()) return absl::InvalidArgumentError(absl::StrCat("--for: ", time.status().message()));
    if (time->count() == 0) return absl::InvalidArgumentError("--for 0: leave it out for a mode that stays");
    google::protobuf::Duration& out = *request.mutable_for_();
    out.set_seconds(time->count() / 1'000'000'000);
    out.set_nanos(static_cast<std::int32_t>(time->count() % 1'000'000'000));
  }
  const auto answer = session.arbiter.Ask(request);
  if (!answer.ok()) return answer.status();
  if (session.options.format == Format::kJson) {
    session.console.out << ToJson(*answer);
    return kDone;
  }
  const std::string where = answer->clusters().empty() ? "every cluster" : absl::StrJoin(answer->clusters(), ", ");
  const std::string time = flags.for_time.empty() ? "" : absl::StrCat(" for ", flags.for_time);
  session.console.out << absl::StrCat(Printable(where), ": ", flags.mode, time, "\n");
  return kDone;
}

}  // namespace

void AddMode(CLI::App* root, Choice* choice) {
  const auto flags = std::make_shared<Flags>();
  Command(root, "mode", "Have the arbiter act (enforce) or only look (observe)", kFooter)
      .Operand("MODE", &flags->mode, "observe or enforce", {"observe", "enforce"})
      .Text("--for", &flags->for_time, "Go back by itself after this time", "DURATION")
      .Then([flags, choice] { choice->action = [flags](const Session& s) { return SetMode(s, *flags); }; });
}

}  // namespace arbiter::ctl
