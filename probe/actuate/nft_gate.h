// The gate in nftables: one table `netdev arbiter_probe`, two chains and a few sets an interface. No other table is
// ever touched, and `nft delete table netdev arbiter_probe` opens everything.
#ifndef PROBE_ACTUATE_NFT_GATE_H_
#define PROBE_ACTUATE_NFT_GATE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/actuate/gate.h"
#include "probe/actuate/gate_book.h"
#include "probe/actuate/gate_reading.h"
#include "probe/actuate/nft_kernel.h"

namespace probe::actuate {

// See Gate for the verbs. Not thread-safe. What is shut stays shut when this object, or its process, goes away.
class NftGate : public Gate {
 public:
  using Clock = std::function<Instant()>;
  using Gate::AdvertsOnly;
  using Gate::Open;
  using Gate::OpenForAWhile;
  using Gate::Shut;
  using Gate::ShutForAWhile;

  // `kernel` must not be null; `lookup` and `clock` are called during the verbs only.
  NftGate(std::unique_ptr<NftKernel> kernel, InterfaceLookup lookup, Clock clock);

  absl::Status Usable() override;
  absl::Status Adopt() override;
  absl::Status Ensure(absl::Span<const std::string> interfaces) override;
  absl::Status Shut(Keys keys, absl::string_view comment) override;
  absl::Status ShutForAWhile(Keys keys, std::chrono::nanoseconds duration, absl::string_view comment) override;
  absl::Status AdvertsOnly(Keys keys, std::chrono::nanoseconds duration) override;
  absl::Status Open(Keys keys) override;
  absl::Status OpenForAWhile(Keys keys, std::chrono::nanoseconds duration) override;
  absl::StatusOr<GateState> Dump() override;
  absl::StatusOr<GateRepair> Restore() override;
  absl::Status OpenAll() override;

 private:
  // What is ordered of one key; with nothing, its absence.
  struct Wanted {
    GateKey key;
    std::optional<Order> order;
  };

  // Makes all of it so in book and kernel, or leaves the book as it was.
  absl::Status Change(std::vector<Wanted> wanted, Unchanged unchanged, Instant now);
  // The same order for each key.
  absl::Status ChangeAll(Keys keys, const std::optional<Order>& order, Instant now);
  void Write(const GateKey& key, std::optional<Order> order);
  // Interfaces that orders name and whose sets or rules are not in the kernel yet.
  [[nodiscard]] std::vector<GateInterface> Unmade(Keys keys) const;
  absl::Status Rebuild(Instant now);
  [[nodiscard]] GateInterface LookUp(const std::string& name) const;
  [[nodiscard]] std::vector<GateInterface> LookUpAll() const;

  std::unique_ptr<NftKernel> kernel_;
  InterfaceLookup lookup_;
  Clock clock_;
  GateBook book_;
  std::set<std::string> followed_;  // interfaces that Ensure or an order named
  std::set<std::string> vmac_;      // interfaces with the rules for virtual MACs; they stay until the table goes
  // Those whose sets are in the kernel, as far as we know, as their rules were made.
  std::map<std::string, GateInterface> made_;
};

// Looks an interface up in the network namespace that the calling thread is in now.
absl::StatusOr<InterfaceLookup> OpenInterfaceLookup();

// An NftGate on the kernel of the calling thread's network namespace, with the steady clock.
absl::StatusOr<std::unique_ptr<NftGate>> OpenNftGate();

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_NFT_GATE_H_
