#include "probe/actuate/nft_gate.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/netlink/unique_fd.h"

namespace probe::actuate {
namespace {

// Refuses what cannot stand in a script or in the kernel.
absl::Status CheckKey(const GateKey& key) {
  const bool bad_name = key.interface.empty() || key.interface.size() >= IFNAMSIZ ||
                        key.interface.find_first_of("\"/ \t\n\\") != std::string::npos;
  if (bad_name) return absl::InvalidArgumentError(absl::StrCat("gate on interface \"", key.interface, "\": bad name"));
  if (key.vip.IsUnspecified() || key.vip.IsMulticast()) {
    return absl::InvalidArgumentError(absl::StrCat("gate for ", key.vip.ToString(), ": not an address of a host"));
  }
  if (key.vrid == 0) return absl::InvalidArgumentError("gate for VRID 0: VRIDs are 1 to 255");
  return absl::OkStatus();
}

absl::Status CheckDuration(std::chrono::nanoseconds duration) {
  if (duration >= std::chrono::milliseconds(1)) return absl::OkStatus();
  return absl::InvalidArgumentError("a gate's duration is at least 1ms");
}

absl::Status WithContext(const absl::Status& status, absl::string_view act) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(act, ": ", std::string(status.message()))};
}

std::string Act(absl::string_view what, absl::Span<const GateKey> keys) {
  if (keys.empty()) return std::string(what);
  std::string act = absl::StrCat(what, " for ", keys.front().vip.ToString(), " on ", keys.front().interface);
  if (keys.size() > 1) absl::StrAppend(&act, " and ", keys.size() - 1, " more");
  return act;
}

}  // namespace

NftGate::NftGate(std::unique_ptr<NftKernel> kernel, InterfaceLookup lookup, Clock clock)
    : kernel_(std::move(kernel)), lookup_(std::move(lookup)), clock_(std::move(clock)) {}

absl::Status NftGate::Usable() {
  // The real rules on loopback, made and removed in one transaction: no packet ever meets them.
  const std::string table = absl::StrCat(kGateTable, "_trial_", getpid());
  const GateInterface loopback{.name = "lo", .present = true, .mac = arbiter::MacAddress(), .vmac = true};
  const absl::Status status =
      kernel_->Run(absl::StrCat(TableScript(table), InterfaceScript(table, loopback), "delete table netdev ", table));
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return status;
    case absl::StatusCode::kPermissionDenied:
      return absl::PermissionDeniedError("gate: no CAP_NET_ADMIN in this network namespace");
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kNotFound:
      return absl::UnimplementedError(absl::StrCat(
          "gate: this kernel has no nftables egress hook (Linux 5.16 has it): ", std::string(status.message())));
    default:
      return WithContext(status, "gate");
  }
}

absl::Status NftGate::Adopt() {
  absl::StatusOr<TableDump> dump = kernel_->Dump(kGateTable);
  if (!dump.ok()) return WithContext(dump.status(), "adopt the gate");
  if (!dump->present) return absl::OkStatus();
  const Instant now = clock_();
  book_ = ReadBook(*dump, now);
  for (const auto& [key, order] : book_.orders()) {
    if (key.vmac) vmac_.insert(key.interface);
  }
  for (const auto& [name, elements] : dump->sets) {
    if (const auto named = ReadSetName(name)) followed_.insert(named->interface);
  }
  return WithContext(Rebuild(now), "adopt the gate");  // an older version's rules, a MAC that changed meanwhile
}

absl::Status NftGate::Ensure(absl::Span<const std::string> interfaces) {
  followed_.insert(interfaces.begin(), interfaces.end());
  absl::StatusOr<TableDump> dump = kernel_->Dump(kGateTable);
  if (!dump.ok()) return WithContext(dump.status(), "look at the gate");
  std::string script = TableScript(kGateTable);
  std::vector<GateInterface> remade;
  for (const std::string& name : interfaces) {
    const GateInterface interface = LookUp(name);
    const auto made = made_.find(name);
    const bool same = made != made_.end() && made->second == interface && ChainDefect(*dump, interface).empty();
    if (!interface.present || same) continue;
    absl::StrAppend(&script, InterfaceScript(kGateTable, interface));
    remade.push_back(interface);
  }
  if (remade.empty()) return absl::OkStatus();
  const absl::Status status = kernel_->Run(script);
  if (status.ok()) {
    for (const GateInterface& interface : remade) made_[interface.name] = interface;
  }
  return WithContext(status, "make the gate's chains");
}

