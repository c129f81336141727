// The gate: packet-filter rules of ours that isolate one VIP on this node. Nothing reaches it, nothing leaves it, and
// no advertisement of its virtual router goes out, so that the node answers nobody while its daemon goes on as it
// likes.
#ifndef PROBE_ACTUATE_GATE_H_
#define PROBE_ACTUATE_GATE_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/value/ip_address.h"

namespace probe::actuate {

// Which VIP, where. Two keys with the same interface, family and VRID share the adverts of one virtual router: those
// are shut while any of the two is shut, and let out only while every one that is shut lets them out.
struct GateKey {
  arbiter::IpAddress vip;
  std::string interface;             // the link whose hooks count; under use_vmac the parent, not the macvlan
  std::optional<std::uint8_t> vrid;  // the virtual router that advertises it; nothing for a leftover
  bool vmac = false;                 // keepalived's use_vmac: the virtual router speaks with the virtual MAC
  // The family of its adverts, where that is not the VIP's: an instance has VIPs of both.
  std::optional<arbiter::IpAddress::Family> adverts = std::nullopt;

  [[nodiscard]] arbiter::IpAddress::Family AdvertFamily() const { return adverts.value_or(vip.family()); }

  friend auto operator<=>(const GateKey&, const GateKey&) = default;
  friend bool operator==(const GateKey&, const GateKey&) = default;
};

// One shut gate, as the kernel tells it.
struct GateStanding {
  GateKey key;
  bool acts = false;                                 // complete, and hooked to the interface as it is now
  std::optional<std::chrono::milliseconds> for_ms;   // opens by itself after this; nothing: stays shut
  std::optional<std::chrono::milliseconds> adverts;  // adverts may leave for so long; the VIP itself stays shut
  std::optional<std::chrono::milliseconds> open;     // everything passes for so long, then it is shut again (a lease)
  std::string comment;                               // who shut it, and why
};

// Adverts that a shut gate met, of one virtual router. Counters begin anew whenever a gate of that router is changed.
struct AdvertCount {
  std::string interface;
  arbiter::IpAddress::Family family = arbiter::IpAddress::Family::kV4;
  std::uint8_t vrid = 0;
  std::uint64_t stopped = 0;  // met by the shut gate: the daemon behind it still advertises
  std::uint64_t let_out = 0;  // passed under AdvertsOnly
};

// Our table as the kernel has it now.
struct GateState {
  bool table = false;                   // our table exists
  std::vector<std::string> interfaces;  // those that both chains act on
  std::vector<GateStanding> standing;   // in the order of their keys
  std::vector<AdvertCount> adverts;

  // nullptr where nothing is shut for that VIP on that interface. VRID and vmac of `key` do not count.
  [[nodiscard]] const GateStanding* Find(const GateKey& key) const;

  // The proof that a demotion asks for: shut, acting, and not open for a while.
  [[nodiscard]] bool IsShut(const GateKey& key) const;
};

// Whether Restore had to do something, and what was wrong.
struct GateRepair {
  bool repaired = false;
  std::string defect;  // "the table is gone", "eth0: no egress chain", ...
};

// The verbs. Each changes everything it changes, for all of its keys, in one transaction, or nothing: what it costs
// grows with the keys as a copy of them does. OK means that the kernel took it; that it is so is only proved by Dump. A
// key whose interface is absent is kept and acts once Ensure sees the interface. Not thread-safe.
class Gate {
 public:
  using Keys = absl::Span<const GateKey>;

  virtual ~Gate() = default;

  // OK, or why the gate cannot work here: PermissionDenied without CAP_NET_ADMIN, Unimplemented without the egress hook
  // (before Linux 5.16). Tries it for real, in a table of its own that no packet ever meets.
  virtual absl::Status Usable() = 0;

  // Takes over what an earlier process of ours left in the kernel. Call once, at the start.
  virtual absl::Status Adopt() = 0;

