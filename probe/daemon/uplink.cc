#include "probe/daemon/uplink.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "probe/daemon/system.h"
#include "proto/codec/time.h"

namespace probe::daemon {
namespace {

using arbiter::v1::ProbeMessage;

constexpr std::chrono::milliseconds kShortestHeartbeat(50);
constexpr std::chrono::seconds kDefaultHeartbeat(1);

// Well below what an arbiter takes in one message (8 MiB, 5,000 VIPs, 200,000 addresses in all lists together).
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
constexpr int kMostVips = 5'000;
constexpr std::size_t kMostAddresses = 100'000;

std::uint64_t ProbeTime() { return static_cast<std::uint64_t>(BootNow().count()); }

using Reports = report::ReportWriter::Reports;

std::size_t AddressesIn(const arbiter::v1::VipReport& report) {
  int count = report.advertised_addresses_size() + report.bound_together_size() + report.answers_on_size();
  for (const arbiter::v1::HeardRouter& heard : report.heard()) count += heard.addresses_size();
  for (const arbiter::v1::Rung& rung : report.rungs()) count += rung.scope_size();
  return static_cast<std::size_t>(count);
}

// What a message has taken of the arbiter's limits.
class Load {
 public:
  // `written` grew by what was added last.
  void Take(const Reports& written, int* seen) {
    for (; *seen < written.size(); ++*seen) {
      bytes_ += written[*seen].ByteSizeLong() + 8;
      addresses_ += AddressesIn(written[*seen]);
    }
  }
  [[nodiscard]] bool full(int vips) const {
    return vips >= kMostVips || bytes_ >= kMostBytes || addresses_ >= kMostAddresses;
  }

 private:
  std::size_t bytes_ = 0;
  std::size_t addresses_ = 0;
};

}  // namespace

void Uplink::Attached(const arbiter::v1::Welcome& welcome, Instant now) {
  state_ = State::kWelcomed;
  protocol_ = welcome.protocol();
  told_.Clear();
  const std::chrono::nanoseconds wanted = arbiter::codec::FromProto(welcome.heartbeat_interval());
  heartbeat_interval_ =
      wanted > wanted.zero() ? std::max<std::chrono::nanoseconds>(wanted, kShortestHeartbeat) : kDefaultHeartbeat;
  next_heartbeat_ = now;
}

void Uplink::Send(Picture picture, Instant now) {
  if (state_ == State::kDown) return;
  if (state_ == State::kTold) return SendChange(std::move(picture));
  SendSnapshot(std::move(picture));
  state_ = State::kTold;
  SendHeartbeat(now);  // at once: directives wait for the probe's time
}

void Uplink::SendSnapshot(Picture picture) {
  ProbeMessage message;
  arbiter::v1::Snapshot* snapshot = message.mutable_snapshot();
  if (picture.node) {
    told_.TellNode(*picture.node);
    *snapshot->mutable_node() = *std::move(picture.node);
  }
  if (picture.holds) {
    for (arbiter::v1::LocalHold& hold : *picture.holds) *snapshot->add_holds() = std::move(hold);
  }
  for (const Report& report : picture.vips) told_.TellVip(report);
  SendReports(picture.vips, std::move(message));
}

void Uplink::SendChange(Picture picture) {
  ProbeMessage message;
  arbiter::v1::Change* change = message.mutable_change();
  std::vector<Report> news;
  for (Report& report : picture.vips) {
    if (told_.TellVip(report)) news.push_back(std::move(report));
  }
  for (const arbiter::IpAddress& vip : picture.forgotten) {
    if (told_.Forget(vip.ToString())) change->add_forgotten_vips(vip.ToString());
  }
  if (picture.node && told_.TellNode(*picture.node)) *change->mutable_node() = *std::move(picture.node);
  if (picture.holds) {
    change->set_holds_changed(true);
    for (arbiter::v1::LocalHold& hold : *picture.holds) *change->add_holds() = std::move(hold);
  }
  const bool empty =
      news.empty() && change->forgotten_vips().empty() && !change->has_node() && !change->holds_changed();
  if (empty) return;
  SendReports(news, std::move(message));
}

void Uplink::SendReports(const std::vector<Report>& news, ProbeMessage message) {
  auto report = news.begin();
  do {
    const bool snapshot = message.has_snapshot();
    Reports* vips = snapshot ? message.mutable_snapshot()->mutable_vips() : message.mutable_change()->mutable_vips();
    Reports* shared =
        snapshot ? message.mutable_snapshot()->mutable_shared() : message.mutable_change()->mutable_shared();
    report::ReportWriter writer(protocol_, vips, shared);
    Load load;
    int vips_seen = 0;
    int shared_seen = 0;
    for (; report != news.end() && !load.full(vips->size()); ++report) {
      writer.Add(*report);
      load.Take(*vips, &vips_seen);
      load.Take(*shared, &shared_seen);
    }
    if (!snapshot) message.mutable_change()->set_probe_time_ns(ProbeTime());
    send_(std::move(message));
    message = ProbeMessage();
  } while (report != news.end());
}

void Uplink::SendResult(const arbiter::v1::DirectiveResult& result, const std::vector<Report>& vips) {
  if (state_ != State::kTold || vips.empty()) return;
  for (const Report& report : vips) told_.TellVip(report);
  const bool each_alone = protocol_ < kProtocol && vips.size() > 1;
  for (auto report = vips.begin(); report != vips.end(); ++report) {
    ProbeMessage message;
    arbiter::v1::DirectiveResult* into = message.mutable_result();
    *into = result;
    report::ReportWriter writer(protocol_, into->mutable_vips(), into->mutable_shared());
    *into->mutable_vip() = writer.Form(*report);
    if (!each_alone && vips.size() > 1) {
      for (const Report& all : vips) writer.Add(all);
    }
    send_(std::move(message));
    if (!each_alone) return;
  }
}

void Uplink::SendAffirmation(arbiter::v1::Affirmation affirmation, const std::vector<Report>& vips) {
  if (state_ != State::kTold) return;
  report::ReportWriter writer(protocol_, affirmation.mutable_vips(), affirmation.mutable_shared());
  for (const Report& report : vips) {
    told_.TellVip(report);
    writer.Add(report);
  }
  affirmation.set_probe_time_ns(ProbeTime());
  ProbeMessage message;
  *message.mutable_affirmation() = std::move(affirmation);
  send_(std::move(message));
}

void Uplink::OnTick(Instant now) {
  if (state_ == State::kTold && now >= next_heartbeat_) SendHeartbeat(now);
}

void Uplink::SendHeartbeat(Instant now) {
  ProbeMessage message;
  message.mutable_heartbeat()->set_probe_time_ns(ProbeTime());
  send_(std::move(message));
  next_heartbeat_ = now + heartbeat_interval_;
}

std::optional<Instant> Uplink::NextDeadline() const {
  if (state_ != State::kTold) return std::nullopt;
  return next_heartbeat_;
}

}  // namespace probe::daemon
