#include "arbiter/ctl/print_vip.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/ctl/words.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

std::string NumberOr(std::uint32_t number, absl::string_view unknown) {
  return number == 0 ? std::string(unknown) : absl::StrCat(number);
}

std::vector<Cell> HolderCells(const v1::HolderStatus& holder, const Look& look) {
  std::vector<Cell> cells = {
      Printable(holder.node()),
      NumberOr(holder.priority(), "?"),
      NumberOr(holder.vrid(), "?"),
      Printable(holder.interface()),
      {holder.advertising() ? "yes" : "no", holder.advertising() ? Paint::kPlain : Paint::kWarning}};
  if (look.wide) {
    cells.emplace_back(holder.has_held_for() ? Age(holder.held_for()) : "?");
    cells.emplace_back(Word(holder.daemon()));
  }
  return cells;
}

std::vector<Cell> Joined(std::vector<Cell> cells, std::vector<Cell> more) {
  cells.insert(cells.end(), more.begin(), more.end());
  return cells;
}

void AddHolders(const FoldedVips& vips, const Look& look, Table* table) {
  const v1::VipStatus& vip = vips.vip;
  const std::vector<Cell> lead = {
      Names(vips.addresses), {Word(vip.state()), PaintOf(vip.state())}, vip.has_since() ? Age(vip.since()) : ""};
  if (vip.holders().empty()) {
    table->AddRow(Joined(lead, std::vector<Cell>(look.wide ? 7 : 5, "")));
    return;
  }
  table->AddRow(Joined(lead, HolderCells(vip.holders(0), look)));
  for (int i = 1; i < vip.holders_size(); ++i) {
    table->ContinueRow(Joined({"", "", ""}, HolderCells(vip.holders(i), look)));
  }
}

void AddDaemonNotes(const v1::VipStatus& vip, Table* table) {
  for (const v1::HolderStatus& holder : vip.holders()) {
    const std::string node = Printable(holder.node());
    if (holder.daemon() == v1::DAEMON_STATE_GONE) {
      table->AddNote({absl::StrCat(node, ": no VRRP daemon runs there, the address is a leftover"), Paint::kWarning});
    } else if (holder.daemon() == v1::DAEMON_STATE_FROZEN) {
      table->AddNote({absl::StrCat(node, ": the VRRP daemon is there and does not run (frozen)"), Paint::kWarning});
    }
  }
}

bool IsConnected(const v1::ClusterStatus& cluster, const std::string& id) {
  return std::any_of(cluster.nodes().begin(), cluster.nodes().end(), [&](const v1::NodeStatus& node) {
    return node.id() == id && node.state() == v1::NODE_STATE_CONNECTED;
  });
}

void AddHeldBack(const v1::ClusterStatus& cluster, const v1::VipStatus& vip, Table* table) {
  for (const v1::HeldBackStatus& held : vip.held_back()) {
    const bool connected = IsConnected(cluster, held.node());
    const Paint paint = !connected                                 ? Paint::kWarning
                        : held.configured() && !held.gate().shut() ? Paint::kBad
                                                                   : Paint::kPlain;
    table->AddNote({HeldBackText(held, connected), paint});
  }
}

void AddStandby(const v1::VipStatus& vip, Table* table) {
  if (vip.no_standby()) table->AddNote({absl::StrCat("no standby: ", ObstaclesText(vip, true)), Paint::kWarning});
  if (!vip.note().empty()) table->AddNote(Printable(vip.note()));
}

void AddCauses(const v1::VipStatus& vip, Table* table) {
  if (vip.causes().empty()) return;
  std::vector<std::string> names;
  for (const int cause : vip.causes()) names.push_back(Word(static_cast<v1::Cause>(cause)));
  table->AddNote(absl::StrCat("why: ", absl::StrJoin(names, ", ")));
}

