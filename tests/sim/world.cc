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
      segments_(config.segments),
      witness_(schedule_, random_, config.policy, [this](const std::string& text) { Log(text); }) {
  for (const NodeConfig& node : config_.nodes) {
    NodeSurroundings around;
    around.send_advert = [this](Node& from, const Advert& advert) { Send(from, advert); };
    around.somebody_answers = [this](Node& asker, const IpAddress& vip) {
      const std::size_t home = HomeOf(vip);
      return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& other) {
        return other.get() != &asker && other->Answers(vip) && Carries(asker, *other, home) &&
               Carries(*other, asker, home);
      });
    };
    around.reaches_gateway = [this](Node& asker, std::size_t segment) { return ReachesClients(asker, segment); };
    around.to_arbiter = [this](Node& from, arbiter::core::Event event) { witness_.Receive(from, std::move(event)); };
    around.connect = [this](Node& from) { witness_.Connect(from); };
    around.obeyed = [this](Node& by, const arbiter::core::Directive& directive, probe::hold::BootTime as_of) {
      if (obeyed_) obeyed_(by, directive, as_of);
    };
    around.took_from_live = [this](Node& from, const IpAddress& vip) {
      if (took_from_live_) took_from_live_(from, vip);
    };
    around.log = [this](const std::string& text) { Log(text); };
    nodes_.push_back(std::make_unique<Node>(schedule_, random_, node, std::move(around)));
    witness_.AddNode(*nodes_.back());
    for (const RouterConfig& router : node.routers) {
      vips_.insert(router.vips.begin(), router.vips.end());
      vips_.insert(router.excluded.begin(), router.excluded.end());
    }
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

bool World::Carries(const Node& from, const Node& to, std::size_t segment) const {
  const Segment& on = segments_[segment];
  return from.powered() && to.powered() && !on.mute.contains(from.name()) && !on.deaf.contains(to.name()) &&
         !on.severed.contains({from.name(), to.name()});
}

bool World::ReachesClients(const Node& node, std::size_t segment) const {
  const Segment& on = segments_[segment];
  return node.powered() && !on.mute.contains(node.name()) && !on.deaf.contains(node.name());
}

std::vector<std::string> World::Answering(const IpAddress& vip, bool seen_by_clients) const {
  std::vector<std::string> result;
  for (const auto& node : nodes_) {
    if (node->Answers(vip) && (!seen_by_clients || ReachesClients(*node, HomeOf(vip)))) result.push_back(node->name());
  }
  return result;
}

void World::Send(Node& from, const Advert& advert) {
  const Segment& on = segments_[advert.segment];
  for (const auto& to : nodes_) {
    if (to.get() == &from || !Carries(from, *to, advert.segment) || random_.Chance(on.loss)) continue;
    const int copies = random_.Chance(on.duplicates) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      Node* receiver = to.get();
      schedule_.After(random_.Between(microseconds(20), on.jitter), [receiver, advert] { receiver->Hear(advert); });
    }
  }
}

void World::Impersonate(const Node& node) {
  if (!impersonated_.insert(node.name()).second) return;
  for (std::size_t i = 0; i < node.config().routers.size(); ++i) Forge(node.name(), i);
}

// By the configuration as it is then, whatever the daemon does. A host takes nothing that has its own source address.
void World::Forge(const std::string& name, std::size_t router) {
  if (!impersonated_.contains(name)) return;
  const Router& forged = *node(name).routers()[router];
  const RouterConfig& config = forged.config();
  const Advert advert{forged.source(), config.vrid,    config.priority, config.vips,
                      config.interval, config.version, config.auth,     config.segment};
  for (const auto& to : nodes_) {
    if (to->name() == name || !to->powered() || segments_[advert.segment].deaf.contains(to->name())) continue;
    Node* receiver = to.get();
    schedule_.After(random_.Between(microseconds(20), microseconds(300)),
                    [receiver, advert] { receiver->Hear(advert); });
  }
  schedule_.After(config.interval, [this, name, router] { Forge(name, router); });
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
