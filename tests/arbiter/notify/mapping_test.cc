#include "arbiter/notify/mapping.h"

#include <gtest/gtest.h>

#include <optional>

namespace arbiter::notify {
namespace {

using Severity = core::Note::Severity;

const core::Instant kStart = core::Instant(std::chrono::hours(1));
const absl::Time kLater = absl::UnixEpoch() + absl::Hours(1);

core::Note NoteOf(const char* kind, const char* incident = "8-1") {
  core::Note note;
  note.severity = Severity::kError;
  note.cluster = "prod";
  note.vip = *IpAddress::Parse("192.0.2.10");
  note.incident = incident;
  note.kind = kind;
  note.text = "what the engine said";
  return note;
}

core::Note NodeNote(Severity severity) {
  core::Note note;
  note.severity = severity;
  note.cluster = "prod";
  note.node = "a";
  note.kind = "node";
  note.text = "a is there or not";
  return note;
}

core::Persist PersistOf(const char* incident) {
  core::Persist persist;
  persist.incident.id = incident;
  persist.incident.causes = {{core::Cause::kVridMismatch, "66 and 67", "give both the same"}};
  return persist;
}

std::string EventsOf(const std::vector<store::Notification>& notifications) {
  std::string out;
  for (const auto& n : notifications) out += n.event + (n.resolved ? " resolved;" : ";");
  return out;
}

TEST(Mapping, ASplitHasItsCauseAndAdviceFromWhatIsWritten) {
  const auto out = Mapping().Of({NoteOf("split"), PersistOf("8-1")}, absl::UnixEpoch(), {});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].event, "split");
  EXPECT_EQ(out[0].vip, "192.0.2.10");
  EXPECT_EQ(out[0].incident, "8-1");
  EXPECT_EQ(out[0].description, "what the engine said");
  EXPECT_EQ(out[0].cause, "VRID_MISMATCH");
  EXPECT_EQ(out[0].advice, "give both the same");
}

TEST(Mapping, ASplitThatEndsUnhealedIsHealedWhenItIsClosed) {
  Mapping mapping;
  EXPECT_EQ(EventsOf(mapping.Of({NoteOf("split"), NoteOf("closed")}, {}, {})), "split;healed resolved;");
}

TEST(Mapping, AHealedSplitIsNotHealedAgainWhenItIsClosed) {
  Mapping mapping;
  EXPECT_EQ(EventsOf(mapping.Of({NoteOf("split"), NoteOf("healed"), NoteOf("closed")}, {}, {})),
            "split;healed resolved;");
}

TEST(Mapping, WhatCannotBeHealedIsSaid) {
  for (const char* kind : {"no safe demotion", "failed", "refused", "store"}) {
    EXPECT_EQ(EventsOf(Mapping().Of({NoteOf(kind)}, {}, {})), "could_not_heal;") << kind;
    EXPECT_EQ(EventsOf(Mapping().Of({NoteOf(kind, "")}, {}, {})), "") << kind << " without an incident";
  }
  EXPECT_EQ(EventsOf(Mapping().Of({NoteOf("stranger")}, {}, {})), "split;could_not_heal;");
}

TEST(Mapping, ANodeIsLostAndBackOnceEach) {
  Mapping mapping;
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kInfo)}, {}, kStart)), "");
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kWarning), NodeNote(Severity::kWarning)}, kLater, kStart)), "");
  const auto lost = mapping.Due(kStart + Mapping::kGrace);
  EXPECT_EQ(EventsOf(lost), "node_lost;");
  EXPECT_EQ(lost.at(0).at, kLater) << "the time of the loss";
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kWarning)}, {}, kStart + Mapping::kGrace)), "");
  EXPECT_EQ(EventsOf(mapping.Due(kStart + 3 * Mapping::kGrace)), "");
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kInfo), NodeNote(Severity::kInfo)}, {}, kStart)),
            "node_lost resolved;");
}

TEST(Mapping, ANodeThatIsBackWithinTheGraceWasNotLost) {
  Mapping mapping;
  mapping.Of({NodeNote(Severity::kWarning)}, {}, kStart);
  EXPECT_EQ(EventsOf(mapping.Due(kStart + Mapping::kGrace - core::Duration(1))), "");
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kInfo)}, {}, kStart + Mapping::kGrace)), "");
  EXPECT_EQ(EventsOf(mapping.Due(kStart + 2 * Mapping::kGrace)), "");
  mapping.Of({NodeNote(Severity::kWarning)}, {}, kStart + 2 * Mapping::kGrace);
  EXPECT_EQ(EventsOf(mapping.Due(kStart + 3 * Mapping::kGrace)), "node_lost;") << "each time anew";
}

TEST(Mapping, WhatAnEarlierLifeToldIsNotToldAgainButThatItIsOver) {
  store::Notification told;
  told.event = "node_lost";
  told.cluster = "prod";
  told.node = "a";
  Mapping mapping;
  mapping.ResumeTold({told});
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kWarning)}, {}, kStart)), "");
  EXPECT_EQ(EventsOf(mapping.Due(kStart + Mapping::kGrace)), "");
  EXPECT_EQ(EventsOf(mapping.Of({NodeNote(Severity::kInfo)}, {}, kStart)), "node_lost resolved;");
}

