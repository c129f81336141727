#include "probe/report/vouching.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace probe::report {
namespace {

using arbiter::IpAddress;

std::string WhyGuarded(const IpAddress& vip, const Facts& facts, const Layout& layout) {
  const auto guarded = facts.guarded.find(vip);
  if (guarded != facts.guarded.end()) return guarded->second;
  if (layout.SendsFrom(vip)) return "not touched: it is the source of this node's own adverts";
  return "";
}

Voucher VoucherOf(const IpAddress& vip, const Facts& facts, const Layout& layout) {
  const bool own = !facts.owners.Of(vip).empty() || layout.SaysOf(vip) || facts.own_names.contains(vip);
  if (own) return Voucher::kOwn;
  // What is held back was asked about when that began.
  const bool later = facts.came_later.contains(vip) || facts.named.contains(vip);
  return later ? Voucher::kCameLater : Voucher::kNobody;
}

std::string WhyNobodys(const IpAddress& vip, const Facts& facts) {
  if (facts.known_elsewhere.contains(vip) && !facts.addresses.Find(vip).empty()) {
    return "not touched: it was this node's own address before the cluster knew it as a VIP, and nothing of this node "
           "names it as one (vips: in probe.yaml would)";
  }
  return "not touched: only other nodes name it, not this node's VRRP daemon, adverts or vips";
}

}  // namespace

Vouching VouchingFor(const IpAddress& vip, const Facts& facts, const Layout& layout) {
  Vouching vouching;
  vouching.voucher = VoucherOf(vip, facts, layout);
  vouching.not_ours = WhyGuarded(vip, facts, layout);
  if (vouching.not_ours.empty() && vouching.voucher == Voucher::kNobody) vouching.not_ours = WhyNobodys(vip, facts);
  return vouching;
}

std::string WhyNoRemoval(const IpAddress& vip, Voucher voucher, const Facts& facts, const Layout& layout) {
  if (voucher != Voucher::kOwn) {
    return "only other nodes name it as a VIP: a gate may shut it out here, and nothing may take it away";
  }
  if (facts.listed.contains(vip) && facts.owners.Of(vip).empty() && !facts.formerly_owned.contains(vip) &&
      !layout.SaysOf(vip)) {
    return "another manager has put it there, no VRRP daemon: only the gate is used for it";
  }
  for (const netlink::AddressOnLink& on : facts.addresses.Find(vip)) {
    if (on.link.loopback || layout.IsHomeOf(vip, on.link.name)) continue;
    return absl::StrCat("it is on ", on.link.name, ", where no instance that names it answers");
  }
  return "";
}

}  // namespace probe::report
