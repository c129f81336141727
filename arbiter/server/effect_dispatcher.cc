#include "arbiter/server/effect_dispatcher.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "arbiter/core/matter.h"
#include "arbiter/wire/arbiter_message.h"
#include "proto/value/duration.h"

namespace arbiter::server {
namespace {

// A writer's ticket is an engine's ticket with the engine's generation above it.
constexpr unsigned kTicketBits = 48;
constexpr std::uint64_t kTicketMask = (std::uint64_t{1} << kTicketBits) - 1;

std::string FenceText(const core::Fence& fence) { return absl::StrCat(fence.term, ".", fence.sequence); }

// Why a directive was given, for its line in the log.
struct ReasonOf {
  std::string operator()(const core::ShutForAWhile& action) const {
    return absl::StrCat("contested; for ", FormatDuration(action.duration));
  }
  std::string operator()(const core::OrderHold& action) const { return action.reason; }
  std::string operator()(const core::StartTrial& action) const {
    return action.adverts ? absl::StrCat("adverts out for ", FormatDuration(action.adverts_for)) : "";
  }
  std::string operator()(const core::EndTrial&) const { return ""; }
  std::string operator()(const core::Release& action) const { return action.reason; }
  std::string operator()(const core::Announce&) const { return "it is the survivor"; }
};

std::string SurvivorOf(const core::Action& action) {
  const auto* hold = std::get_if<core::OrderHold>(&action);
  return hold == nullptr ? std::string() : hold->survivor;
}

// It makes the node give something up.
bool Takes(const core::Action& action) {
  return std::holds_alternative<core::ShutForAWhile>(action) || std::holds_alternative<core::OrderHold>(action) ||
         std::holds_alternative<core::StartTrial>(action);
}

process::LogLevel LevelOf(core::Note::Severity severity) {
  switch (severity) {
    case core::Note::Severity::kInfo:
      return process::LogLevel::kInfo;
    case core::Note::Severity::kWarning:
      return process::LogLevel::kWarning;
    case core::Note::Severity::kError:
      return process::LogLevel::kError;
  }
  return process::LogLevel::kError;
}

absl::string_view RungName(core::RungKind kind) {
  switch (kind) {
    case core::RungKind::kGate:
      return "gate";
    case core::RungKind::kTrackFile:
      return "track_file";
    case core::RungKind::kRemoveAddress:
      return "remove_address";
    case core::RungKind::kStopDaemon:
      return "stop_daemon";
    case core::RungKind::kExec:
      return "exec";
  }
  return "";
}

// "gate 0.3ms, track_file failed: ..."
std::string RungsText(const std::vector<core::RungResult>& rungs) {
  return absl::StrJoin(rungs, ", ", [](std::string* out, const core::RungResult& rung) {
    absl::StrAppend(out, RungName(rung.kind), " ",
                    rung.worked ? FormatDuration(rung.took) : absl::StrCat("failed: ", rung.detail));
  });
}

}  // namespace

class EffectDispatcher::Visitor {
 public:
  Visitor(EffectDispatcher* dispatcher, core::Instant now) : d_(dispatcher), now_(now) {}

  void operator()(const core::AskAffirm& ask) const {
    if (ProbeLink* link = d_->parts_.registry->Find(ask.to)) {
      d_->questions_.Asked(ask.nonce, ask.to, now_);
      link->SendAsk(ask);
    }
  }
  void operator()(const core::SendDirective& send) const { d_->Send(send.directive, now_); }
  void operator()(const core::Persist& persist) const {
    const std::uint64_t ticket = persist.ticket == 0 ? 0 : d_->generation_ << kTicketBits | persist.ticket;
    d_->parts_.writer->WriteIncident(persist.incident, ticket);
  }
  void operator()(const core::PersistMode& persist) const { d_->parts_.writer->WriteMode(persist.record); }
  void operator()(const core::TellKnownVips& tell) const { d_->known_vips_.Changed(tell.cluster); }
  void operator()(const core::OperatorAnswer& answer) const { d_->parts_.answer(answer); }
  void operator()(const core::Note& note) const { d_->Note(note); }

