#include "arbiter/ctl/candidates.h"

#include <CLI/CLI.hpp>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/fold.h"
#include "arbiter/ctl/paint.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

using Words = std::vector<std::string>;

Words List(const std::set<std::string>& words) { return {words.begin(), words.end()}; }

Words Commands(const CLI::App& root) {
  Words out;
  for (const CLI::App* command : CommandsOf(root)) {
    out.push_back(absl::StrCat(command->get_name(), "\t", command->get_description()));
  }
  return out;
}

Words Options(const CLI::App& root, const std::string& command) {
  Words out = OptionNamesOf(root);
  const CLI::App* app = FindCommand(root, command);
  if (app == nullptr) return out;
  Words own = OptionNamesOf(*app);
  own.insert(own.end(), out.begin(), out.end());
  const std::set<std::string> unique(own.begin(), own.end());
  return List(unique);
}

Words Clusters(const Known& known) {
  std::set<std::string> out;
  const v1::GetStatusResponse status = known.status();
  for (const v1::ClusterStatus& cluster : status.clusters()) out.insert(Printable(cluster.name()));
  return List(out);
}

// Where demote makes sense: a holder of a VIP. Where release does: a node that is held back.
struct NodeAndVip {
  std::string node;
  std::string vip;
};

std::vector<NodeAndVip> Targets(const std::string& command, const v1::GetStatusResponse& status) {
  std::vector<NodeAndVip> out;
  for (const v1::ClusterStatus& cluster : status.clusters()) {
    for (const v1::VipStatus& vip : cluster.vips()) {
      if (command == "demote") {
        for (const v1::HolderStatus& holder : vip.holders()) out.push_back({holder.node(), vip.address()});
      } else {
        for (const v1::HeldBackStatus& held : vip.held_back()) out.push_back({held.node(), vip.address()});
      }
    }
  }
  return out;
}

Words TargetWords(const WordsSoFar& words, const Known& known) {
  std::set<std::string> out;
  if (words.operands.size() > 1) return {};
  for (const NodeAndVip& target : Targets(words.command, known.status())) {
    if (words.operands.empty()) {
      out.insert(Printable(target.node));
    } else if (target.node == words.operands[0]) {
      out.insert(Printable(target.vip));
    }
  }
  return List(out);
}

// Those that could be retired: their probes are not connected.
Words AwayNodes(const Known& known) {
  std::set<std::string> out;
  const v1::GetStatusResponse status = known.status();
  for (const v1::ClusterStatus& cluster : status.clusters()) {
    for (const v1::NodeStatus& node : cluster.nodes()) {
      if (node.state() != v1::NODE_STATE_CONNECTED) out.insert(Printable(node.id()));
    }
  }
  return List(out);
}

Words Incidents(const Known& known) {
  Words out;
  const v1::ListIncidentsResponse incidents = known.incidents();
  for (const v1::Incident& incident : incidents.incidents()) {
    out.push_back(
        absl::StrCat(Printable(incident.id()), "\t", NamesOf(incident), " in ", Printable(incident.cluster())));
  }
  return out;
}

Words Values(const std::string& option, const Known& known) {
  if (option == "output") return {"table", "wide", "json"};
  if (option == "cluster") return Clusters(known);
  return {};
}

}  // namespace

Words Candidates(const CLI::App& root, const WordsSoFar& words, bool dash, const Known& known) {
  if (!words.open_option.empty()) return Values(words.open_option, known);
  if (dash) return Options(root, words.command);
  if (words.command.empty()) return Commands(root);
  if (words.command == "demote" || words.command == "release") return TargetWords(words, known);
  if (!words.operands.empty()) return {};
  if (words.command == "incident") return Incidents(known);
  if (words.command == "forget") return AwayNodes(known);
  if (words.command == "mode") return {"observe", "enforce"};
  if (words.command == "completion") return {"bash", "zsh", "fish"};
  return {};
}

}  // namespace arbiter::ctl
