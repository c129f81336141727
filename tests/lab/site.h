// The whole product in the lab: nodes with keepalived and probes, an arbiter, witnesses of answers and a client.
#ifndef TESTS_LAB_SITE_H_
#define TESTS_LAB_SITE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/lab/address_log.h"
#include "tests/lab/answer_witness.h"
#include "tests/lab/arbiter.h"
#include "tests/lab/client.h"
#include "tests/lab/flavour.h"
#include "tests/lab/json.h"
#include "tests/lab/lab.h"
#include "tests/lab/node.h"
#include "tests/lab/wait.h"

namespace lab {

using Hosts = std::set<std::string>;

// What a busy machine may hide from a witness that asks 50 times a second: two questions.
inline constexpr Duration kNoise = std::chrono::milliseconds(45);

// After this a node that says nothing is called silent: the arbiter's default.
inline constexpr Duration kSilenceLimit = std::chrono::seconds(3);

// A network more, on which every node has a leg of this name.
struct Segment {
  std::string interface;
  Subnet subnet;
};

// A VIP that a witness asks for, on the network of the nodes' leg of this name.
struct WatchedVip {
  std::string address;
  std::string interface = kVrrpInterface;
};

struct SiteOptions {
  Flavour flavour = V4();
  int nodes = 2;                           // a, b, c, ... with the priorities 100, 90, 80, ...
  bool a_has_the_highest_address = false;  // it has the lowest one otherwise
  bool track_files = false;
  bool one_network = false;
  std::vector<std::string> arbiter_flags = {};
  std::string arbiter_config = {};  // YAML
  std::vector<std::string> ctl_flags = {};
  std::vector<std::string> probe_flags = {};
  int questions_per_second = 50;
  Subnet vrrp = {};
  // With any of these the probes find their interfaces themselves.
  std::vector<Segment> segments = {};
  // The first one is the site's own, which the client pings; none: the flavour's.
  std::vector<WatchedVip> vips = {};
};

// Prints what happened, and the ends of the logs, when the test has failed.
class Site {
 public:
  // Builds everything; starts nothing but the witnesses. What a test wants different it changes before Start.
  explicit Site(SiteOptions options = {});
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site();

  // Arbiter and probes, until all are connected; then every keepalived, until a alone answers for every VIP watched;
  // then the client.
  testing::AssertionResult Start();
  // The first half of it.
  testing::AssertionResult StartDaemons();
  // The second half, with other hosts than a that must be the ones that answer.
  testing::AssertionResult StartKeepalived(const Hosts& answering = {"a"});

  [[nodiscard]] Lab& lab() { return lab_; }
  [[nodiscard]] Node& node(const std::string& name) { return *nodes_.at(name); }
  [[nodiscard]] Hosts node_names() const;
  // The network of the nodes' leg of this name.
  [[nodiscard]] Network& segment(const std::string& interface) const { return *segments_.at(interface); }
  [[nodiscard]] Arbiter& arbiter() { return arbiter_; }
  [[nodiscard]] const Arbiter& arbiter() const { return arbiter_; }
  // The witness of the site's own VIP, or of another one that is watched.
  [[nodiscard]] const AnswerWitness& witness() const { return witness(vip()); }
  [[nodiscard]] const AnswerWitness& witness(const std::string& vip) const { return *witnesses_.at(vip); }
  [[nodiscard]] const AddressLog& addresses() const { return *addresses_; }
  [[nodiscard]] const Client& client() const { return *client_; }
  [[nodiscard]] const Flavour& flavour() const { return options_.flavour; }
  [[nodiscard]] std::string vip() const { return options_.vips.front().address; }
  // All that are watched, sorted.
  [[nodiscard]] std::set<std::string> vips() const;

  // A node more, on `segment`, in `cluster`; before Start. The witnesses do not watch that segment.
  Node& AddNode(const std::string& name, int number, Network& segment, const std::string& cluster);

  // What `arbctl status` says of a VIP (the site's own by default); nothing when the arbiter does not know it.
  [[nodiscard]] Json Vip(const std::string& address = "", const std::string& cluster = "default") const;
  // Its state without the prefix: HELD, SPLIT, GUARDED, ...
  [[nodiscard]] std::string VipState(const std::string& address = "", const std::string& cluster = "default") const;
  // The nodes under a hold for it.
  [[nodiscard]] Hosts HeldBack(const std::string& address = "") const;
  // The newest first.
  [[nodiscard]] std::vector<Json> Incidents() const;
  // The longest time in which nobody, or two, answered for one of the VIPs that are watched.
  [[nodiscard]] Duration LongestSilence(Instant from) const;
  [[nodiscard]] Duration BothAnswered(Instant from) const;

  // These hosts, and no other, answer for every VIP that is watched.
  testing::AssertionResult AwaitAnswers(const Hosts& hosts, Duration limit = std::chrono::seconds(15)) const;
  // The survivor alone answers for each of them, and the arbiter shows the losers held back.
  testing::AssertionResult AwaitGuarded(const std::string& survivor, const Hosts& losers,
                                        Duration limit = std::chrono::seconds(15)) const;
  // `holder` alone answers for each of them, nobody is held back, and the arbiter says HELD.
  testing::AssertionResult AwaitHealthy(const std::string& holder, Duration limit) const;
  // For each of them `host` answered all along, and no other did; but for `allowed`.
  testing::AssertionResult AnsweredAlone(const std::string& host, Instant from, Duration allowed = kNoise) const;
  // All nodes are connected, as the arbiter sees it.
  testing::AssertionResult AwaitConnected(Duration limit = std::chrono::seconds(10)) const;

  // Who answered when, of every VIP that is watched.
  [[nodiscard]] std::string Timelines() const;

  // Timelines, status and logs.
  [[nodiscard]] std::string Story() const;

 private:
  [[nodiscard]] std::filesystem::path ArbiterDirectory() const;
  [[nodiscard]] std::vector<std::string> ArbiterFlags() const;
  void MakeNode(int index);
  void Watch(const WatchedVip& vip);
  // Each VIP that is watched has this state and these nodes held back, and these hosts answer for it.
  testing::AssertionResult AwaitEach(absl::string_view awaited, const std::string& state, const Hosts& held_back,
                                     const Hosts& answering, Duration limit) const;

  SiteOptions options_;
  Lab lab_;
  Arbiter arbiter_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;
  std::map<std::string, Network*> segments_;                         // by the name of the nodes' legs
  std::map<std::string, const Host*> askers_;                        // by the same
  std::map<std::string, std::unique_ptr<AnswerWitness>> witnesses_;  // by VIP
  std::unique_ptr<AddressLog> addresses_;
  std::unique_ptr<Client> client_;
};

}  // namespace lab

#endif  // TESTS_LAB_SITE_H_
