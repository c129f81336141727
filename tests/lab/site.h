// The whole product in the lab: nodes with keepalived and probes, an arbiter, a witness of answers and a client.
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

struct SiteOptions {
  Flavour flavour = V4();
  int nodes = 2;  // a, b, c, ... with the priorities 100, 90, 80, ...
  bool track_files = false;
  bool one_network = false;
  std::vector<std::string> arbiter_flags = {};
  std::string arbiter_config = {};  // YAML
  std::vector<std::string> ctl_flags = {};
  std::vector<std::string> probe_flags = {};
  int questions_per_second = 50;
};

// Prints what happened, and the ends of the logs, when the test has failed.
class Site {
 public:
  // Builds everything; starts nothing but the witness. What a test wants different it changes before Start.
  explicit Site(SiteOptions options = {});
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site();

  // Arbiter and probes, until all are connected; then every keepalived, until a alone answers; then the client.
  testing::AssertionResult Start();
  // The first half of it.
  testing::AssertionResult StartDaemons();
  // The second half, with other hosts than a that must be the ones that answer.
  testing::AssertionResult StartKeepalived(const Hosts& answering = {"a"});

  [[nodiscard]] Lab& lab() { return lab_; }
  [[nodiscard]] Node& node(const std::string& name) { return *nodes_.at(name); }
  [[nodiscard]] Arbiter& arbiter() { return arbiter_; }
  [[nodiscard]] const Arbiter& arbiter() const { return arbiter_; }
  [[nodiscard]] const AnswerWitness& witness() const { return *witness_; }
  [[nodiscard]] const AddressLog& addresses() const { return *addresses_; }
  [[nodiscard]] const Client& client() const { return *client_; }
  [[nodiscard]] const Flavour& flavour() const { return options_.flavour; }
  [[nodiscard]] std::string vip() const { return options_.flavour.vip(); }

  // A node more, on `segment`, in `cluster`; before Start. The witness does not watch other segments.
  Node& AddNode(const std::string& name, int number, Network& segment, const std::string& cluster);

  // What `arbctl status` says of a VIP (the site's own by default); nothing when the arbiter does not know it.
  [[nodiscard]] Json Vip(const std::string& address = "", const std::string& cluster = "default") const;
  // Its state without the prefix: HELD, SPLIT, GUARDED, ...
  [[nodiscard]] std::string VipState(const std::string& address = "", const std::string& cluster = "default") const;
  // The nodes under a hold for it.
  [[nodiscard]] Hosts HeldBack(const std::string& address = "") const;
  [[nodiscard]] std::vector<Json> Incidents() const;

  // These hosts, and no other, answer for the VIP.
  testing::AssertionResult AwaitAnswers(const Hosts& hosts, Duration limit = std::chrono::seconds(15)) const;
  // The survivor alone answers, and the arbiter shows the losers held back.
  testing::AssertionResult AwaitGuarded(const std::string& survivor, const Hosts& losers,
                                        Duration limit = std::chrono::seconds(15)) const;
  // `holder` alone answers, nobody is held back, and the arbiter says HELD.
  testing::AssertionResult AwaitHealthy(const std::string& holder, Duration limit) const;
  // All nodes are connected, as the arbiter sees it.
  testing::AssertionResult AwaitConnected(Duration limit = std::chrono::seconds(10)) const;

  // Timeline, status and logs.
  [[nodiscard]] std::string Story() const;

 private:
  [[nodiscard]] std::filesystem::path ArbiterDirectory() const;
  [[nodiscard]] std::vector<std::string> ArbiterFlags() const;

  SiteOptions options_;
  Lab lab_;
  Arbiter arbiter_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;
  std::unique_ptr<AnswerWitness> witness_;
  std::unique_ptr<AddressLog> addresses_;
  std::unique_ptr<Client> client_;
};

}  // namespace lab

#endif  // TESTS_LAB_SITE_H_