// What the state itself suggests, with the reason behind it.
std::vector<std::string> Commands(const v1::ClusterStatus& cluster, const v1::VipStatus& vip, bool name_cluster) {
  const std::string where = name_cluster ? absl::StrCat(" --cluster ", Printable(cluster.name())) : "";
  const std::string address = Printable(vip.address());
  std::vector<std::string> commands;
  const bool split = vip.state() == v1::VIP_STATE_SPLIT;
  if (split && cluster.mode() == v1::MODE_OBSERVE) {
    commands.push_back(absl::StrCat("arbctl mode enforce", where, "   (observe mode: nobody is demoted)"));
  }
  if (split && vip.holders_size() > 1) {
    commands.push_back(absl::StrCat("arbctl demote ", Printable(vip.holders(vip.holders_size() - 1).node()), " ",
                                    address, where, "   (by hand)"));
  }
  for (const v1::HeldBackStatus& held : vip.held_back()) {
    commands.push_back(
        absl::StrCat("arbctl release ", Printable(held.node()), " ", address, where, "   (once the cause is mended)"));
  }
  const std::string more = absl::StrCat("arbctl incident ", Printable(vip.incident()));
  if (!vip.incident().empty() && !absl::StrContains(vip.advice(), more)) commands.push_back(more);
  return commands;
}

std::string Waiting(v1::VipState state) {
  if (state == v1::VIP_STATE_CONTESTED) return "nothing yet: the arbiter decides within a moment";
  if (state == v1::VIP_STATE_HEALING) return "nothing yet: a directive is out";
  return "";
}

void AddNext(const v1::ClusterStatus& cluster, const v1::VipStatus& vip, bool name_cluster, Table* table) {
  const std::string advice = vip.advice().empty() ? Waiting(vip.state()) : Printable(vip.advice());
  absl::string_view label = "next: ";
  const auto add = [&](absl::string_view text) {
    table->AddNote({absl::StrCat(label, text), Paint::kBold});
    label = "      ";
  };
  if (!advice.empty()) add(advice);
  for (const std::string& command : Commands(cluster, vip, name_cluster)) add(command);
}

}  // namespace

std::vector<Cell> VipHeader(const Look& look) {
  std::vector<Cell> header = {"VIP", "STATE", "SINCE", "HOLDER", "PRIO", "VRID", "INTERFACE", "ADVERTISES"};
  if (look.wide) {
    header.emplace_back("HELD FOR");
    header.emplace_back("DAEMON");
  }
  return header;
}

std::string HeldBackText(const v1::HeldBackStatus& held, bool connected) {
  const v1::GateStatus& gate = held.gate();
  std::string text = absl::StrCat(Printable(held.node()), ": ");
  if (connected) {
    absl::StrAppend(&text, held.configured() ? "configured" : "address removed", ", ",
                    gate.shut() ? "gate shut" : "gate not shut");
    if (!gate.shut() && !gate.reason().empty()) absl::StrAppend(&text, " (", Printable(gate.reason()), ")");
    absl::StrAppend(&text, held.configured() && !gate.shut() ? ", IT STILL ANSWERS; " : ", answers nobody; ");
  }
  absl::StrAppend(&text, "held back", held.has_since() ? absl::StrCat(" for ", Age(held.since())) : "");
  if (!held.reason().empty()) absl::StrAppend(&text, " (", Printable(held.reason()), ")");
  if (!held.trial().empty()) absl::StrAppend(&text, "; trial: ", Printable(held.trial()));
  if (!held.note().empty()) absl::StrAppend(&text, "; ", Printable(held.note()));
  return text;
}

void AddVips(const v1::ClusterStatus& cluster, const FoldedVips& vips, bool name_cluster, const Look& look,
             Table* table) {
  const v1::VipStatus& vip = vips.vip;
  AddHolders(vips, look, table);
  AddDaemonNotes(vip, table);
  AddHeldBack(cluster, vip, table);
  AddStandby(vip, table);
  AddCauses(vip, table);
  AddNext(cluster, vip, name_cluster, table);
}

}  // namespace arbiter::ctl
