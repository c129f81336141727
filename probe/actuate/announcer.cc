#include "probe/actuate/announcer.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace probe::actuate {
namespace {

bool Forwards(const std::string& link) {
  std::ifstream file(absl::StrCat("/proc/sys/net/ipv6/conf/", link, "/forwarding"));
  int value = 0;
  return static_cast<bool>(file >> value) && value != 0;
}

absl::Status WithVip(const absl::Status& status, const arbiter::IpAddress& vip) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat("announce ", vip.ToString(), ": ", std::string(status.message()))};
}

}  // namespace

absl::StatusOr<Announcement> MakeAnnouncement(const netlink::AddressOnLink& place) {
  if (!place.link.has_mac) {
    return absl::InvalidArgumentError(
        absl::StrCat("announce ", place.address.ip.ToString(), ": link ", place.link.name, " has no Ethernet address"));
  }
  return Announcement{.vip = place.address.ip,
                      .mac = place.link.mac,
                      .link = place.link.index,
                      .router = place.address.ip.is_v6() && Forwards(place.link.name)};
}

absl::StatusOr<Announcer> Announcer::Open() {
  absl::StatusOr<PacketSocket> socket = PacketSocket::Open();
  if (!socket.ok()) return socket.status();
  return Announcer(*std::move(socket));
}

absl::Status Announcer::Announce(const Announcement& announcement) {
  const Binding self{announcement.vip, announcement.mac};
  if (announcement.vip.is_v6()) {
    return WithVip(socket_.Send(announcement.link, UnsolicitedAdvertisement(self, announcement.router)),
                   announcement.vip);
  }
  absl::Status status = socket_.Send(announcement.link, GratuitousArp(self, ArpForm::kRequest));
  status.Update(socket_.Send(announcement.link, GratuitousArp(self, ArpForm::kReply)));
  return WithVip(status, announcement.vip);
}

}  // namespace probe::actuate
