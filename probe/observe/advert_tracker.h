// Remembers who advertised for which virtual router, from where that was seen, and when we may call them silent.
#ifndef PROBE_OBSERVE_ADVERT_TRACKER_H_
#define PROBE_OBSERVE_ADVERT_TRACKER_H_

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "probe/vrrp/advertisement.h"
#include "proto/value/ip_address.h"

namespace probe::observe {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// Where an advert was seen. The same one is often seen twice: on the wire, and delivered by the host's packet filter.
enum class Vantage : std::uint8_t {
  kSent,       // left this host
  kOnWire,     // came in, before the packet filter
  kDelivered,  // came through the packet filter
};
inline constexpr std::array kAllVantages = {Vantage::kSent, Vantage::kOnWire, Vantage::kDelivered};

// One sender of adverts. VRIDs are scoped by segment, which the interface stands for, and by address family.
struct SourceKey {
  std::string interface;
  arbiter::IpAddress::Family family = arbiter::IpAddress::Family::kV4;
  std::uint8_t vrid = 0;
  arbiter::IpAddress source;

  friend auto operator<=>(const SourceKey&, const SourceKey&) = default;
  friend bool operator==(const SourceKey&, const SourceKey&) = default;
};

// The adverts of one sender as one vantage point has them.
struct Stream {
  std::uint64_t count = 0;
  std::uint64_t defective = 0;  // of these, those with a defect for which receivers drop them
  Instant first{};              // meaningless while count is 0, as are the next two
  Instant last{};
  Duration gap{};  // between the last two; zero before there were two
  // Heard within its master-down interval, and it has not said that it stops.
  bool advertising = false;
};

struct Source {
  [[nodiscard]] const Stream& at(Vantage vantage) const { return streams[static_cast<std::size_t>(vantage)]; }
  // Seen as advertising from anywhere.
  [[nodiscard]] bool advertising() const;
  [[nodiscard]] Instant last_heard() const;

  // The newest one, its authentication data forgotten. With the link layer's part (MAC, VLAN) while the wire shows it.
  vrrp::Advertisement last;
  std::array<Stream, kAllVantages.size()> streams;
  // One came through the packet filter whose checksum has the multicast group in it although it was unicast.
  bool had_legacy_checksum = false;
};

struct Change {
  enum class Kind : std::uint8_t {
    kAppeared,   // advertises here, and did not before (or had been silent)
    kContents,   // says something else than before
    kStopped,    // said that it stops (priority 0)
    kSilent,     // its master-down interval passed without an advert
    kForgotten,  // nothing for kForgetAfter: no longer kept
  };
  Kind kind = Kind::kAppeared;
  Vantage vantage = Vantage::kOnWire;  // of no meaning for kContents and kForgotten, which concern the source
  SourceKey key;

  friend bool operator==(const Change&, const Change&) = default;
};

// How long after this advert its sender counts as silent: RFC 9568, section 6.1, Active_Down_Interval as a backup of
// the same priority would have it (version 2: RFC 3768, Master_Down_Interval). Version 3 takes the interval from the
// advert.
Duration SilenceAfter(const vrrp::Advertisement& advert);

// Whether two adverts say the same: everything but the link layer, the authentication data and trailing bytes.
bool SameContents(const vrrp::Advertisement& a, const vrrp::Advertisement& b);

// Not thread-safe; the same calls give the same answers. Memory is bounded: a source beyond the limits takes the place
// of one that is silent, else it is counted and not kept. What this host sends always finds a place.
class AdvertTracker {
 public:
  // Two families with 255 routers each.
  static constexpr std::size_t kMaxSources = 512;
  static constexpr std::size_t kMaxSourcesPerRouter = 16;
  static constexpr Duration kForgetAfter = std::chrono::minutes(10);

  // Merges one advert. Returns what changed, usually nothing. `now` never goes back. One with a defect is counted and
  // otherwise passed over while sound ones of its sender are heard, as is what others send in this host's name.
  std::vector<Change> Hear(const std::string& interface, Vantage vantage, const vrrp::Advertisement& advert,
                           Instant now);

  // Notices silence. To be called at NextDeadline, or whenever somebody wants to know.
  std::vector<Change> Expire(Instant now);

  // The earliest moment at which Expire may find something; Instant::max() when there is nothing to wait for. It can be
  // early, never late.
  [[nodiscard]] Instant NextDeadline() const { return deadline_; }

  // Whoever has adapted itself to somebody's checksum is not there any more.
  void ForgetLegacyChecksums();

  // The interface is gone, and what was heard there with it.
  void ForgetInterface(const std::string& interface);

  [[nodiscard]] const std::map<SourceKey, Source>& sources() const { return sources_; }
  // Null when it is not known.
  [[nodiscard]] const Source* Find(const SourceKey& key) const;
  // Adverts that found no place.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  using Sources = std::map<SourceKey, Source>;

  // Null when there is no room.
  Source* FindOrAdmit(const SourceKey& key, Vantage vantage, Instant now);
  bool MakeRoom(const SourceKey& key, Vantage vantage, Instant now);
  bool EvictSilent(Sources::iterator first, Sources::iterator last);
  void EvictYoungestForeign();
  void ExpireStreams(const SourceKey& key, Source& source, Instant now, std::vector<Change>& changes);

  Sources sources_;
  Instant deadline_ = Instant::max();
  // Nobody falls silent before then, so that a flood need not be answered by a search each time.
  Instant full_until_ = Instant::min();
  std::uint64_t refused_ = 0;
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_ADVERT_TRACKER_H_
