#include "tests/sim/router.h"

#include <utility>

namespace sim {

Duration Router::Skew() const { return config_.interval * (256 - config_.priority) / 256; }
Duration Router::MasterDown() const { return 3 * config_.interval + Skew(); }

bool Router::Accepts(const Advert& advert) const {
  return advert.vrid == config_.vrid && advert.version == config_.version && advert.auth == config_.auth &&
         advert.vips == config_.vips && (advert.version == 3 || advert.interval == config_.interval);
}

void Router::Arm(Duration after) {
  const std::uint64_t timer = ++timer_;
  schedule_.After(after, [this, timer] {
    if (timer != timer_) return;
    if (frozen_) {
      timer_missed_ = true;
    } else {
      OnTimer();
    }
  });
}

void Router::OnTimer() {
  if (state_ == State::kBackup) {
    BecomeActive();
  } else if (state_ == State::kActive) {
    for (const IpAddress& vip : config_.vips) acts_.add_address(vip);
    SendAdvert(config_.priority);
    Arm(config_.interval);
  }
}

void Router::SendAdvert(std::uint8_t priority) {
  last_advert_ = schedule_.now();
  acts_.send(Advert{source_, config_.vrid, priority, config_.vips, config_.interval, config_.version, config_.auth});
}

void Router::BecomeActive() {
  state_ = State::kActive;
  SendAdvert(config_.priority);
  for (const IpAddress& vip : config_.vips) acts_.add_address(vip);
  Arm(config_.interval);
}

void Router::DropAddresses() {
  for (const IpAddress& vip : config_.vips) acts_.remove_address(vip);
}

void Router::BecomeBackup() {
  if (state_ == State::kActive) DropAddresses();
  state_ = State::kBackup;
  Arm(MasterDown());
}

void Router::Start() {
  if (alive()) return;
  frozen_ = false;
  timer_missed_ = false;
  backlog_.clear();
  DropAddresses();
  if (demoted_) {
    state_ = State::kFault;
    ++timer_;
    return;
  }
  state_ = State::kBackup;
  Arm(MasterDown());
}

void Router::Stop() {
  if (!alive() || frozen_) return;
  if (state_ == State::kActive) {
    SendAdvert(0);
    DropAddresses();
  }
  Kill();
}

void Router::Kill() {
  state_ = State::kDown;
  frozen_ = false;
  ++timer_;
}

void Router::Freeze() {
  if (alive()) frozen_ = true;
}

void Router::Thaw() {
  if (!frozen_) return;
  frozen_ = false;
  if (demoted_ && state_ != State::kFault) {
    if (state_ == State::kActive)
      SendAdvert(config_.priority);  // measured: one more advert before it looks at the file
    SetTrackFile(true);
  } else if (timer_missed_) {
    OnTimer();
  }
  timer_missed_ = false;
  for (const Advert& advert : std::exchange(backlog_, {})) Hear(advert);
}

void Router::Reload(RouterConfig config) {
  const bool was_active = state_ == State::kActive;
  if (was_active) DropAddresses();
  config_ = std::move(config);
  if (!alive() || state_ == State::kFault) return;
  state_ = State::kBackup;
  Arm(MasterDown());
}

void Router::SetTrackFile(bool demote) {
  demoted_ = demote;
  if (!alive() || frozen_) return;
  if (demote && state_ != State::kFault) {
    if (state_ == State::kActive) {
      SendAdvert(0);
      DropAddresses();
    }
    state_ = State::kFault;
    ++timer_;
  } else if (!demote && state_ == State::kFault) {
    state_ = State::kBackup;
    Arm(MasterDown());
  }
}

void Router::Hear(const Advert& advert) {
  constexpr std::size_t kBacklog = 8;
  if (!alive()) return;
  if (frozen_) {
    if (backlog_.size() < kBacklog) backlog_.push_back(advert);
    return;
  }
  if (!Accepts(advert)) return;
  if (state_ == State::kBackup) {
    if (advert.priority == 0) {
      Arm(Skew());
    } else if (advert.priority >= config_.priority) {
      Arm(MasterDown());
    }
    return;
  }
  if (state_ != State::kActive) return;
  const bool better =
      advert.priority > config_.priority || (advert.priority == config_.priority && advert.source > source_);
  if (advert.priority == 0) {
    SendAdvert(config_.priority);
  } else if (better) {
    BecomeBackup();
  } else {
    SendAdvert(config_.priority);
  }
}

}  // namespace sim
