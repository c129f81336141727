#include "probe/observe/advert_tracker.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace probe::observe {
namespace {

using vrrp::Advertisement;
using Centiseconds = std::chrono::duration<std::int64_t, std::centi>;

// A source on which nothing was ever heard at this vantage point has no deadline there.
Instant SilentAt(const Source& source, const Stream& stream) { return stream.last + SilenceAfter(source.last); }

// Of an advert that was both on the wire and delivered the wire may be read a little later: while its sender is silent
// the two end together, for else it would seem for that moment that something here drops what the wire still has.
Instant NotDeliveredAt(const Source& source) {
  const Stream& wire = source.at(Vantage::kOnWire);
  const Stream& delivered = source.at(Vantage::kDelivered);
  const bool of_one_advert = wire.advertising && wire.last - delivered.last < SilenceAfter(source.last) / 4;
  return SilentAt(source, of_one_advert ? wire : delivered);
}

bool HeardFromHere(const Source& source) { return source.at(Vantage::kSent).count > 0; }

// Counts the advert; whether the sender starts or stops advertising as seen from there.
std::optional<Change::Kind> Count(Stream& stream, const Advertisement& advert, Instant now) {
  if (stream.count == 0) stream.first = now;
  stream.gap = stream.count == 0 ? Duration::zero() : now - stream.last;
  stream.last = now;
  ++stream.count;
  if (!advert.defects.empty()) ++stream.defective;
  const bool before = std::exchange(stream.advertising, !advert.stops());
  if (before == stream.advertising) return std::nullopt;
  return stream.advertising ? Change::Kind::kAppeared : Change::Kind::kStopped;
}

// The raw socket does not see the link layer, so what it delivers only counts where nothing else shows the sender. What
// comes in with an address of this host as its source is forged: this host says itself what it says.
bool Replaces(const Source& source, Vantage vantage) {
  if (HeardFromHere(source) && vantage != Vantage::kSent) return false;
  if (vantage != Vantage::kDelivered) return true;
  return !source.at(Vantage::kSent).advertising && !source.at(Vantage::kOnWire).advertising;
}

// Receivers drop it: as long as the sender is heard by sound ones it says nothing, neither that it lives nor what it
// has.
bool IsDropped(const Source& source, const Advertisement& advert) {
  return !advert.defects.empty() && source.last.defects.empty() && source.advertising();
}

}  // namespace

bool Source::advertising() const {
  return std::any_of(streams.begin(), streams.end(), [](const Stream& stream) { return stream.advertising; });
}

Instant Source::last_heard() const {
  Instant newest = Instant::min();
  for (const Stream& stream : streams) {
    if (stream.count > 0) newest = std::max(newest, stream.last);
  }
  return newest;
}

Duration SilenceAfter(const Advertisement& advert) {
  // An interval of zero is nobody's; the shortest that can be said stands for it.
  const Duration interval = Centiseconds(std::max<std::uint16_t>(advert.interval_cs, 1));
  // Version 2 skews by parts of a second, version 3 by parts of the interval.
  const Duration whole = advert.version == 2 ? Duration(std::chrono::seconds(1)) : interval;
  return 3 * interval + whole * (256 - advert.priority) / 256;
}

bool SameContents(const Advertisement& a, const Advertisement& b) {
  const auto said = [](const Advertisement& advert) {
    return std::tie(advert.version, advert.priority, advert.interval_cs, advert.auth_type, advert.origin.destination,
                    advert.origin.ttl, advert.origin.behind_ah, advert.hmac_trailer, advert.checksum, advert.defects,
                    advert.addresses);
  };
  return said(a) == said(b);
}

std::vector<Change> AdvertTracker::Hear(const std::string& interface, Vantage vantage, const Advertisement& advert,
                                        Instant now) {
  std::vector<Change> changes;
  const SourceKey key{interface, advert.family(), advert.vrid, advert.origin.source};
  Source* const source = FindOrAdmit(key, vantage, now);
  if (source == nullptr) {
    ++refused_;
    return changes;
  }
  if (vantage == Vantage::kDelivered && advert.checksum == vrrp::ChecksumHabit::kLegacyUnicastPseudoHeader) {
    source->had_legacy_checksum = true;
  }
  const bool known = source->last.version != 0;
  Stream& stream = source->streams[static_cast<std::size_t>(vantage)];
  if (known && IsDropped(*source, advert)) {
    ++stream.defective;
    return changes;
  }
  if (Replaces(*source, vantage)) {
    if (known && !SameContents(source->last, advert)) changes.push_back({Change::Kind::kContents, vantage, key});
    source->last = advert;
    source->last.auth_data.Forget();
  }
  if (const auto kind = Count(stream, advert, now)) changes.push_back({*kind, vantage, key});
  deadline_ = std::min(deadline_, stream.advertising ? SilentAt(*source, stream) : now + kForgetAfter);
  if (!stream.advertising) full_until_ = Instant::min();
  return changes;
}

