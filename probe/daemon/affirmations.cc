#include "probe/daemon/affirmations.h"

#include <algorithm>
#include <set>
#include <utility>

#include "probe/daemon/segment_questions.h"
#include "proto/codec/time.h"

namespace probe::daemon {
namespace {

using arbiter::IpAddress;

arbiter::v1::Reach ToProto(const actuate::ReachTally& tally) {
  arbiter::v1::Reach reach;
  reach.set_asked(static_cast<std::uint32_t>(tally.asked()));
  reach.set_answered(static_cast<std::uint32_t>(tally.answered()));
  for (const actuate::ReachTally::Answer& answer : tally.answers()) reach.add_answered_by(answer.ip.ToString());
  for (const IpAddress& silent : tally.silent()) reach.add_silent(silent.ToString());
  return reach;
}

// What cannot be read is no VIP of this node.
template <typename Texts>
std::vector<IpAddress> Parsed(const Texts& texts) {
  std::vector<IpAddress> addresses;
  for (const std::string& text : texts) {
    if (const auto address = IpAddress::Parse(text); address.ok()) addresses.push_back(*address);
  }
  return addresses;
}

// At most so many of them, from the first to the last: several instances may be among them.
std::vector<IpAddress> SomeOf(const std::vector<IpAddress>& vips, std::size_t most) {
  if (vips.size() <= most) return vips;
  std::vector<IpAddress> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(vips[i * (vips.size() - 1) / (most - 1)]);
  return some;
}

}  // namespace

Affirmations::Affirmations(NodeState& node, netlink::KernelReader& kernel, Questions& questions, Send send)
    : node_(node), kernel_(kernel), questions_(questions), send_(std::move(send)) {}

void Affirmations::Ask(const arbiter::v1::AffirmRequest& request, std::uint32_t protocol, Instant now) {
  if (pending_.size() >= kMostAtOnce) pending_.erase(pending_.begin());
  const std::uint64_t key = ++next_key_;
  Pending& pending = pending_[key];
  pending.answer.set_nonce(request.nonce());
  pending.protocol = protocol;
  std::set<IpAddress> seen;
  for (const IpAddress& vip : Parsed(request.vips())) {
    if (seen.insert(vip).second) pending.vips.push_back(vip);
  }
  pending.awaited = 1;  // until every question is out
  std::chrono::nanoseconds within = arbiter::codec::FromProto(request.within()) * 2 / 3;
  within = within > within.zero() ? std::min<std::chrono::nanoseconds>(within, kReachWithin) : kReachWithin;
  for (Group& group : GroupBySegment(pending, request, now)) {
    AskOne(key, group.question, now, within, [vips = group.vips](Pending& answer, const actuate::ReachTally& tally) {
      answer.reached.push_back({ToProto(tally), vips});
    });
    if (request.in_contest()) AskInContest(key, std::move(group), now, within);
  }
  if (request.ask_segment() && !request.in_contest()) AskSegment(key, now, within);
  Finish(key);
}

void Affirmations::AskOne(std::uint64_t key, const actuate::ReachQuestion& question, Instant now,
                          std::chrono::nanoseconds within,
                          std::function<void(Pending&, const actuate::ReachTally&)> done) {
  const auto heard = [this, key, done = std::move(done)](const actuate::ReachTally& tally) {
    const auto asked = pending_.find(key);
    if (asked == pending_.end()) return;
    done(asked->second, tally);
    Finish(key);
  };
  ++pending_.at(key).awaited;
  // Without an answer the arbiter cannot tell, which is what it has to know.
  if (!questions_.Ask(question, now, within, heard).ok()) --pending_.at(key).awaited;
}

void Affirmations::AskSegment(std::uint64_t key, Instant now, std::chrono::nanoseconds within) {
  for (const actuate::ReachQuestion& question : SegmentQuestionsFor(node_, pending_.at(key).vips).questions) {
    AskOthers(key, question, now, within);
  }
}

void Affirmations::AskInContest(std::uint64_t key, Group group, Instant now, std::chrono::nanoseconds within) {
  group.question.targets = SomeOf(group.vips, actuate::ReachProber::kMaxTargets);
  // As nobody: a node that has our address as well would not answer us. Not so in IPv6, where an address that is being
  // taken would be given up before such a question, and none is there twice.
  if (group.vips.front().is_v4()) group.question.own_addresses.clear();
  AskOthers(key, group.question, now, std::min<std::chrono::nanoseconds>(within, kOthersWithin));
}

void Affirmations::AskOthers(std::uint64_t key, const actuate::ReachQuestion& question, Instant now,
                             std::chrono::nanoseconds within) {
  AskOne(key, question, now, within, [vips = question.targets](Pending& pending, const actuate::ReachTally& tally) {
    for (const IpAddress& vip : vips) pending.answer.add_segment_asked(vip.ToString());
    for (const auto& answer : tally.answers()) pending.answer.add_segment_answered(answer.ip.ToString());
  });
}

std::vector<Affirmations::Group> Affirmations::GroupBySegment(const Pending& pending,
                                                              const arbiter::v1::AffirmRequest& request,
                                                              Instant now) const {
  const std::vector<IpAddress> nodes = Parsed(request.node_addresses());
  const std::set<IpAddress> cluster(nodes.begin(), nodes.end());
  std::map<std::pair<std::string, IpAddress::Family>, std::vector<IpAddress>> segments;
  for (const IpAddress& vip : pending.vips) {
    const std::vector<report::VipPlace> places = node_.Places(vip);
    if (!places.empty()) segments[{places.front().interface, vip.family()}].push_back(vip);
  }
  std::vector<Group> askable;
  for (auto& [segment, vips] : segments) {
    absl::StatusOr<actuate::ReachQuestion> question = node_.QuestionFor(vips.front());
    if (!question.ok()) continue;
    Group group{*std::move(question), std::move(vips)};
    group.question.vips.insert(group.vips.begin(), group.vips.end());
    group.question.targets = node_.ReferencesFor(group.vips.front(), group.question, cluster, kernel_, now);
    if (group.question.targets.size() > actuate::ReachProber::kMaxTargets) {
      group.question.targets.resize(actuate::ReachProber::kMaxTargets);
    }
    if (!group.question.targets.empty()) askable.push_back(std::move(group));
  }
  return askable;
}

void Affirmations::PutReach(const std::vector<Reached>& reached, const std::vector<IpAddress>& vips,
                            std::uint32_t protocol, arbiter::v1::Affirmation* answer) {
  auto& by_vip = *answer->mutable_reach();
  const auto most = std::max_element(reached.begin(), reached.end(),
                                     [](const Reached& a, const Reached& b) { return a.vips.size() < b.vips.size(); });
  const bool once = protocol >= 2 && most != reached.end() && most->vips.size() > 1;
  if (once) {
    // Nobody was asked for these, which is not the same as what most of them reached.
    for (const IpAddress& vip : vips) (void)by_vip[vip.ToString()];
    for (const IpAddress& vip : most->vips) by_vip.erase(vip.ToString());
    by_vip[""] = most->reach;
  }
  for (auto each = reached.begin(); each != reached.end(); ++each) {
    if (once && each == most) continue;
    for (const IpAddress& vip : each->vips) by_vip[vip.ToString()] = each->reach;
  }
}

void Affirmations::Finish(std::uint64_t key) {
  const auto found = pending_.find(key);
  if (found == pending_.end() || --found->second.awaited > 0) return;
  Pending pending = std::move(found->second);
  pending_.erase(found);
  PutReach(pending.reached, pending.vips, pending.protocol, &pending.answer);
  send_(std::move(pending.answer), pending.vips);
}

}  // namespace probe::daemon
