#include "arbiter/ctl/verdict.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/ctl/fold.h"
#include "arbiter/ctl/paint.h"
#include "arbiter/ctl/words.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

constexpr std::size_t kNamedFindings = 5;

struct Finding {
  int code = kCheckOk;
  std::string text;
};

struct Figures {
  int nodes = 0;
  int connected = 0;
  int vips = 0;
  int held = 0;
  int split = 0;
  int held_back = 0;
  int observing = 0;
};

int CodeOf(const v1::VipStatus& vip) {
  const bool held_back_answers =
      std::any_of(vip.held_back().begin(), vip.held_back().end(),
                  [](const v1::HeldBackStatus& held) { return held.configured() && !held.gate().shut(); });
  if (held_back_answers) return kCheckCritical;
  switch (vip.state()) {
    case v1::VIP_STATE_HELD:
      return vip.no_standby() ? kCheckWarning : kCheckOk;
    case v1::VIP_STATE_FOREIGN:
      return kCheckOk;
    case v1::VIP_STATE_SPLIT:
    case v1::VIP_STATE_HEALING:
    case v1::VIP_STATE_UNHELD:
      return kCheckCritical;
    default:
      return kCheckWarning;
  }
}

// "192.168.1.212 is split (a, b)", "192.168.1.212 has no standby (b: keepalived does not run)".
std::string VipText(const v1::ClusterStatus& cluster, const FoldedVips& vips) {
  const v1::VipStatus& vip = vips.vip;
  const bool one = vips.addresses.size() == 1;
  if (vip.no_standby()) {
    return absl::StrCat(Printable(cluster.name()), " ", Names(vips.addresses), one ? " has" : " have", " no standby (",
                        ObstaclesText(vip, false), ")");
  }
  std::vector<std::string> nodes;
  for (const v1::HolderStatus& holder : vip.holders()) nodes.push_back(Printable(holder.node()));
  std::string text = absl::StrCat(Printable(cluster.name()), " ", Names(vips.addresses), one ? " is " : " are ",
                                  absl::AsciiStrToLower(Word(vip.state())));
  if (!nodes.empty()) absl::StrAppend(&text, " (held by ", absl::StrJoin(nodes, " and "), ")");
  if (!vip.obstacles().empty()) absl::StrAppend(&text, " (", ObstaclesText(vip, false), ")");
  for (const v1::HeldBackStatus& held : vip.held_back()) {
    absl::StrAppend(&text, ", ", Printable(held.node()),
                    held.configured() && !held.gate().shut() ? " is held back and STILL ANSWERS" : " is held back");
  }
  return text;
}

void Judge(const v1::ClusterStatus& cluster, std::vector<Finding>* findings, Figures* figures) {
  for (const FoldedVips& vips : Fold(cluster.vips(), true)) {
    const int code = CodeOf(vips.vip);
    if (code != kCheckOk) findings->push_back({code, VipText(cluster, vips)});
  }
  for (const v1::VipStatus& vip : cluster.vips()) {
    if (vip.state() == v1::VIP_STATE_FOREIGN) continue;
    ++figures->vips;
    figures->held += vip.state() == v1::VIP_STATE_HELD ? 1 : 0;
    figures->split += vip.state() == v1::VIP_STATE_SPLIT ? 1 : 0;
    figures->held_back += vip.held_back_size();
  }
  for (const v1::NodeStatus& node : cluster.nodes()) {
    ++figures->nodes;
    if (node.state() == v1::NODE_STATE_CONNECTED) {
      ++figures->connected;
    } else {
      findings->push_back({kCheckWarning, absl::StrCat("node ", Printable(node.id()), " is ", Word(node.state()))});
    }
  }
  for (const std::string& warning : cluster.warnings()) findings->push_back({kCheckWarning, Printable(warning)});
  figures->observing += cluster.mode() == v1::MODE_OBSERVE ? 1 : 0;
}

std::string Summary(const Figures& figures, int clusters) {
  std::string text = absl::StrCat(Count(figures.vips, "VIP", "VIPs"), " held, ",
                                  Count(figures.connected, "node", "nodes"), " connected");
  if (figures.observing > 0) {
    absl::StrAppend(&text, ", ", figures.observing, " of ", Count(clusters, "cluster", "clusters"), " only observed");
  }
  return text;
}

absl::string_view Name(int code) {
  constexpr absl::string_view kNames[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  return kNames[code];
}

}  // namespace

Verdict VerdictOf(const v1::GetStatusResponse& status) {
  std::vector<Finding> findings;
  Figures figures;
  for (const v1::ClusterStatus& cluster : status.clusters()) Judge(cluster, &findings, &figures);
  for (const std::string& warning : status.arbiter().warnings())
    findings.push_back({kCheckWarning, Printable(warning)});
  if (figures.nodes == 0) findings.push_back({kCheckWarning, "no node has attached"});
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.code > b.code; });

  Verdict verdict;
  verdict.code = findings.empty() ? kCheckOk : findings.front().code;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(findings.size(), kNamedFindings); ++i) texts.push_back(findings[i].text);
  if (findings.size() > kNamedFindings)
    texts.push_back(absl::StrCat("and ", findings.size() - kNamedFindings, " more"));
  // A '|' would begin the figures too early.
  std::string text = findings.empty() ? Summary(figures, status.clusters_size()) : absl::StrJoin(texts, "; ");
  std::replace(text.begin(), text.end(), '|', '/');
  verdict.line = absl::StrCat("ARBITER ", Name(verdict.code), " - ", text, " | nodes=", figures.nodes,
                              " connected=", figures.connected, " vips=", figures.vips, " held=", figures.held,
                              " split=", figures.split, " held_back=", figures.held_back);
  return verdict;
}

}  // namespace arbiter::ctl
