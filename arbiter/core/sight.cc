#include "arbiter/core/sight.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/split.h"

namespace arbiter::core {
namespace {

bool Contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// An address is the node's voice where no other node that knows one of the VIPs calls it its own as well.
bool IsItsAddress(const Cases& about, const Node& node, const IpAddress& address) {
  if (!node.own_addresses.contains(address)) return false;
  return std::none_of(about.begin(), about.end(), [&](const Case* c) {
    return std::any_of(c->words.begin(), c->words.end(), [&](const Word& word) {
      return word.node != &node && word.node->fresh && word.node->own_addresses.contains(address);
    });
  });
}

// An advert of the node, whatever is wrong with it, or its claim by ARP or neighbour discovery.
bool IsItsVoice(const Cases& about, const Node& node, const HeardRouter& heard) {
  if (!heard.on_wire && !heard.delivered) return false;
  if (heard.version == 0 && !heard.mac.empty()) return Contains(node.report.macs, heard.mac);
  return IsItsAddress(about, node, heard.source);
}

// Some other fresh node has it on its wire.
bool IsHeard(const Cases& about, const Node& node) {
  return std::any_of(about.begin(), about.end(), [&](const Case* c) {
    return std::any_of(c->words.begin(), c->words.end(), [&](const Word& word) {
      return word.node != &node && word.node->fresh &&
             std::any_of(word.report.heard.begin(), word.report.heard.end(),
                         [&](const HeardRouter& heard) { return IsItsVoice(about, node, heard); });
    });
  });
}

// The one that answered reaches the segment, has asked it who else answers for the VIPs, and nobody does.
bool HasLookedInVain(const Answer& answer) {
  const bool reaches = answer.reach.has_value() && answer.reach->answered > 0;
  return reaches && answer.answered.empty() && !answer.unanswered.empty();
}

std::string WhoIsUnseen(const Cases& about, const std::vector<Candidate>& order) {
  std::vector<std::string> claimants;
  std::vector<std::string> unseen;
  for (const Candidate& candidate : order) {
    claimants.push_back(candidate.node);
    if (candidate.unseen) unseen.push_back(candidate.node);
  }
  return absl::StrCat("nobody is demoted: ", absl::StrJoin(claimants, " and "), " say that they hold ", NamesOf(about),
                      ", and the others reach the segment and see nothing of ", absl::StrJoin(unseen, ", nor of "),
                      " there (no adverts, no answer for the VIP): either what ",
                      unseen.size() == 1 ? "its probe says" : "a probe says",
                      " is not true, or the segment is in parts that do not see each other. Look at the probe and the "
                      "host of ",
                      absl::StrJoin(unseen, " and "), ", and at the switches between the nodes");
}

}  // namespace

bool IsUnseen(const Context& ctx, const Cases& about, const std::map<std::string, Answer>& answers,
              const std::string& name) {
  const Node* node = ctx.world.FindNode(about.front()->key.cluster, name);
  if (node == nullptr) return false;
  bool any = false;
  for (const auto& [other, answer] : answers) {
    if (other == name || answer.claims.empty()) continue;
    if (!HasLookedInVain(answer)) return false;
    any = true;
  }
  return any && !IsHeard(about, *node);
}

void RecordUnseen(Context& ctx, Matter& matter, const Cases& about, const std::vector<Candidate>& order) {
  const std::string why = WhoIsUnseen(about, order);
  const bool first = matter.incident == nullptr;
  if (!first && matter.incident->record.note == why) return;
  if (first) {
    IncidentRecord& record = OpenIncidentFor(ctx, matter, about, matter.contest->opened).record;
    record.enforced = ctx.world.ModeOf(matter.cluster) == Mode::kEnforce;
    AddToTimeline(record, matter.contest->opened,
                  absl::StrCat("a second node said that it answers for ", NamesOf(about)));
    RefineCauses(ctx, matter);
  }
  matter.incident->record.note = why;
  Tell(ctx, matter, Note::Severity::kError, "unseen", why);
  Write(ctx, matter);
}

}  // namespace arbiter::core