std::vector<GateInterface> NftGate::Unmade(Keys keys) const {
  std::map<std::string, GateInterface> unmade;
  for (const GateKey& key : keys) {
    const auto made = made_.find(key.interface);
    const bool is_new = made == made_.end() || made->second.vmac != vmac_.contains(key.interface);
    if (is_new && !unmade.contains(key.interface)) unmade.emplace(key.interface, LookUp(key.interface));
  }
  std::vector<GateInterface> interfaces;
  for (auto& [name, interface] : unmade) interfaces.push_back(std::move(interface));
  return interfaces;
}

absl::Status NftGate::Change(std::vector<Wanted> wanted, Unchanged unchanged, Instant now) {
  std::vector<GateKey> keys;
  for (const Wanted& each : wanted) {
    if (absl::Status status = CheckKey(each.key); !status.ok()) return status;
    keys.push_back(each.key);
  }
  book_.Expire(now);
  const Elements before = book_.ElementsOf(keys);
  std::vector<Wanted> replaced;
  for (Wanted& each : wanted) {
    const Order* standing = book_.Find(each.key);
    replaced.push_back({each.key, standing != nullptr ? std::optional(*standing) : std::nullopt});
    Write(each.key, std::move(each.order));
    if (each.key.vmac) vmac_.insert(each.key.interface);
  }
  const std::vector<GateInterface> unmade = Unmade(keys);
  std::string script = unmade.empty() ? std::string() : TableScript(kGateTable);
  for (const GateInterface& interface : unmade) absl::StrAppend(&script, InterfaceScript(kGateTable, interface));
  absl::StrAppend(&script, ChangeScript(kGateTable, before, book_.ElementsOf(keys), unchanged, now));
  absl::Status status = kernel_->Run(script);
  if (status.ok()) {
    for (const GateInterface& interface : unmade) made_[interface.name] = interface;
    return status;
  }
  // Somebody took our table away, or a link came or went in this very moment: everything anew, as ordered.
  status = Rebuild(now);
  if (status.ok()) return status;
  // The last one first: a key may stand among them twice.
  for (auto each = replaced.rbegin(); each != replaced.rend(); ++each) Write(each->key, std::move(each->order));
  return status;
}

absl::Status NftGate::ChangeAll(Keys keys, const std::optional<Order>& order, Instant now) {
  std::vector<Wanted> wanted;
  wanted.reserve(keys.size());
  for (const GateKey& key : keys) wanted.push_back({key, order});
  return Change(std::move(wanted), Unchanged::kAddWhereMissing, now);
}

void NftGate::Write(const GateKey& key, std::optional<Order> order) {
  if (order) {
    book_.Set(key, *std::move(order));
  } else {
    book_.Erase(key);
  }
}

absl::Status NftGate::Shut(Keys keys, absl::string_view comment) {
  Order order;
  order.comment = std::string(comment);
  return WithContext(ChangeAll(keys, order, clock_()), Act("shut the gate", keys));
}

absl::Status NftGate::ShutForAWhile(Keys keys, std::chrono::nanoseconds duration, absl::string_view comment) {
  if (absl::Status status = CheckDuration(duration); !status.ok()) return status;
  const Instant now = clock_();
  Order order;
  order.shut_until = now + duration;
  order.comment = std::string(comment);
  return WithContext(ChangeAll(keys, order, now), Act("shut the gate for a while", keys));
}

absl::Status NftGate::AdvertsOnly(Keys keys, std::chrono::nanoseconds duration) {
  if (absl::Status status = CheckDuration(duration); !status.ok()) return status;
  const std::string act = Act("let adverts out of the gate", keys);
  const Instant now = clock_();
  book_.Expire(now);
  std::vector<Wanted> wanted;
  for (const GateKey& key : keys) {
    const Order* standing = book_.Find(key);
    if (standing == nullptr || !key.vrid) {
      return absl::FailedPreconditionError(
          absl::StrCat(act, ": no gate with a VRID is shut for ", key.vip.ToString(), " on ", key.interface));
    }
    Order order = *standing;
    order.open_until.reset();
    order.adverts_until = now + duration;
    wanted.push_back({key, std::move(order)});
  }
  return WithContext(Change(std::move(wanted), Unchanged::kLeave, now), act);
}

