// What this node may do to an address when it is told to. The words of others give no right to anything: an act needs a
// reason that this very node can vouch for.
#ifndef PROBE_REPORT_VOUCHING_H_
#define PROBE_REPORT_VOUCHING_H_

#include <cstdint>
#include <string>

#include "probe/report/facts.h"
#include "probe/report/layout.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// On whose word an address is a VIP of this node.
enum class Voucher : std::uint8_t {
  kOwn,        // its own daemon's configuration, its own adverts or its own `vips` have named it
  kCameLater,  // only others, but it came here after they had: a gate may shut it out, nothing may take it away
  kNobody,     // only others
};

struct Vouching {
  Voucher voucher = Voucher::kNobody;
  std::string not_ours;  // why nothing at all is done to it; never empty for kNobody
};

[[nodiscard]] Vouching VouchingFor(const arbiter::IpAddress& vip, const Facts& facts, const Layout& layout);

// Why the address is not taken away, where a gate may shut it out; empty: nothing stands against it. The voucher, and
// where it is: an instance answers for its VIPs on its own interfaces, and what is on others is left there.
[[nodiscard]] std::string WhyNoRemoval(const arbiter::IpAddress& vip, Voucher voucher, const Facts& facts,
                                       const Layout& layout);

}  // namespace probe::report

#endif  // PROBE_REPORT_VOUCHING_H_
