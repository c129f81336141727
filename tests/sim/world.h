// A cluster in simulation: nodes on one segment or several, each with a gateway, a witness, and everything that can go
// wrong.
#ifndef TESTS_SIM_WORLD_H_
#define TESTS_SIM_WORLD_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/node.h"
#include "tests/sim/random.h"
#include "tests/sim/schedule.h"
#include "tests/sim/witness_host.h"

namespace sim {

struct WorldConfig {
  std::uint64_t seed = 1;
  std::vector<NodeConfig> nodes;
  std::size_t segments = 1;
  arbiter::core::Policy policy;
};

// A segment: who hears whom.
struct Segment {
  std::set<std::string> deaf;                             // nothing reaches the node
  std::set<std::string> mute;                             // nothing leaves it
  std::set<std::pair<std::string, std::string>> severed;  // one way
  double loss = 0.0;
  double duplicates = 0.0;
  Duration jitter = std::chrono::microseconds(300);
};

class World {
 public:
  explicit World(const WorldConfig& config);

  void PowerOn();
  // Runs until `end`, calling `after_each` after everything that happens. Stops when it returns false.
  bool RunFor(Duration span, const std::function<bool()>& after_each);

  [[nodiscard]] Schedule& schedule() { return schedule_; }
  [[nodiscard]] Instant now() const { return schedule_.now(); }
  [[nodiscard]] Random& random() { return random_; }
  [[nodiscard]] std::vector<Segment>& segments() { return segments_; }
  [[nodiscard]] Segment& segment() { return segments_.front(); }
  [[nodiscard]] std::size_t HomeOf(const IpAddress& vip) const { return nodes_.front()->HomeOf(vip); }
  // The keeper of a node wanted to take an address from under a live daemon.
  void SetTookFromLive(std::function<void(Node&, const IpAddress&)> took) { took_from_live_ = std::move(took); }
  [[nodiscard]] WitnessHost& witness() { return witness_; }
  [[nodiscard]] std::vector<std::unique_ptr<Node>>& nodes() { return nodes_; }
  // A stranger on the segments sends the node's adverts in its name, until they are all silenced.
  void Impersonate(const Node& node);
  void SilenceImpostors() { impersonated_.clear(); }
  [[nodiscard]] bool has_impostors() const { return !impersonated_.empty(); }
  // Called whenever a node has carried a directive out.
  void SetObeyed(std::function<void(Node&, const arbiter::core::Directive&, probe::hold::BootTime)> obeyed) {
    obeyed_ = std::move(obeyed);
  }
  [[nodiscard]] Node& node(const std::string& name);
  [[nodiscard]] const WorldConfig& config() const { return config_; }
  // All addresses that some node is meant to serve.
  [[nodiscard]] const std::set<IpAddress>& vips() const { return vips_; }
  // A client somewhere on the segment, at the gateway, gets an answer from the node.
  [[nodiscard]] bool ReachesClients(const Node& node, std::size_t segment) const;
  [[nodiscard]] std::vector<std::string> Answering(const IpAddress& vip, bool seen_by_clients) const;

  void Log(const std::string& text);
  [[nodiscard]] const std::deque<std::string>& last_events() const { return last_events_; }
  // A digest of all that has happened: equal histories, equal digests.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

 private:
  void Send(Node& from, const Advert& advert);
  void Forge(const std::string& name, std::size_t router);
  [[nodiscard]] bool Carries(const Node& from, const Node& to, std::size_t segment) const;

  WorldConfig config_;
  Schedule schedule_;
  Random random_;
  std::vector<Segment> segments_;
  std::function<void(Node&, const arbiter::core::Directive&, probe::hold::BootTime)> obeyed_;
  std::function<void(Node&, const IpAddress&)> took_from_live_;
  WitnessHost witness_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::set<IpAddress> vips_;
  std::set<std::string> impersonated_;
  std::deque<std::string> last_events_;
  std::uint64_t digest_ = 14695981039346656037ULL;
};

}  // namespace sim

#endif  // TESTS_SIM_WORLD_H_
