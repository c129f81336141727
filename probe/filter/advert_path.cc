#include "probe/filter/advert_path.h"

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace probe::filter {
namespace {

using arbiter::IpAddress;

constexpr int kAhProtocol = 51;

IpAddress GroupOf(bool v6) { return *IpAddress::Parse(v6 ? "ff02::12" : "224.0.0.18"); }

}  // namespace

std::string AdvertPath::ToString() const {
  return absl::StrCat(incoming ? "in " : "out ", interface, " ", source ? source->ToString() : "-", " ",
                      destination.ToString(), " ", vrid, " ", protocol);
}

absl::StatusOr<AdvertPath> AdvertPath::Parse(absl::string_view text) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  const auto bad = [text] { return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no way of an advert")); };
  if (words.size() != 6 || (words[0] != "in" && words[0] != "out") || words[1].empty()) return bad();
  AdvertPath path;
  path.incoming = words[0] == "in";
  path.interface = words[1];
  if (words[2] != "-") {
    const absl::StatusOr<IpAddress> source = IpAddress::Parse(words[2]);
    if (!source.ok()) return bad();
    path.source = *source;
  }
  const absl::StatusOr<IpAddress> destination = IpAddress::Parse(words[3]);
  int vrid = 0;
  if (!destination.ok() || !absl::SimpleAtoi(words[4], &vrid) || vrid < 0 || vrid > 255) return bad();
  if (!absl::SimpleAtoi(words[5], &path.protocol)) return bad();
  path.destination = *destination;
  path.vrid = static_cast<std::uint8_t>(vrid);
  return path;
}

std::vector<AdvertPath> WaysOut(const keepalived::Instance& instance) {
  AdvertPath path;
  path.incoming = false;
  path.interface = instance.interface.value;
  if (instance.source) path.source = instance.source->value;
  path.destination = instance.multicast ? instance.multicast->value : GroupOf(instance.IsV6());
  if (instance.vrid) path.vrid = instance.vrid->value.value();
  if (instance.authentication.type == keepalived::AuthType::kHeader) path.protocol = kAhProtocol;
  if (!instance.unicast) return {path};
  std::vector<AdvertPath> paths;
  for (const keepalived::UnicastPeer& peer : instance.peers) {
    path.destination = peer.address;
    paths.push_back(path);
  }
  return paths;
}

}  // namespace probe::filter
