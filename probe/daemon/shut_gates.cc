#include "probe/daemon/shut_gates.h"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/actuate/nft_gate.h"
#include "proto/value/duration.h"

namespace probe::daemon {
namespace {

using actuate::GateStanding;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kPutBackWithin(1);

std::string Listed(const std::vector<GateStanding>& gates) {
  std::vector<std::string> texts;
  for (const GateStanding& gate : gates) {
    texts.push_back(absl::StrCat(gate.key.vip.ToString(), " on ", gate.key.interface,
                                 gate.for_ms
                                     ? absl::StrCat(" (opens by itself in ", arbiter::FormatDuration(*gate.for_ms), ")")
                                     : std::string()));
  }
  return absl::StrJoin(texts, ", ");
}

}  // namespace

absl::StatusOr<std::unique_ptr<actuate::Gate>> OpenHostGate() {
  auto gate = actuate::OpenNftGate();
  if (gate.ok()) return *std::move(gate);
  if (absl::IsUnimplemented(gate.status())) return std::make_unique<actuate::AbsentGate>(gate.status());
  return gate.status();
}

absl::StatusOr<std::vector<GateStanding>> ShutGates(actuate::Gate& gate) {
  absl::StatusOr<actuate::GateState> state = gate.Dump();
  if (state.ok()) return std::move(state->standing);
  if (absl::IsUnimplemented(gate.Usable())) return std::vector<GateStanding>();
  return state.status();
}

absl::Status CheckAllKnown(const std::vector<GateStanding>& shut, const std::set<arbiter::IpAddress>& known,
                           const std::string& runtime_dir) {
  std::vector<GateStanding> strangers;
  std::copy_if(shut.begin(), shut.end(), std::back_inserter(strangers),
               [&known](const GateStanding& gate) { return !known.contains(gate.key.vip); });
  if (strangers.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("gates are shut that ", runtime_dir,
                                                    " knows nothing of: ", Listed(strangers),
                                                    ": a probe with another --runtime-dir holds them (pgrep -a "
                                                    "arbiter-probe shows it): give that one; where no probe "
                                                    "runs, arbiter-probe holds --release-all opens them"));
}

absl::Status OpenAllForGood(actuate::Gate& gate, const std::string& runtime_dir) {
  const absl::StatusOr<std::vector<GateStanding>> before = ShutGates(gate);
  if (!before.ok()) return before.status();
  if (before->empty()) return gate.OpenAll();
  const auto watch = actuate::GateWatch::Open([&gate] { return gate.Usable(); });
  if (!watch.ok()) {
    const absl::Status opened = gate.OpenAll();
    return opened.ok() ? watch.status() : opened;
  }
  if (absl::Status opened = gate.OpenAll(); !opened.ok()) return opened;
  const auto until = steady_clock::now() + kPutBackWithin;
  for (auto now = steady_clock::now(); now < until; now = steady_clock::now()) {
    pollfd ready{(*watch)->fd(), POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count())) <= 0)
      break;
    if (const auto news = (*watch)->Drain(); !news.ok()) return news.status();
    const absl::StatusOr<std::vector<GateStanding>> after = ShutGates(gate);
    if (!after.ok()) return after.status();
    if (after->empty()) continue;
    return absl::AbortedError(absl::StrCat("every gate was opened and ", Listed(*after),
                                           " shut again at once: a probe with another --runtime-dir than ", runtime_dir,
                                           " holds it (pgrep -a arbiter-probe shows it): give that one"));
  }
  return absl::OkStatus();
}

}  // namespace probe::daemon
