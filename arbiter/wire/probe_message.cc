#include "arbiter/wire/probe_message.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "arbiter/core/matter.h"
#include "proto/codec/directive.h"
#include "proto/codec/report.h"

namespace arbiter::wire {
namespace {

constexpr std::size_t kMaxName = 253;

codec::FieldReader ReaderFor(const Sender& sender) {
  return {absl::StrCat(sender.node.cluster, "/", sender.node.node), sender.received, sender.limits};
}

bool IsName(const std::string& text) {
  return !text.empty() && text.size() <= kMaxName && std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isalnum(byte) || absl::string_view("._:@+-").find(c) != absl::string_view::npos;
  });
}

absl::Status CheckName(const char* field, const std::string& text) {
  if (IsName(text)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("hello.", field, ": must be 1 to ", kMaxName,
                                                 " letters, digits or ._:@+-; got ", text.size(), " bytes"));
}

core::Reach ReadReach(const v1::Reach& message, codec::FieldReader* reader) {
  core::Reach reach;
  reach.asked = message.asked();
  reach.answered = message.answered();
  if (reach.answered > reach.asked) {
    reader->Fail("answered", absl::StrCat(reach.answered, " of ", reach.asked, " hosts cannot have answered"));
  }
  reach.answered_by = reader->Addresses("answered_by", message.answered_by());
  reach.silent = reader->Addresses("silent", message.silent());
  return reach;
}

// The VIPs that a result is about: those that it reports, or else those that the directive was for.
std::vector<IpAddress> VipsOfResult(const v1::DirectiveResult& result, const std::vector<IpAddress>& sent_for,
                                    const std::vector<core::VipReport>& reports, codec::FieldReader* reader) {
  if (sent_for.empty() && reports.empty()) {
    reader->Fail("vip", absl::StrCat("missing, and directive ", result.term(), ".", result.sequence(),
                                     " is none that waits for a result"));
  }
  if (reports.empty()) return sent_for;
  std::vector<IpAddress> vips;
  for (const core::VipReport& report : reports) {
    vips.push_back(report.vip);
    if (sent_for.empty() || std::binary_search(sent_for.begin(), sent_for.end(), report.vip)) continue;
    reader->Fail("vip.address",
                 absl::StrCat(report.vip.ToString(), ", but the directive was for ", core::NamesOf(sent_for)));
  }
  std::sort(vips.begin(), vips.end());
  return vips;
}

std::vector<core::VipReport> ReportsOfResult(const v1::DirectiveResult& result, codec::FieldReader* reader) {
  if (result.vips_size() > 0) return codec::ReadVipReports(result.vips(), result.shared(), reader);
  if (!result.has_vip()) return {};
  const codec::SharedReports common(result.shared(), reader);
  const auto vip = reader->Enter("vip");
  return {common.Read(result.vip(), reader)};
}

}  // namespace

absl::StatusOr<core::NodeKey> ReadNodeKey(const v1::Hello& hello) {
  absl::Status status = CheckName("node", hello.node());
  status.Update(CheckName("cluster", hello.cluster()));
  if (!status.ok()) {
    return status;
  }
  if (hello.instance().empty() || hello.instance().size() > kMaxName || hello.probe_version().size() > kMaxName) {
    return absl::InvalidArgumentError(
        absl::StrCat("node ", hello.cluster(), "/", hello.node(),
                     ": hello.instance: must be set, and neither it nor probe_version may be longer than ", kMaxName));
  }
  return core::NodeKey{hello.cluster(), hello.node()};
}