TEST(Mapping, OthersAreNoNotifications) {
  for (const char* kind : {"contest", "contest over", "verdict", "hold", "held", "trial", "mode", "resumed"}) {
    EXPECT_EQ(EventsOf(Mapping().Of({NoteOf(kind)}, {}, {})), "") << kind;
  }
}

core::NodeView NodeWithVrid(const char* name, std::uint8_t vrid) {
  core::InstanceConfig instance;
  instance.name = "VI_1";
  instance.vrid = vrid;
  instance.segment = "s1";
  instance.addresses = {*IpAddress::Parse("192.0.2.10")};
  core::NodeView node;
  node.node = name;
  node.report.config_path = "/etc/keepalived/keepalived.conf";
  node.report.instances = {instance};
  return node;
}

core::ClusterView ClusterOf(std::vector<core::NodeView> nodes) {
  core::ClusterView cluster;
  cluster.name = "prod";
  cluster.nodes = std::move(nodes);
  return cluster;
}

std::vector<store::Notification> Compared(Mapping& mapping, const core::ClusterView& cluster) {
  return mapping.OfDifferences(Mapping::FindDifferences({cluster}, {}), {cluster}, {});
}

TEST(Mapping, AMismatchIsSaidOnceAndWhenItHasGone) {
  const core::ClusterView good = ClusterOf({NodeWithVrid("a", 66), NodeWithVrid("b", 66)});
  const core::ClusterView bad = ClusterOf({NodeWithVrid("a", 66), NodeWithVrid("b", 67)});
  Mapping mapping;
  EXPECT_EQ(EventsOf(Compared(mapping, good)), "");
  const auto out = Compared(mapping, bad);
  EXPECT_EQ(EventsOf(out), "config_mismatch;");
  EXPECT_NE(out.at(0).description.find("67 on b"), std::string::npos) << out[0].description;
  EXPECT_EQ(EventsOf(Compared(mapping, bad)), "");
  EXPECT_EQ(EventsOf(Compared(mapping, good)), "config_mismatch resolved;");
}

TEST(Mapping, AfterARestartAMismatchHasGoneOnlyWhenItsNodesHaveSaidSo) {
  Mapping before;
  const auto told = Compared(before, ClusterOf({NodeWithVrid("a", 66), NodeWithVrid("b", 67)}));
  Mapping mapping;
  mapping.ResumeTold(told);
  EXPECT_EQ(EventsOf(Compared(mapping, ClusterOf({}))), "");
  EXPECT_EQ(EventsOf(mapping.OfDifferences({}, {}, {})), "");
  EXPECT_EQ(EventsOf(Compared(mapping, ClusterOf({NodeWithVrid("a", 66)}))), "");
  EXPECT_EQ(EventsOf(Compared(mapping, ClusterOf({NodeWithVrid("a", 66), NodeWithVrid("b", 67)}))), "");
  EXPECT_EQ(EventsOf(Compared(mapping, ClusterOf({NodeWithVrid("a", 66), NodeWithVrid("b", 66)}))),
            "config_mismatch resolved;");
}

TEST(Mapping, ResumesWhatHasNotHealed) {
  core::IncidentRecord open;
  open.id = "7-1";
  open.vips = {*IpAddress::Parse("192.168.1.212")};
  core::IncidentRecord guarded;
  guarded.id = "7-2";
  guarded.vips = open.vips;
  guarded.healed = core::Instant();
  Mapping mapping;
  EXPECT_EQ(EventsOf(mapping.Resume({open, guarded}, {})), "split;");
  EXPECT_EQ(EventsOf(mapping.Of({NoteOf("closed", "7-1"), NoteOf("closed", "7-2")}, {}, {})), "healed resolved;");
}

core::Note Forgotten(const char* cluster) {
  core::Note note = NodeNote(Severity::kWarning);
  note.cluster = cluster;
  note.kind = "forgotten";
  return note;
}

TEST(Mapping, ARetiredNodeIsLostNoLonger) {
  for (const char* cluster : {"prod", ""}) {
    Mapping mapping;
    EXPECT_EQ(EventsOf(mapping.Of({Forgotten(cluster)}, {}, kStart)), "");
    mapping.Of({NodeNote(Severity::kWarning)}, {}, kStart);
    EXPECT_EQ(EventsOf(mapping.Due(kStart + Mapping::kGrace)), "node_lost;");
    const auto out = mapping.Of({Forgotten(cluster)}, {}, kStart + 2 * Mapping::kGrace);
    EXPECT_EQ(EventsOf(out), "node_lost resolved;");
    EXPECT_EQ(out[0].cluster, "prod");
    EXPECT_EQ(EventsOf(mapping.Of({Forgotten(cluster)}, {}, kStart + 3 * Mapping::kGrace)), "");
  }
}

TEST(Mapping, ANodeOfAnEarlierLifeIsRetiredToo) {
  Mapping mapping;
  store::Notification told;
  told.event = "node_lost";
  told.cluster = "prod";
  told.node = "a";
  mapping.ResumeTold({told});
  EXPECT_EQ(EventsOf(mapping.Of({Forgotten("other")}, {}, kStart)), "") << "of another cluster";
  EXPECT_EQ(EventsOf(mapping.Of({Forgotten("prod")}, {}, kStart)), "node_lost resolved;");
}

}  // namespace
}  // namespace arbiter::notify
