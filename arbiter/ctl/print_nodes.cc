#include "arbiter/ctl/print_nodes.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/ctl/fold.h"
#include "arbiter/ctl/table.h"
#include "arbiter/ctl/words.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

std::string DaemonText(const v1::NodeReport& report) {
  const std::string name = report.daemon_name().empty() ? "VRRP daemon" : Printable(report.daemon_name());
  return absl::StrCat(name, " ", Word(report.daemon()));
}

// "track file (drops 2 more VIPs with it)".
std::string RungText(const v1::Rung& rung, const std::string& vip, const Look& look) {
  std::vector<std::string> others;
  for (const std::string& address : rung.scope()) {
    if (address != vip) others.push_back(Printable(address));
  }
  if (others.empty()) return Word(rung.kind());
  const auto count = static_cast<long>(others.size());
  const std::string what = look.wide ? absl::StrJoin(others, ", ") : Count(count, "more VIP", "more VIPs");
  return absl::StrCat(Word(rung.kind()), " (drops ", what, " with it)");
}

// They may stand in what the VIP shares with others.
const google::protobuf::RepeatedPtrField<v1::Rung>& RungsOf(const v1::NodeDetail& node, const v1::VipReport& vip) {
  const auto shared = static_cast<int>(vip.shared());
  return vip.rungs().empty() && shared > 0 && shared <= node.shared_size() ? node.shared(shared - 1).rungs()
                                                                           : vip.rungs();
}

std::string LadderText(const v1::NodeDetail& node, const v1::VipReport& vip, const Look& look) {
  std::vector<std::string> usable;
  std::vector<std::string> not_usable;
  for (const v1::Rung& rung : RungsOf(node, vip)) {
    if (rung.usable()) {
      usable.push_back(RungText(rung, vip.address(), look));
    } else {
      not_usable.push_back(absl::StrCat(Word(rung.kind()), " (", Printable(rung.reason()), ")"));
    }
  }
  std::string text =
      usable.empty() ? "NO WAY to give it up" : absl::StrCat("gives it up by ", absl::StrJoin(usable, ", "));
  if (!not_usable.empty()) absl::StrAppend(&text, "; not by ", absl::StrJoin(not_usable, ", "));
  return text;
}

void AddLadders(const v1::NodeDetail& node, const Look& look, Table* table) {
  std::vector<std::pair<std::string, std::vector<std::string>>> ladders;  // by their text, in the order of the VIPs
  for (const v1::VipReport& vip : node.vips()) {
    const std::string text = LadderText(node, vip, look);
    auto ladder = std::find_if(ladders.begin(), ladders.end(), [&](const auto& l) { return l.first == text; });
    if (ladder == ladders.end()) ladder = ladders.insert(ladders.end(), {text, {}});
    ladder->second.push_back(Printable(vip.address()));
  }
  for (const auto& [text, vips] : ladders) {
    const bool none = text.rfind("NO WAY", 0) == 0;
    table->AddNote({absl::StrCat(look.wide ? absl::StrJoin(vips, ", ") : Names(vips), ": ", text),
                    none ? Paint::kBad : Paint::kPlain});
  }
}

void AddTroubles(const v1::NodeDetail& node, Table* table) {
  const v1::NodeReport& report = node.report();
  const auto warn = [table](const std::string& text) { table->AddNote({text, Paint::kWarning}); };
  if (report.dry_run()) warn("dry run: it reports and never acts");
  if (!report.gate_usable()) warn(absl::StrCat("the gate cannot work: ", Printable(report.gate_reason())));
  for (const std::string& problem : report.config_problems()) warn(absl::StrCat("configuration: ", Printable(problem)));
  if (report.capture_drops() > 0) warn(absl::StrCat("the capture lost ", report.capture_drops(), " packets"));
  if (report.netlink_overruns() > 0) {
    warn(absl::StrCat("address changes overran their queue ", report.netlink_overruns(),
                      " times (read anew each time)"));
  }
  if (report.gate_restores() > 0) {
    warn(absl::StrCat("the gate was removed by somebody and put back ", report.gate_restores(), " times"));
  }
}

// Holds of one incident are one line.
void AddHolds(const v1::NodeDetail& node, Table* table) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> holds;  // by incident and survivor
  for (const v1::LocalHold& hold : node.holds()) holds[{hold.incident(), hold.survivor()}].push_back(hold.vip());
  for (const v1::LocalHold& hold : node.holds()) {
    const auto found = holds.find({hold.incident(), hold.survivor()});
    if (found == holds.end()) continue;
    const std::string since = hold.has_held_for() ? absl::StrCat(" for ", Age(hold.held_for())) : "";
    table->AddNote(absl::StrCat("under a hold for ", Names(found->second), since, " (incident ",
                                Printable(hold.incident()), ", survivor ", Printable(hold.survivor()), ")"));
    holds.erase(found);
  }
}

std::string ForeignText(const v1::ForeignRouter& router) {
  std::string text = absl::StrCat("foreign on ", Printable(router.interface()), ": ", Printable(router.protocol()), " ",
                                  router.protocol() == "HSRP" || router.protocol() == "CARP" ? "group " : "VRID ",
                                  router.group(), " of ", Printable(router.source()));
  if (router.priority() > 0) absl::StrAppend(&text, ", priority ", router.priority());
  if (router.addresses().empty()) return text;
  return absl::StrCat(text, ", for ", Printable(absl::StrJoin(router.addresses(), ", ")));
}

void AddWide(const v1::NodeDetail& node, Table* table) {
  const v1::NodeReport& report = node.report();
  if (!node.certificate().empty()) table->AddNote(absl::StrCat("certificate: ", Printable(node.certificate())));
  if (!report.config_path().empty()) table->AddNote(absl::StrCat("configuration: ", Printable(report.config_path())));
  if (!report.interfaces().empty())
    table->AddNote(absl::StrCat("interfaces: ", Printable(absl::StrJoin(report.interfaces(), ", "))));
  if (!report.addresses().empty())
    table->AddNote(absl::StrCat("addresses: ", Printable(absl::StrJoin(report.addresses(), ", "))));
  for (const v1::ForeignRouter& router : report.foreign_routers()) table->AddNote(ForeignText(router));
  std::vector<std::pair<std::string, std::uint64_t>> drops(report.dropped_adverts().begin(),
                                                           report.dropped_adverts().end());
  std::sort(drops.begin(), drops.end());
  for (const auto& [reason, count] : drops) {
    table->AddNote(absl::StrCat("adverts not taken, ", Printable(reason), ": ", count));
  }
}

}  // namespace

std::string NodesText(const v1::ListNodesResponse& nodes, const Look& look) {
  if (nodes.nodes().empty()) {
    return "no node has attached yet: start arbiter-probe on the nodes, with --arbiter naming this host\n";
  }
  Table table({"CLUSTER", "NODE", "STATE", "HEARD", "DAEMON", "PROBE", "ADDRESS"});
  for (const v1::NodeDetail& node : nodes.nodes()) {
    const v1::NodeStatus& status = node.status();
    table.AddRow({Printable(node.cluster()),
                  Printable(status.id()),
                  {Word(status.state()), PaintOf(status.state())},
                  status.has_last_report_age() ? absl::StrCat(Age(status.last_report_age()), " ago") : "",
                  DaemonText(node.report()),
                  Printable(status.probe_version()),
                  Printable(status.address())});
    AddTroubles(node, &table);
    AddHolds(node, &table);
    if (look.wide) AddWide(node, &table);
    AddLadders(node, look, &table);
  }
  return table.Render("", look.colour);
}

}  // namespace arbiter::ctl