absl::Status NftGate::Open(Keys keys) {
  return WithContext(ChangeAll(keys, std::nullopt, clock_()), Act("open the gate", keys));
}

absl::Status NftGate::OpenForAWhile(Keys keys, std::chrono::nanoseconds duration) {
  if (absl::Status status = CheckDuration(duration); !status.ok()) return status;
  const Instant now = clock_();
  std::vector<Wanted> wanted;
  for (const GateKey& key : keys) {
    const Order* standing = book_.Find(key);
    Order order;
    order.comment = standing != nullptr ? standing->comment : "lease";
    order.open_until = now + duration;
    wanted.push_back({key, std::move(order)});
  }
  return WithContext(Change(std::move(wanted), Unchanged::kAddWhereMissing, now),
                     Act("open the gate for a while", keys));
}

absl::StatusOr<GateState> NftGate::Dump() {
  absl::StatusOr<TableDump> dump = kernel_->Dump(kGateTable);
  if (!dump.ok()) return WithContext(dump.status(), "read the gate");
  return ReadGate(*dump, [this](const std::string& name) { return LookUp(name); });
}

absl::StatusOr<GateRepair> NftGate::Restore() {
  absl::StatusOr<TableDump> dump = kernel_->Dump(kGateTable);
  if (!dump.ok()) return WithContext(dump.status(), "look at the gate");
  const Instant now = clock_();
  book_.Expire(now);
  GateRepair repair;
  repair.defect = FindDefect(*dump, LookUpAll(), book_.AllElements(), now);
  if (repair.defect.empty()) return repair;
  if (absl::Status status = Rebuild(now); !status.ok()) return WithContext(status, "restore the gate");
  repair.repaired = true;
  return repair;
}

absl::Status NftGate::OpenAll() {
  book_ = GateBook();
  made_.clear();
  followed_.clear();
  vmac_.clear();
  return WithContext(
      kernel_->Run(absl::StrCat("add table netdev ", kGateTable, "\ndelete table netdev ", kGateTable, "\n")),
      "open every gate");
}

GateInterface NftGate::LookUp(const std::string& name) const {
  GateInterface interface = lookup_(name);
  interface.vmac = vmac_.contains(name);
  return interface;
}

std::vector<GateInterface> NftGate::LookUpAll() const {
  std::set<std::string> names = book_.Interfaces();
  names.insert(followed_.begin(), followed_.end());
  std::vector<GateInterface> interfaces;
  interfaces.reserve(names.size());
  for (const std::string& name : names) interfaces.push_back(LookUp(name));
  return interfaces;
}

absl::Status NftGate::Rebuild(Instant now) {
  absl::Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {  // again where a link went between the look and the transaction
    const std::vector<GateInterface> interfaces = LookUpAll();
    status = kernel_->Run(RebuildScript(kGateTable, interfaces, book_.AllElements(), now));
    if (!status.ok()) continue;
    made_.clear();
    for (const GateInterface& interface : interfaces) made_.emplace(interface.name, interface);
    return status;
  }
  return status;
}

absl::StatusOr<InterfaceLookup> OpenInterfaceLookup() {
  auto socket = std::make_shared<netlink::UniqueFd>(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket->ok()) return absl::ErrnoToStatus(errno, "make a socket to look interfaces up");
  return InterfaceLookup([socket](const std::string& name) {
    GateInterface interface { .name = name, .mac = std::nullopt };
    ifreq request{};
    if (name.empty() || name.size() >= sizeof request.ifr_name) return interface;
    std::memcpy(request.ifr_name, name.data(), name.size());
    if (ioctl(socket->get(), SIOCGIFHWADDR, &request) != 0) return interface;
    interface.present = true;
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return interface;
    std::array<std::uint8_t, 6> mac{};
    std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
    interface.mac = arbiter::MacAddress(mac);
    return interface;
  });
}

absl::StatusOr<std::unique_ptr<NftGate>> OpenNftGate() {
  absl::StatusOr<std::unique_ptr<NftKernel>> kernel = OpenNftKernel();
  if (!kernel.ok()) return WithContext(kernel.status(), "gate");
  absl::StatusOr<InterfaceLookup> lookup = OpenInterfaceLookup();
  if (!lookup.ok()) return lookup.status();
  return std::make_unique<NftGate>(*std::move(kernel), *std::move(lookup),
                                   [] { return std::chrono::steady_clock::now(); });
}

}  // namespace probe::actuate
