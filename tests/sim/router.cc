#include "tests/sim/router.h"

#include <algorithm>
#include <utility>

namespace sim {

Duration Router::Skew() const { return config_.interval * (256 - config_.priority) / 256; }
Duration Router::MasterDown() const { return 3 * config_.interval + Skew(); }

bool Router::Names(const IpAddress& vip) const {
  const auto in = [&vip](const std::vector<IpAddress>& list) {
    return std::find(list.begin(), list.end(), vip) != list.end();
  };
  return in(config_.vips) || in(config_.excluded);
}

Duration Router::LiveFor() const { return alive() && !frozen_ ? schedule_.now() - live_since_ : Duration{}; }

bool Router::Accepts(const Advert& advert) const {
  return advert.segment == config_.segment && advert.vrid == config_.vrid && advert.version == config_.version &&
         advert.auth == config_.auth && advert.vips == config_.vips &&
         (advert.version == 3 || advert.interval == config_.interval);
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
    acts_.add_addresses(config_.All());
    SendAdvert(config_.priority);
    Arm(config_.interval);
  }
}

void Router::SendAdvert(std::uint8_t priority) {
  last_advert_ = schedule_.now();
  acts_.send(Advert{source(), config_.vrid, priority, config_.vips, config_.interval, config_.version, config_.auth,
                    config_.segment});
}

void Router::BecomeActive() {
  state_ = State::kActive;
  SendAdvert(config_.priority);
  acts_.add_addresses(config_.All());
  Arm(config_.interval);
}

void Router::DropAddresses() { acts_.remove_addresses(config_.All()); }

void Router::BecomeBackup() {
  if (state_ == State::kActive) DropAddresses();
  state_ = State::kBackup;
  Arm(MasterDown());
}

void Router::Start() {
  if (alive()) return;
  frozen_ = false;
  live_since_ = schedule_.now();
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
  live_since_ = schedule_.now();
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
  TakeConfig(std::move(config));
  if (!alive() || state_ == State::kFault) return;
  state_ = State::kBackup;
  Arm(MasterDown());
}

void Router::ReloadInPlace(RouterConfig config) {
  const RouterConfig before = config_;
  TakeConfig(std::move(config));
  if (state_ != State::kActive) return;
  std::vector<IpAddress> dropped = before.All();
  std::erase_if(dropped, [this](const IpAddress& vip) { return Names(vip); });
  acts_.remove_addresses(dropped);
  SendAdvert(config_.priority);
  acts_.add_addresses(config_.All());
  Arm(config_.interval);
}

void Router::TakeConfig(RouterConfig config) {
  config_ = std::move(config);
  live_since_ = schedule_.now();
  ++generation_;
}

// Measured: the instance leaves MASTER with all of its VIPs and is back with them a skew time later.
void Router::OnAddressTaken(const IpAddress& vip) {
  if (frozen_ || state_ != State::kActive || !Names(vip)) return;
  DropAddresses();
  state_ = State::kBackup;
  Arm(Skew());
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
      advert.priority > config_.priority || (advert.priority == config_.priority && advert.source > source());
  if (advert.priority == 0) {
    SendAdvert(config_.priority);
  } else if (better) {
    BecomeBackup();
  } else {
    SendAdvert(config_.priority);
  }
}

}  // namespace sim
