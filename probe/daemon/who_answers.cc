#include "probe/daemon/who_answers.h"

#include <algorithm>
#include <utility>

namespace probe::daemon {
namespace {

using arbiter::IpAddress;

// Longer than two hosts overlap in a healthy change of hands (20 ms).
constexpr std::chrono::milliseconds kAgainAfter(100);
// So many rounds without an answer end a claim.
constexpr std::chrono::seconds::rep kRoundsWithoutAnAnswer = 3;

// RFC 5737 has it for documentation: who answers for it beyond all subnets of this node answers for everything there.
IpAddress Documentation() { return *IpAddress::Parse("192.0.2.1"); }

}  // namespace

bool WhoAnswers::IsAskedAbout(const hold::VipState& state) {
  const bool open = state.gate == hold::GateState::kOpen || state.gate == hold::GateState::kUnavailable;
  return state.configured && state.effective && open && state.not_ours.empty();
}

void WhoAnswers::Want(const IpAddress& vip, bool wanted) {
  if (!on_) return;
  if (wanted) {
    wanted_.insert(vip);
  } else {
    wanted_.erase(vip);
  }
}

// Once a second is soon enough: interfaces come and go seldom.
void WhoAnswers::FollowPlaces() {
  std::set<observe::AddressHeard> all;
  for (const IpAddress& vip : wanted_) {
    for (std::string& segment : node_.SegmentsOf(vip)) all.insert({vip, std::move(segment)});
  }
  turns_.Set(std::move(all));
  const auto round = static_cast<std::chrono::seconds::rep>(turns_.seconds_a_round());
  node_.claims().Ask(wanted_, std::chrono::seconds(kRoundsWithoutAnAnswer * round + 1));
}

void WhoAnswers::AskNext() {
  if (!on_) return;
  FollowPlaces();
  node_.claims().EndRound();
  for (const observe::AddressHeard& next : turns_.TakeSecond(!doubts_.empty())) {
    for (const NodeState::AskingPlace& place : node_.AskingPlaces(next.address)) {
      if (place.interface == next.interface) AskAbout(next.address, place);
    }
  }
}

void WhoAnswers::OnTick(Instant now) {
  std::vector<observe::AddressHeard> doubts = node_.claims().TakeDoubts();
  if (!doubts.empty() && !ask_again_at_) ask_again_at_ = now + kAgainAfter;
  doubts_.insert(doubts.begin(), doubts.end());
  if (!ask_again_at_ || now < *ask_again_at_) return;
  ask_again_at_.reset();
  const auto left = std::find_if_not(doubts_.begin(), doubts_.end(),
                                     [this](const observe::AddressHeard& doubt) { return AskAgain(doubt); });
  doubts_.erase(doubts_.begin(), left);  // the others when the next second begins
  if (!doubts_.empty()) ask_again_at_ = now + std::chrono::seconds(1);
}

bool WhoAnswers::AskAgain(const observe::AddressHeard& doubt) {
  if (!wanted_.contains(doubt.address)) return true;
  for (const NodeState::AskingPlace& place : node_.AskingPlaces(doubt.address)) {
    if (place.interface != doubt.interface) continue;
    std::vector<IpAddress> nobodys;
    if (!place.nobodys.IsUnspecified()) nobodys.push_back(place.nobodys);
    if (doubt.address.is_v4() && place.beyond_subnets) nobodys.push_back(Documentation());
    for (const IpAddress& address : nobodys) {
      if (!turns_.TakeOne()) return false;
      node_.claims().ExpectSilence(address);
      AskAbout(address, place);
    }
    if (!turns_.TakeOne()) return false;
    AskAbout(doubt.address, place);
  }
  return true;
}

void WhoAnswers::AskAbout(const IpAddress& address, const NodeState::AskingPlace& place) {
  const actuate::Binding self{place.source, place.mac};
  // What cannot be sent is asked in the next round: the link went down, or a gate has just shut.
  (void)send_(place.link,
              address.is_v4() ? actuate::ArpRequest(self, address) : actuate::NeighbourSolicitation(self, address));
}

std::optional<Instant> WhoAnswers::NextDeadline() const { return ask_again_at_; }

}  // namespace probe::daemon
