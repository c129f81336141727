// A VRRP router after RFC 9568, section 6.4, with what keepalived 2.2 adds: it drops adverts whose settings differ,
// puts a missing address back at its next advert, leaves its addresses behind when killed, and yields to a track file.
#ifndef TESTS_SIM_ROUTER_H_
#define TESTS_SIM_ROUTER_H_

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
  std::vector<IpAddress> vips;
  Duration interval = std::chrono::seconds(1);
  std::uint8_t version = 2;
  std::string auth;
};

struct Advert {
  IpAddress source;
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;  // 0: "I stop"
  std::vector<IpAddress> vips;
  Duration interval{};
  std::uint8_t version = 2;
  std::string auth;
};

// What the router does to its host.
struct RouterActs {
  std::function<void(const Advert&)> send;
  std::function<void(const IpAddress&)> add_address;
  std::function<void(const IpAddress&)> remove_address;
};

class Router {
 public:
  enum class State : std::uint8_t { kDown, kBackup, kActive, kFault };

  Router(Schedule& schedule, IpAddress source, RouterConfig config, RouterActs acts)
      : schedule_(schedule), source_(source), config_(std::move(config)), acts_(std::move(acts)) {}

  void Start();
  void Stop();  // SIGTERM: says priority 0, takes its addresses with it
  void Kill();  // SIGKILL: leaves them behind
  void Freeze();
  void Thaw();
  void Reload(RouterConfig config);
  void SetTrackFile(bool demote);
  void Hear(const Advert& advert);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool alive() const { return state_ != State::kDown; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  [[nodiscard]] const RouterConfig& config() const { return config_; }
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

  Schedule& schedule_;
  IpAddress source_;
  RouterConfig config_;
  RouterActs acts_;
  State state_ = State::kDown;
  bool frozen_ = false;
  bool demoted_ = false;
  bool timer_missed_ = false;
  std::vector<Advert> backlog_;  // heard while frozen
  std::uint64_t timer_ = 0;
  Instant last_advert_{};
};

}  // namespace sim

#endif  // TESTS_SIM_ROUTER_H_
