#include "arbiter/ctl/fold.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/paint.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

using google::protobuf::Duration;

bool IsLonger(const Duration& a, const Duration& b) {
  return a.seconds() != b.seconds() ? a.seconds() > b.seconds() : a.nanos() > b.nanos();
}

void Lengthen(const Duration& other, Duration* age) {
  if (IsLonger(other, *age)) *age = other;
}

// All but address and ages.
std::string Likeness(v1::VipStatus vip) {
  vip.clear_address();
  vip.clear_since();
  for (v1::HolderStatus& holder : *vip.mutable_holders()) holder.clear_held_for();
  for (v1::HeldBackStatus& held : *vip.mutable_held_back()) held.clear_since();
  return vip.SerializeAsString();
}

// Both are alike, so their lists are equally long.
void TakeAges(const v1::VipStatus& other, v1::VipStatus* vip) {
  if (other.has_since()) Lengthen(other.since(), vip->mutable_since());
  for (int i = 0; i < other.holders_size(); ++i) {
    if (other.holders(i).has_held_for()) {
      Lengthen(other.holders(i).held_for(), vip->mutable_holders(i)->mutable_held_for());
    }
  }
  for (int i = 0; i < other.held_back_size(); ++i) {
    if (other.held_back(i).has_since()) {
      Lengthen(other.held_back(i).since(), vip->mutable_held_back(i)->mutable_since());
    }
  }
}

}  // namespace

std::vector<FoldedVips> Fold(const google::protobuf::RepeatedPtrField<v1::VipStatus>& vips, bool fold) {
  std::vector<FoldedVips> folded;
  std::map<std::string, std::size_t> known;  // by likeness
  for (const v1::VipStatus& vip : vips) {
    const auto [at, is_new] = known.try_emplace(fold ? Likeness(vip) : vip.address(), folded.size());
    if (is_new) {
      folded.push_back({vip, {vip.address()}});
      continue;
    }
    FoldedVips& like = folded[at->second];
    like.addresses.push_back(vip.address());
    TakeAges(vip, &like.vip);
  }
  return folded;
}

std::string Names(const std::vector<std::string>& addresses) {
  switch (addresses.size()) {
    case 0:
      return "";
    case 1:
      return Printable(addresses.front());
    case 2:
      return absl::StrCat(Printable(addresses.front()), " and ", Printable(addresses.back()));
    default:
      return absl::StrCat(Printable(addresses.front()), " ... ", Printable(addresses.back()), " (", addresses.size(),
                          " VIPs)");
  }
}

std::string NamesOf(const v1::Incident& incident) {
  if (incident.vips().empty()) return Printable(incident.vip());
  return Names({incident.vips().begin(), incident.vips().end()});
}

}  // namespace arbiter::ctl
