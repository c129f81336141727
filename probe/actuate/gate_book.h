// What was ordered of the gates, and which elements of our sets follow from it. Pure; `now` comes from outside.
#ifndef PROBE_ACTUATE_GATE_BOOK_H_
#define PROBE_ACTUATE_GATE_BOOK_H_

#include <chrono>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/types/span.h"
#include "probe/actuate/gate.h"
#include "probe/actuate/gate_names.h"

namespace probe::actuate {

using Instant = std::chrono::steady_clock::time_point;

// One order. Nothing in an optional means: for ever (shut_until), or: not at all (the other two).
struct Order {
  std::optional<Instant> shut_until = std::nullopt;
  std::optional<Instant> adverts_until = std::nullopt;
  std::optional<Instant> open_until = std::nullopt;
  std::string comment;

  friend bool operator==(const Order&, const Order&) = default;
};

// One element of one set. `value` is as nft writes it, which is also unique.
struct ElementId {
  std::string interface;
  GateSet set = GateSet::kShutIp4;
  std::string value;

  friend auto operator<=>(const ElementId&, const ElementId&) = default;
  friend bool operator==(const ElementId&, const ElementId&) = default;
};

struct ElementTerms {
  std::optional<Instant> until;  // nothing: for ever
  std::string comment;

  friend bool operator==(const ElementTerms&, const ElementTerms&) = default;
};

using Elements = std::map<ElementId, ElementTerms>;

class GateBook {
 public:
  // nullptr where nothing is ordered for `key`.
  [[nodiscard]] const Order* Find(const GateKey& key) const;
  void Set(const GateKey& key, Order order);
  void Erase(const GateKey& key);

  // Forgets what has ended by `now`, as the kernel does.
  void Expire(Instant now);

  // Every element that any of `keys` has a part in, with the terms that all orders together give it.
  [[nodiscard]] Elements ElementsOf(absl::Span<const GateKey> keys) const;
  [[nodiscard]] Elements ElementsOf(const GateKey& key) const { return ElementsOf(absl::MakeConstSpan(&key, 1)); }
  [[nodiscard]] Elements AllElements() const;

  // The orders that lack an element in `actual`.
  [[nodiscard]] std::set<GateKey> Incomplete(const Elements& actual) const;

  // The interfaces that orders name.
  [[nodiscard]] std::set<std::string> Interfaces() const;
  [[nodiscard]] const std::map<GateKey, Order>& orders() const { return orders_; }

 private:
  using VipId = std::pair<std::string, arbiter::IpAddress>;
  using RouterId = std::tuple<std::string, arbiter::IpAddress::Family, std::uint8_t>;
  using Members = std::set<GateKey>;

  [[nodiscard]] Order Combined(const Members& members) const;
  void AddVip(Elements& elements, const Members& members) const;
  void AddRouter(Elements& elements, const Members& members) const;

  std::map<GateKey, Order> orders_;
  std::map<VipId, Members> vips_;        // the orders that share a VIP's elements (a VRID may change under it)
  std::map<RouterId, Members> routers_;  // the orders that share a virtual router's elements
};

// The comment of a VIP's element: what Adopt needs to know again, then who and why. At most kMaxComment bytes, which
// nftables allows; quotes and control characters become spaces.
inline constexpr int kMaxComment = 120;
std::string FormatComment(const GateKey& key, absl::string_view comment);

struct ReadComment {
  std::optional<std::uint8_t> vrid;
  bool vmac = false;
  std::optional<arbiter::IpAddress::Family> adverts = std::nullopt;  // where it is not the VIP's
  std::string text;
};
// The reverse; a comment by somebody else is all text.
ReadComment ParseComment(absl::string_view comment);

// An IPv6 address as nft writes a 128-bit integer: 0x and 32 digits.
std::string TargetValue(const arbiter::IpAddress& v6);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_GATE_BOOK_H_