 private:
  EffectDispatcher* d_;
  core::Instant now_;
};

void EffectDispatcher::Dispatch(const std::vector<core::Effect>& effects, core::Instant now) {
  for (const core::Effect& effect : effects) {
    std::visit(Visitor(this, now), effect);
  }
}

std::optional<std::uint64_t> EffectDispatcher::TicketOf(std::uint64_t writer_ticket) const {
  if (writer_ticket >> kTicketBits != generation_) {
    return std::nullopt;
  }
  return writer_ticket & kTicketMask;
}

void EffectDispatcher::Send(const core::Directive& directive, core::Instant now) {
  const absl::string_view kind = model::ActionName(directive.action);
  ProbeLink* link = parts_.registry->Find(directive.to);
  if (link == nullptr) {
    parts_.metrics->Directive(kind, "undeliverable");
    parts_.log->Debug("undeliverable", {{"directive", std::string(kind)},
                                        {"cluster", directive.to.cluster},
                                        {"node", directive.to.node},
                                        {"vip", core::NamesOf(directive.vips)}});
    return;
  }
  if (!MaySend(directive, now)) {
    Refuse(directive);
    return;
  }
  const std::string vip = core::NamesOf(directive.vips);
  store::AuditEntry entry;
  entry.at = absl::Now();
  entry.who = "arbiter";
  entry.what = absl::StrCat("directive ", kind);
  entry.cluster = directive.to.cluster;
  entry.node = directive.to.node;
  entry.vip = vip;
  entry.incident = directive.incident;
  entry.term = directive.fence.term;
  entry.sequence = directive.fence.sequence;
  parts_.writer->Audit(std::move(entry));
  parts_.ledger->Sent(directive, now);
  link->SendDirective(directive);
  parts_.log->Info("directive", {{"do", std::string(kind)},
                                 {"cluster", directive.to.cluster},
                                 {"node", directive.to.node},
                                 {"vip", vip},
                                 {"survivor", SurvivorOf(directive.action)},
                                 {"incident", directive.incident},
                                 {"fence", FenceText(directive.fence)},
                                 {"reason", std::visit(ReasonOf(), directive.action)}});
}

bool EffectDispatcher::MaySend(const core::Directive& directive, core::Instant now) {
  if (!Takes(directive.action)) {
    return true;
  }
  const double most = limits_.directives_a_minute;
  constexpr double kMinute = 60;
  return buckets_.try_emplace(directive.to, Rate{most / kMinute, most}).first->second.Take(now);
}

// The engine is told that it failed, and goes by its own rules for that.
void EffectDispatcher::Refuse(const core::Directive& directive) {
  const std::string why = absl::StrCat("not sent: more than ", limits_.directives_a_minute, " directives a minute");
  parts_.metrics->Directive(model::ActionName(directive.action), "limited");
  parts_.log->Warning("limited", {{"directive", std::string(model::ActionName(directive.action))},
                                  {"cluster", directive.to.cluster},
                                  {"node", directive.to.node},
                                  {"vip", core::NamesOf(directive.vips)},
                                  {"reason", why}});
  core::DirectiveDone done;
  done.node = directive.to;
  done.result.vips = directive.vips;
  done.result.fence = directive.fence;
  done.result.outcome = core::Outcome::kFailed;
  done.result.detail = why;
  parts_.post(std::move(done));
}

void EffectDispatcher::OnResult(const core::DirectiveDone& done, core::Instant now) {
  const std::optional<SentDirective> sent = parts_.ledger->Answer(done.result.fence, done.node);
  const std::string kind = sent.has_value() ? sent->kind : "unknown";
  const absl::string_view outcome = model::OutcomeName(done.result.outcome);
  const bool first = sent.has_value() && !sent->answered;
  const core::Duration took = first ? now - sent->at : core::Duration::zero();
  parts_.metrics->Directive(kind, outcome);
  if (first) {
    parts_.metrics->DirectiveTook(kind, took);
  }
  const process::LogLevel level =
      done.result.outcome == core::Outcome::kFailed ? process::LogLevel::kWarning : process::LogLevel::kInfo;
  parts_.log->Write(level, "result",
                    {{"of", kind},
                     {"outcome", std::string(outcome)},
                     {"cluster", done.node.cluster},
                     {"node", done.node.node},
                     {"vip", core::NamesOf(done.result.vips)},
                     {"incident", sent.has_value() ? sent->incident : core::IncidentId()},
                     {"fence", FenceText(done.result.fence)},
                     {"took", first ? FormatDuration(took) : std::string()},
                     {"rungs", RungsText(done.result.rungs)},
                     {"detail", done.result.detail}});
}

void EffectDispatcher::OnAffirmed(const core::Affirmed& affirmed, core::Instant now) {
  const std::optional<core::Duration> took = questions_.Answered(affirmed.nonce, affirmed.node, now);
  if (!took.has_value()) return;
  parts_.metrics->AffirmationTook(*took);
  parts_.log->Debug("affirmed", {{"cluster", affirmed.node.cluster},
                                 {"node", affirmed.node.node},
                                 {"vips", absl::StrCat(affirmed.vips.size())},
                                 {"took", FormatDuration(*took)}});
}

void EffectDispatcher::Flush(core::Instant now) {
  for (const std::string& cluster : known_vips_.Take(now)) {
    const std::vector<IpAddress> vips = parts_.known_vips(cluster);
    const std::vector<ProbeLink*> links = parts_.registry->InCluster(cluster);
    for (ProbeLink* link : links) {
      link->SendKnownVips(vips);
    }
    known_vips_.Told(cluster, now, links.size(), vips.size());
  }
}

void EffectDispatcher::Note(const core::Note& note) {
  parts_.metrics->Event(note.kind);
  parts_.events->Append(note, absl::Now());
  parts_.log->Write(LevelOf(note.severity), note.kind,
                    {{"cluster", note.cluster},
                     {"node", note.node},
                     {"vip", note.vip.has_value() ? note.vip->ToString() : std::string()},
                     {"incident", note.incident},
                     {"text", note.text}});
}

}  // namespace arbiter::server
