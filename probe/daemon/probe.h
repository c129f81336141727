// The probe at work: what its parts see is put together, told, and acted upon, all on one thread.
#ifndef PROBE_DAEMON_PROBE_H_
#define PROBE_DAEMON_PROBE_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "arbiter/process/log.h"
#include "arbiter/process/service_notifier.h"
#include "arbiter/process/signals.h"
#include "probe/actuate/announcer.h"
#include "probe/actuate/gate_watch.h"
#include "probe/daemon/affirmations.h"
#include "probe/daemon/commands.h"
#include "probe/daemon/concern.h"
#include "probe/daemon/control_socket.h"
#include "probe/daemon/event_loop.h"
#include "probe/daemon/filter_rules.h"
#include "probe/daemon/health.h"
#include "probe/daemon/metrics.h"
#include "probe/daemon/node_state.h"
#include "probe/daemon/questions.h"
#include "probe/daemon/settings.h"
#include "probe/daemon/system_actuators.h"
#include "probe/daemon/taps.h"
#include "probe/daemon/uplink.h"
#include "probe/daemon/who_answers.h"
#include "probe/hold/hold_keeper.h"
#include "probe/session/session.h"

namespace probe::daemon {

// What main made. All of it outlives the probe.
struct Parts {
  const Settings& settings;
  const arbiter::process::Log& log;
  EventLoop& loop;
  arbiter::process::Signals& signals;
  ControlSocket& control;
  netlink::AddressWatch& addresses;
  netlink::KernelReader& kernel;
  keepalived::DaemonWatch& daemon;
  actuate::GateWatch* gate_watch;  // nullptr: there is no gate to watch
  actuate::Announcer& announcer;
  actuate::PacketSocket& asker;  // sends questions whose answers the taps hear
  NodeState& node;
  hold::HoldStore& store;
  session::Session& session;
  Metrics& metrics;
  Health& health;
  arbiter::v1::Hello hello;  // but for the newest term
};

class Probe {
 public:
  explicit Probe(const Parts& parts);
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe();

  // Puts the holds of earlier lives in force, then looks, listens and connects. An interface that was asked for and is
  // not there may come: it is a problem that the arbiter hears of, and no error.
  absl::Status Start();

  // Until a signal ends it. Holds stay in force.
  absl::Status Run();

 private:
  // --- what happened (probe_events.cc)
  void OnAddresses();
  void OnHeard(const std::string& interface, observe::Vantage vantage, const capture::Packet& packet);
  void OnGateTouched();
  void OnDaemon();
  void ReadConfig();
  void OnSession();
  void OnAttached(const session::Attached& attached);
  void OnLost(const session::Lost& lost);
  void SetHello();
  void OnMessage(const arbiter::v1::ArbiterMessage& message);
  void LearnCluster(const arbiter::v1::AffirmRequest& request);
  // Tells the ears whose adverts count most.
  void ExpectRouters();
  void MakeGatesReady();
  void OnDirective(const arbiter::v1::Directive& message);
  void Affirm(arbiter::v1::Affirmation answer, const std::vector<arbiter::IpAddress>& vips);
  absl::StatusOr<std::string> OnControl(absl::string_view request);
  absl::Status Release(const std::string& name);
  std::string ForgetTerm();
  void OnSignals();
  void OnTick();
  void Housekeep(Instant now);

  // --- what follows from it
  void Dirty(const arbiter::IpAddress& vip) { dirty_.insert(vip); }
  void Dirty(const Concern& concern);
  template <typename List>
  void DirtyAll(const List& vips) {
    dirty_.insert(vips.begin(), vips.end());
  }
  void AllDirty() { all_dirty_ = true; }
  void DrainAddresses();
  void RefreshDaemon();
  void SayDaemon();
  void SayGates(const absl::Status& trouble, const std::string& text = "");
  // Brings views, holds and the arbiter up to date with the facts.
  void Flush();
  // What the arbiter asks or orders goes before work that can wait.
  void HearArbiterFirst();
  // Rebuilds the views of what is dirty, and shows them to the holds. Stops early when the arbiter has something to
  // say: what is left stays dirty.
  void Look();
  // The same of these VIPs, now and all at once.
  void LookAt(const std::vector<arbiter::IpAddress>& vips);
  void LookAt(const std::vector<arbiter::IpAddress>& vips, report::Look& look,
              const std::set<arbiter::IpAddress>& known, Instant now);
  // Whether the VIP's state is another one than its holds have seen.
  bool LookAt(const arbiter::IpAddress& vip, report::Look& look);
  void Forget(const arbiter::IpAddress& vip);
  void TakeOutput();
  void Tell();
  void SendResults();
  [[nodiscard]] std::vector<Uplink::Report> ReportsOf(const std::vector<arbiter::IpAddress>& vips) const;
  void ShowMetrics();
  void ShowHealth();
  [[nodiscard]] std::vector<arbiter::v1::LocalHold> LocalHolds() const;
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

  const Parts parts_;
  const arbiter::process::Log& log_;
  const arbiter::process::ServiceNotifier systemd_{};
  Commands commands_;
  Questions questions_;
  SystemActuators actuators_;
  hold::HoldKeeper keeper_;
  Affirmations affirmations_;
  Uplink uplink_;
  WhoAnswers who_answers_;
  FilterRules filter_rules_;
  Taps taps_;

  std::map<arbiter::IpAddress, report::VipView> views_;
  std::set<arbiter::IpAddress> dirty_;
  bool all_dirty_ = true;
  bool look_at_once_ = true;  // what we did ourselves is to be proved
  LookPace pace_;
  bool node_dirty_ = true;
  bool holds_dirty_ = true;
  std::set<arbiter::IpAddress> changed_;    // views that the arbiter may not have
  std::set<arbiter::IpAddress> forgotten_;  // VIPs that it may still have
  std::vector<hold::DirectiveResult> results_;
  std::set<arbiter::IpAddress> maybe_silent_;  // holders that time alone may show to be silent
  Instant next_housekeeping_{};
  Instant next_look_for_managers_{};
  std::optional<Instant> read_config_at_;          // its files have changed; whoever writes them may not be done
  std::vector<arbiter::IpAddress> to_make_ready_;  // whose gates may follow the answer that is being prepared
  std::uint64_t losses_ = 0;
  std::set<arbiter::IpAddress> cluster_;  // its nodes' own addresses, as the arbiter knows them
  std::uint64_t welcome_term_ = 0;        // of the arbiter that is or was there
  absl::Status addresses_;                // of the newest reading
  keepalived::DaemonState said_daemon_ = keepalived::DaemonState::kUnknown;
  bool stopping_ = false;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_PROBE_H_
