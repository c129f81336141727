#include "tests/sim/world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;

World::World(const WorldConfig& config)
    : config_(config),
      random_(config.seed),
      witness_(schedule_, random_, config.policy, [this](const std::string& text) { Log(text); }) {
  for (const NodeConfig& node : config_.nodes) {
    NodeSurroundings around;
    around.send_advert = [this](Node& from, const Advert& advert) { Send(from, advert); };
    around.somebody_answers = [this](Node& asker, const IpAddress& vip) {
      return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& other) {
        return other.get() != &asker && other->Answers(vip) && Carries(asker, *other) && Carries(*other, asker);
      });
    };
    around.reaches_gateway = [this](Node& asker) { return ReachesClients(asker); };
    around.to_arbiter = [this](Node& from, arbiter::core::Event event) { witness_.Receive(from, std::move(event)); };
    around.connect = [this](Node& from) { witness_.Connect(from); };
    around.obeyed = [this](Node& by, const arbiter::core::Directive& directive, probe::hold::BootTime as_of) {
      if (obeyed_) obeyed_(by, directive, as_of);
    };
    around.log = [this](const std::string& text) { Log(text); };
    nodes_.push_back(std::make_unique<Node>(schedule_, random_, node, std::move(around)));
    witness_.AddNode(*nodes_.back());
    for (const RouterConfig& router : node.routers) vips_.insert(router.vips.begin(), router.vips.end());
  }
}

void World::PowerOn() {
  witness_.Start();
  for (const auto& node : nodes_) node->PowerOn();
}

bool World::RunFor(Duration span, const std::function<bool()>& after_each) {
  const Instant end = schedule_.now() + span;
  while (schedule_.RunNext(end)) {
    if (!after_each()) return false;
  }
  return after_each();
}

Node& World::node(const std::string& name) {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& node) { return node->name() == name; });
  return **found;
}

bool World::Carries(const Node& from, const Node& to) const {
  return from.powered() && to.powered() && !segment_.mute.contains(from.name()) && !segment_.deaf.contains(to.name()) &&
         !segment_.severed.contains({from.name(), to.name()});
}

bool World::ReachesClients(const Node& node) const {
  return node.powered() && !segment_.mute.contains(node.name()) && !segment_.deaf.contains(node.name());
}

std::vector<std::string> World::Answering(const IpAddress& vip, bool seen_by_clients) const {
  std::vector<std::string> result;
  for (const auto& node : nodes_) {
    if (node->Answers(vip) && (!seen_by_clients || ReachesClients(*node))) result.push_back(node->name());
  }
  return result;
}

void World::Send(Node& from, const Advert& advert) {
  for (const auto& to : nodes_) {
    if (to.get() == &from || !Carries(from, *to) || random_.Chance(segment_.loss)) continue;
    const int copies = random_.Chance(segment_.duplicates) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      Node* receiver = to.get();
      schedule_.After(random_.Between(microseconds(20), segment_.jitter),
                      [receiver, advert] { receiver->Hear(advert); });
    }
  }
}

void World::Log(const std::string& text) {
  constexpr std::size_t kKeep = 400;
  const auto ms = std::chrono::duration<double, std::milli>(schedule_.now().time_since_epoch()).count();
  last_events_.push_back(absl::StrFormat("%12.3f %s", ms, text));
  for (const char byte : last_events_.back()) {
    digest_ = (digest_ ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  }
  if (last_events_.size() > kKeep) last_events_.pop_front();
}

}  // namespace sim