absl::StatusOr<core::NodeAttached> ReadSnapshot(const v1::Snapshot& snapshot, const v1::Hello& hello,
                                                const std::string& peer, const Sender& sender) {
  codec::FieldReader reader = ReaderFor(sender);
  const auto scope = reader.Enter("snapshot");
  core::NodeAttached event;
  event.node = sender.node;
  event.probe_version = hello.probe_version();
  event.peer = peer;
  if (!snapshot.has_node()) {
    reader.Fail("node", "missing");
  }
  {
    const auto node = reader.Enter("node");
    event.report = codec::ReadNodeReport(snapshot.node(), &reader);
  }
  event.vips = codec::ReadVipReports(snapshot.vips(), snapshot.shared(), &reader);
  event.holds = codec::ReadLocalHolds(snapshot.holds(), &reader);
  if (!reader.ok()) {
    return reader.status();
  }
  return event;
}

absl::StatusOr<core::NodeChanged> ReadChange(const v1::Change& change, const Sender& sender) {
  codec::FieldReader reader = ReaderFor(sender);
  const auto scope = reader.Enter("change");
  core::NodeChanged event;
  event.node = sender.node;
  if (change.has_node()) {
    const auto node = reader.Enter("node");
    event.report = codec::ReadNodeReport(change.node(), &reader);
  }
  event.vips = codec::ReadVipReports(change.vips(), change.shared(), &reader);
  event.forgotten = reader.Addresses("forgotten_vips", change.forgotten_vips());
  if (change.holds_changed()) {
    event.holds = codec::ReadLocalHolds(change.holds(), &reader);
  }
  if (!reader.ok()) {
    return reader.status();
  }
  return event;
}

namespace {

// Who answered without having been asked about counts for nothing.
std::vector<std::pair<IpAddress, bool>> ReadSegment(const v1::Affirmation& affirmation, codec::FieldReader* reader) {
  std::set<IpAddress> answered;
  for (int i = 0; i < affirmation.segment_answered_size() && reader->ok(); ++i) {
    answered.insert(reader->Address("segment_answered", affirmation.segment_answered(i)));
  }
  std::vector<std::pair<IpAddress, bool>> segment;
  for (int i = 0; i < affirmation.segment_asked_size() && reader->ok(); ++i) {
    const IpAddress vip = reader->Address("segment_asked", affirmation.segment_asked(i));
    segment.emplace_back(vip, answered.contains(vip));
  }
  return segment;
}

}  // namespace

absl::StatusOr<core::Affirmed> ReadAffirmation(const v1::Affirmation& affirmation, const Sender& sender) {
  codec::FieldReader reader = ReaderFor(sender);
  const auto scope = reader.Enter("affirmation");
  core::Affirmed event;
  event.node = sender.node;
  event.nonce = affirmation.nonce();
  event.vips = codec::ReadVipReports(affirmation.vips(), affirmation.shared(), &reader);
  if (!reader.Within("reach", static_cast<int>(affirmation.reach().size()), sender.limits.vips + 1)) {
    return reader.status();
  }
  for (const auto& [vip, reach] : affirmation.reach()) {
    const auto entry = reader.Enter("reach");
    if (vip.empty()) {
      event.reach_of_others = ReadReach(reach, &reader);
      continue;
    }
    const IpAddress address = reader.Address("key", vip);
    event.reach.emplace_back(address, ReadReach(reach, &reader));
    if (!reader.ok()) {
      break;
    }
  }
  std::sort(event.reach.begin(), event.reach.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  event.segment = ReadSegment(affirmation, &reader);
  if (!reader.ok()) {
    return reader.status();
  }
  return event;
}

absl::StatusOr<core::DirectiveDone> ReadResult(const v1::DirectiveResult& result,
                                               const std::vector<IpAddress>& sent_for, const Sender& sender) {
  codec::FieldReader reader = ReaderFor(sender);
  const auto scope = reader.Enter("result");
  core::DirectiveDone event;
  event.node = sender.node;
  event.result = codec::ReadDirectiveResult(result, &reader);
  if (!reader.ok()) return reader.status();
  event.reports = ReportsOfResult(result, &reader);
  event.result.vips = VipsOfResult(result, sent_for, event.reports, &reader);
  if (!reader.ok()) {
    return reader.status();
  }
  return event;
}

}  // namespace arbiter::wire
