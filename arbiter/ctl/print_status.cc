#include "arbiter/ctl/print_status.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/ctl/fold.h"
#include "arbiter/ctl/print_vip.h"
#include "arbiter/ctl/table.h"
#include "arbiter/ctl/words.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

std::string Warning(absl::string_view indent, absl::string_view text, const Look& look) {
  return absl::StrCat(indent, Painted(absl::StrCat("warning: ", Printable(text)), Paint::kWarning, look.colour), "\n");
}

std::string ModeText(const v1::ClusterStatus& cluster, const Look& look) {
  std::string text = Word(cluster.mode());
  if (cluster.has_mode_for()) absl::StrAppend(&text, " for another ", Age(cluster.mode_for()));
  return Painted(text, cluster.mode() == v1::MODE_ENFORCE ? Paint::kPlain : Paint::kWarning, look.colour);
}

std::string NodeCount(const v1::ClusterStatus& cluster) {
  const auto connected = std::count_if(cluster.nodes().begin(), cluster.nodes().end(), [](const v1::NodeStatus& node) {
    return node.state() == v1::NODE_STATE_CONNECTED;
  });
  if (connected == cluster.nodes_size()) return absl::StrCat(Count(connected, "node", "nodes"), " connected");
  return absl::StrCat(connected, " of ", Count(cluster.nodes_size(), "node", "nodes"), " connected");
}

// "3 VIPs: 2 held, 1 split".
std::string VipCount(const v1::ClusterStatus& cluster) {
  std::map<v1::VipState, int> states;
  for (const v1::VipStatus& vip : cluster.vips()) ++states[vip.state()];
  std::vector<std::string> parts;
  for (const auto& [state, number] : states) {
    parts.push_back(absl::StrCat(number, " ", absl::AsciiStrToLower(Word(state))));
  }
  return absl::StrCat(Count(cluster.vips_size(), "VIP", "VIPs"), parts.empty() ? "" : ": ", absl::StrJoin(parts, ", "));
}

std::string MissingNodes(const v1::ClusterStatus& cluster, const Look& look) {
  std::string out;
  for (const v1::NodeStatus& node : cluster.nodes()) {
    if (node.state() == v1::NODE_STATE_CONNECTED) continue;
    const std::string heard =
        node.has_last_report_age() ? absl::StrCat(", last heard ", Age(node.last_report_age()), " ago") : "";
    const std::string text = absl::StrCat("node ", Printable(node.id()), ": ", Word(node.state()), heard);
    absl::StrAppend(&out, "  ", Painted(text, PaintOf(node.state()), look.colour), "\n");
  }
  return out;
}

// Those that need somebody first; otherwise in the arbiter's order.
std::vector<FoldedVips> InOrder(const v1::ClusterStatus& cluster, const Look& look) {
  std::vector<FoldedVips> vips = Fold(cluster.vips(), !look.wide);
  const auto urgency = [](const v1::VipStatus& vip) {
    if (vip.state() == v1::VIP_STATE_FOREIGN) return 3;
    if (vip.state() == v1::VIP_STATE_HELD) return vip.no_standby() ? 1 : 2;
    return 0;
  };
  std::stable_sort(vips.begin(), vips.end(),
                   [&urgency](const FoldedVips& a, const FoldedVips& b) { return urgency(a.vip) < urgency(b.vip); });
  return vips;
}

std::string ClusterText(const v1::ClusterStatus& cluster, bool name_cluster, const Look& look) {
  std::string out =
      absl::StrCat(Painted(absl::StrCat("cluster ", Printable(cluster.name())), Paint::kBold, look.colour), "  ",
                   ModeText(cluster, look), "  ", NodeCount(cluster), "  ", VipCount(cluster), "\n");
  for (const std::string& warning : cluster.warnings()) out += Warning("  ", warning, look);
  out += MissingNodes(cluster, look);
  if (cluster.vips().empty()) return absl::StrCat(out, "  no VIP is known yet\n");
  Table table(VipHeader(look));
  for (const FoldedVips& vips : InOrder(cluster, look)) AddVips(cluster, vips, name_cluster, look, &table);
  out += table.Render("  ", look.colour);
  if (look.wide) absl::StrAppend(&out, "  changes of hands that were no split: ", cluster.healthy_contests(), "\n");
  return out;
}

}  // namespace

std::string StatusText(const v1::GetStatusResponse& status, const Look& look) {
  const v1::ArbiterStatus& arbiter = status.arbiter();
  std::string out = absl::StrCat("arbiter ", Printable(arbiter.id()), "  version ", Printable(arbiter.version()),
                                 "  term ", arbiter.term(), "  up ", Age(arbiter.uptime()), "\n");
  for (const std::string& warning : arbiter.warnings()) out += Warning("", warning, look);
  if (status.clusters().empty()) {
    out += "\nno node has attached yet: start arbiter-probe on the nodes, with --arbiter naming this host\n";
  }
  for (const v1::ClusterStatus& cluster : status.clusters()) {
    absl::StrAppend(&out, "\n", ClusterText(cluster, status.clusters_size() > 1, look));
  }
  return out;
}

}  // namespace arbiter::ctl