Source* AdvertTracker::FindOrAdmit(const SourceKey& key, Vantage vantage, Instant now) {
  if (const auto found = sources_.find(key); found != sources_.end()) return &found->second;
  if (!MakeRoom(key, vantage, now)) return nullptr;
  return &sources_[key];
}

bool AdvertTracker::MakeRoom(const SourceKey& key, Vantage vantage, Instant now) {
  if (vantage == Vantage::kSent) {
    if (sources_.size() >= kMaxSources && !EvictSilent(sources_.begin(), sources_.end())) EvictYoungestForeign();
    return true;
  }
  SourceKey lowest = key;
  lowest.source =
      key.family == arbiter::IpAddress::Family::kV4 ? arbiter::IpAddress() : arbiter::IpAddress::FromV6(in6_addr{});
  const auto first = sources_.lower_bound(lowest);
  const auto same_router = [&key](const auto& entry) {
    return entry.first.interface == key.interface && entry.first.family == key.family && entry.first.vrid == key.vrid;
  };
  const auto last = std::find_if_not(first, sources_.end(), same_router);
  if (static_cast<std::size_t>(std::distance(first, last)) >= kMaxSourcesPerRouter) return EvictSilent(first, last);
  if (sources_.size() < kMaxSources) return true;
  if (now < full_until_) return false;
  if (EvictSilent(sources_.begin(), sources_.end())) return true;
  full_until_ = deadline_;
  return false;
}

bool AdvertTracker::EvictSilent(Sources::iterator first, Sources::iterator last) {
  auto oldest = last;
  for (auto at = first; at != last; ++at) {
    if (at->second.advertising()) continue;
    if (oldest == last || at->second.last_heard() < oldest->second.last_heard()) oldest = at;
  }
  if (oldest == last) return false;
  sources_.erase(oldest);
  return true;
}

void AdvertTracker::EvictYoungestForeign() {
  const auto first_heard = [](const Source& source) {
    Instant oldest = Instant::max();
    for (const Stream& stream : source.streams) {
      if (stream.count > 0) oldest = std::min(oldest, stream.first);
    }
    return oldest;
  };
  auto youngest = sources_.end();
  for (auto at = sources_.begin(); at != sources_.end(); ++at) {
    if (HeardFromHere(at->second)) continue;
    if (youngest == sources_.end() || first_heard(at->second) > first_heard(youngest->second)) youngest = at;
  }
  if (youngest != sources_.end()) sources_.erase(youngest);
}

std::vector<Change> AdvertTracker::Expire(Instant now) {
  std::vector<Change> changes;
  deadline_ = Instant::max();
  for (auto at = sources_.begin(); at != sources_.end();) {
    Source& source = at->second;
    ExpireStreams(at->first, source, now, changes);
    if (source.advertising()) {
      ++at;
      continue;
    }
    full_until_ = Instant::min();
    const Instant forget_at = source.last_heard() + kForgetAfter;
    if (now < forget_at) {
      deadline_ = std::min(deadline_, forget_at);
      ++at;
      continue;
    }
    changes.push_back({Change::Kind::kForgotten, Vantage::kOnWire, at->first});
    at = sources_.erase(at);
  }
  return changes;
}

void AdvertTracker::ExpireStreams(const SourceKey& key, Source& source, Instant now, std::vector<Change>& changes) {
  for (const Vantage vantage : kAllVantages) {
    Stream& stream = source.streams[static_cast<std::size_t>(vantage)];
    if (!stream.advertising) continue;
    const Instant silent_at = vantage == Vantage::kDelivered ? NotDeliveredAt(source) : SilentAt(source, stream);
    if (now < silent_at) {
      deadline_ = std::min(deadline_, silent_at);
      continue;
    }
    stream.advertising = false;
    changes.push_back({Change::Kind::kSilent, vantage, key});
  }
}

void AdvertTracker::ForgetLegacyChecksums() {
  for (auto& [key, source] : sources_) source.had_legacy_checksum = false;
}

void AdvertTracker::ForgetInterface(const std::string& interface) {
  std::erase_if(sources_, [&interface](const auto& entry) { return entry.first.interface == interface; });
  full_until_ = Instant::min();
}

const Source* AdvertTracker::Find(const SourceKey& key) const {
  const auto found = sources_.find(key);
  return found == sources_.end() ? nullptr : &found->second;
}

}  // namespace probe::observe