  // Makes the chains on those interfaces that exist and have none (a new link, one that came back, one that got another
  // MAC). What is shut stays shut meanwhile.
  virtual absl::Status Ensure(absl::Span<const std::string> interfaces) = 0;

  // Shut until somebody opens it; survives this process. Ends AdvertsOnly and OpenForAWhile.
  virtual absl::Status Shut(Keys keys, absl::string_view comment) = 0;

  // Shut, and opened again by the kernel's own timer. Whole milliseconds, at least one.
  virtual absl::Status ShutForAWhile(Keys keys, std::chrono::nanoseconds duration, absl::string_view comment) = 0;

  // The VIPs stay shut; the virtual routers' adverts leave until the kernel's own timer stops them. Under `vmac` they
  // leave with the interface's own MAC, lest the switch send the virtual MAC's frames here. FailedPrecondition unless
  // all were shut before, each with a VRID.
  virtual absl::Status AdvertsOnly(Keys keys, std::chrono::nanoseconds duration) = 0;

  virtual absl::Status Open(Keys keys) = 0;

  // Default shut: everything passes until the kernel's own timer shuts it; renew before that. For leases.
  virtual absl::Status OpenForAWhile(Keys keys, std::chrono::nanoseconds duration) = 0;

  // The same for one key.
  absl::Status Shut(const GateKey& key, absl::string_view comment) { return Shut(Keys(&key, 1), comment); }
  absl::Status ShutForAWhile(const GateKey& key, std::chrono::nanoseconds duration, absl::string_view comment) {
    return ShutForAWhile(Keys(&key, 1), duration, comment);
  }
  absl::Status AdvertsOnly(const GateKey& key, std::chrono::nanoseconds duration) {
    return AdvertsOnly(Keys(&key, 1), duration);
  }
  absl::Status Open(const GateKey& key) { return Open(Keys(&key, 1)); }
  absl::Status OpenForAWhile(const GateKey& key, std::chrono::nanoseconds duration) {
    return OpenForAWhile(Keys(&key, 1), duration);
  }

  virtual absl::StatusOr<GateState> Dump() = 0;

  // Compares the kernel's table with what was ordered here and, where they differ, makes the whole table anew in one
  // transaction. For when somebody else has touched it.
  virtual absl::StatusOr<GateRepair> Restore() = 0;

  // Opens every gate and removes the table.
  virtual absl::Status OpenAll() = 0;
};

// Stands where no gate can work: every verb is refused with the reason, and nothing is ever shut.
class AbsentGate : public Gate {
 public:
  // `reason` must not be OK; it is what Usable says.
  explicit AbsentGate(absl::Status reason);
  using Gate::AdvertsOnly;
  using Gate::Open;
  using Gate::OpenForAWhile;
  using Gate::Shut;
  using Gate::ShutForAWhile;

  absl::Status Usable() override { return reason_; }
  absl::Status Adopt() override { return absl::OkStatus(); }
  absl::Status Ensure(absl::Span<const std::string>) override { return absl::OkStatus(); }
  absl::Status Shut(Keys, absl::string_view) override { return Refusal(); }
  absl::Status ShutForAWhile(Keys, std::chrono::nanoseconds, absl::string_view) override { return Refusal(); }
  absl::Status AdvertsOnly(Keys, std::chrono::nanoseconds) override { return Refusal(); }
  absl::Status Open(Keys) override { return absl::OkStatus(); }
  absl::Status OpenForAWhile(Keys, std::chrono::nanoseconds) override { return Refusal(); }
  absl::StatusOr<GateState> Dump() override { return GateState{}; }
  absl::StatusOr<GateRepair> Restore() override { return GateRepair{}; }
  absl::Status OpenAll() override { return absl::OkStatus(); }

 private:
  [[nodiscard]] absl::Status Refusal() const;
  absl::Status reason_;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_GATE_H_
