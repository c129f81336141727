// All that the core wants done. The shell carries effects out in the order given.
#ifndef ARBITER_CORE_EFFECT_H_
#define ARBITER_CORE_EFFECT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "arbiter/core/event.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// Ask a node to affirm; its answer is of no use after `within`.
struct AskAffirm {
  NodeKey to;
  std::uint64_t nonce = 0;
  std::vector<IpAddress> vips;
  Duration within{};
  std::vector<IpAddress> node_addresses;  // the cluster's own addresses: no reference hosts
  bool gate_may_follow = false;           // a gate may have to shut on the answers
  bool ask_segment = false;               // and whether any other host answers for each of the VIPs
  bool in_contest = false;                // a gate waits for the answer: of a few of them is enough
};

// A directive with its addressee; the incident is empty for what needs none.
struct Directive : model::Directive {
  NodeKey to;
};

// Send it; the shell writes an audit entry for each.
struct SendDirective {
  Directive directive;
};

// Write the incident as it is now (holds and timeline included). With ticket != 0, answer with Persisted.
struct Persist {
  std::uint64_t ticket = 0;
  IncidentRecord incident;
};

// Write that an operator set a mode.
struct PersistMode {
  ModeRecord record;
};

// The cluster's VIPs changed (Engine::KnownVips has them): every probe of it must know them.
struct TellKnownVips {
  std::string cluster;
};

enum class Code : std::uint8_t { kOk, kNotFound, kFailedPrecondition, kInvalidArgument };

// The answer to an operator's request.
struct OperatorAnswer {
  std::uint64_t request = 0;
  Code code = Code::kOk;
  std::string message;   // what, where and how to mend it, unless kOk
  IncidentId incident;   // of a demotion
  std::string survivor;  // of a demotion
  std::vector<std::string> clusters;
  bool known = true;  // of a node to forget: it had attached
};

// Something an operator may want to read: the log, the live stream of events, the audit.
struct Note {
  enum class Severity : std::uint8_t { kInfo, kWarning, kError };
  Severity severity = Severity::kInfo;
  std::string cluster;
  std::optional<IpAddress> vip;  // of several, the first
  std::string node;
  IncidentId incident;
  std::string
      kind;  // "contest", "split", "shut", "hold", "healed", "released", "trial", "node", "mode", "refused", ...
  std::string text;
};

using Effect = std::variant<AskAffirm, SendDirective, Persist, PersistMode, TellKnownVips, OperatorAnswer, Note>;

}  // namespace arbiter::core

#endif  // ARBITER_CORE_EFFECT_H_
