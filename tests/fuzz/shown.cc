#include "tests/fuzz/shown.h"

#include <google/protobuf/util/json_util.h>

#include <string>
#include <vector>

#include "arbiter/core/diff.h"
#include "arbiter/wire/operations.h"
#include "proto/codec/report.h"
#include "tests/fuzz/script.h"

namespace fuzz {
namespace {

namespace core = arbiter::core;
namespace wire = arbiter::wire;

// Gives `take` each message that there is.
template <typename Take>
void MakeAll(const core::Engine& engine, const arbiter::store::ClockReading& now, const Take& take) {
  for (const core::ClusterView& view : engine.View(now.steady)) {
    take(wire::ToProto(view, now.steady));
    std::vector<core::NodeConfig> nodes;
    for (const core::NodeView& node : view.nodes) {
      take(wire::ToProto(node, view.name, now.steady));
      nodes.push_back({node.node, &node.report});
    }
    for (const core::ConfigDifference& difference : core::FindDifferences(nodes)) {
      take(wire::ToProto(difference, view.name));
    }
  }
  for (const core::IncidentRecord& record : engine.OpenIncidents()) {
    take(wire::ToProto(record, wire::TimesOf(record, {now.steady, now.wall}), wire::IncidentDetail::kWhole));
  }
}

}  // namespace

void ShowAll(const core::Engine& engine, const arbiter::store::ClockReading& now) {
  MakeAll(engine, now, [](const auto& /*message*/) {});
}

void PrintAll(const core::Engine& engine, const arbiter::store::ClockReading& now) {
  MakeAll(engine, now, [](const auto& message) {
    std::string text;
    Require(google::protobuf::util::MessageToJsonString(message, &text).ok());
  });
}

}  // namespace fuzz
