// A VRRP router (keepalived's instance) after RFC 9568, section 6.4, with what keepalived 2.2 adds: it drops adverts
// whose settings differ, puts a missing address back at its next advert, leaves its addresses behind when killed, and
// yields to a track file.
#ifndef TESTS_SIM_ROUTER_H_
#define TESTS_SIM_ROUTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "proto/value/ip_address.h"
#include "tests/sim/schedule.h"

namespace sim {

using arbiter::IpAddress;

struct RouterConfig {
  std::uint8_t vrid = 66;
  std::uint8_t priority = 100;
  std::vector<IpAddress> vips;      // that it advertises
  std::vector<IpAddress> excluded;  // that it holds with them and never advertises
  std::size_t segment = 0;          // on which it advertises
  Duration interval = std::chrono::seconds(1);
  std::uint8_t version = 2;
  std::string auth;

  // All that it holds or none.
  [[nodiscard]] std::vector<IpAddress> All() const {
    std::vector<IpAddress> all = vips;
    all.insert(all.end(), excluded.begin(), excluded.end());
    return all;
  }
  friend bool operator==(const RouterConfig&, const RouterConfig&) = default;
};

struct Advert {
  IpAddress source;
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;  // 0: "I stop"
  std::vector<IpAddress> vips;
  Duration interval{};
  std::uint8_t version = 2;
  std::string auth;
  std::size_t segment = 0;
};

// What the router does to its host.
struct RouterActs {
  std::function<void(const Advert&)> send;
  std::function<void(const std::vector<IpAddress>&)> add_addresses;  // one after the other
  std::function<void(const std::vector<IpAddress>&)> remove_addresses;
};

class Router {
 public:
  enum class State : std::uint8_t { kDown, kBackup, kActive, kFault };

  // `sources`: the host's own address on each segment.
  Router(Schedule& schedule, std::vector<IpAddress> sources, RouterConfig config, RouterActs acts)
      : schedule_(schedule), sources_(std::move(sources)), config_(std::move(config)), acts_(std::move(acts)) {}

  void Start();
  void Stop();  // SIGTERM: says priority 0, takes its addresses with it
  void Kill();  // SIGKILL: leaves them behind
  void Freeze();
  void Thaw();
  void Reload(RouterConfig config);         // begins anew as a backup
  void ReloadInPlace(RouterConfig config);  // an active router stays active: what is new goes out at once
  // Somebody else removed the address.
  void OnAddressTaken(const IpAddress& vip);
  void SetTrackFile(bool demote);
  void Hear(const Advert& advert);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool alive() const { return state_ != State::kDown; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  [[nodiscard]] const RouterConfig& config() const { return config_; }
  // Grows with each change of the configuration.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] bool Names(const IpAddress& vip) const;
  [[nodiscard]] const IpAddress& source() const { return sources_.at(config_.segment); }
  // How long it has been running with this configuration; zero: it does not.
  [[nodiscard]] Duration LiveFor() const;
  // When it last sent an advert or tried to; the epoch when never.
  [[nodiscard]] Instant last_advert() const { return last_advert_; }
  [[nodiscard]] Duration MasterDown() const;

 private:
  [[nodiscard]] Duration Skew() const;
  [[nodiscard]] bool Accepts(const Advert& advert) const;
  void Arm(Duration after);
  void OnTimer();
  void SendAdvert(std::uint8_t priority);
  void BecomeActive();
  void BecomeBackup();
  void DropAddresses();
  void TakeConfig(RouterConfig config);

  Schedule& schedule_;
  std::vector<IpAddress> sources_;
  RouterConfig config_;
  RouterActs acts_;
  State state_ = State::kDown;
  bool frozen_ = false;
  bool demoted_ = false;
  bool timer_missed_ = false;
  std::vector<Advert> backlog_;  // heard while frozen
  std::uint64_t timer_ = 0;
  std::uint64_t generation_ = 0;
  Instant live_since_{};
  Instant last_advert_{};
};

}  // namespace sim

#endif  // TESTS_SIM_ROUTER_H_
