#include "probe/netlink/address_watch.h"

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include <iterator>
#include <optional>
#include <utility>

#include "probe/netlink/decode.h"

namespace probe::netlink {
namespace {

constexpr int kDumpAttempts = 5;  // a busy host may change while it is read

absl::Status DumpInto(NetlinkSocket& socket, int type, std::vector<Event>& events) {
  absl::Status status;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    NlMsgHandle request = MakeMessage(type, 0);
    if (type == RTM_GETLINK) {
      ifinfomsg header{};
      nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO);
    } else {
      ifaddrmsg header{};
      nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO);
    }
    std::vector<Event> read;
    status = socket.Dump(std::move(request), type == RTM_GETLINK ? "list links" : "list addresses",
                         [&](const nlmsghdr& message) {
                           if (std::optional<Event> event = Decode(message)) read.push_back(std::move(*event));
                         });
    if (status.ok()) {
      events.insert(events.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
      return status;
    }
    if (!absl::IsAborted(status)) return status;
  }
  return status;
}

}  // namespace

AddressWatch::AddressWatch(NetlinkSocket notifications, NetlinkSocket requests)
    : notifications_(std::move(notifications)), requests_(std::move(requests)) {}

absl::StatusOr<std::unique_ptr<AddressWatch>> AddressWatch::Open(Instant now, int receive_buffer) {
  absl::StatusOr<NetlinkSocket> notifications = NetlinkSocket::Open(NETLINK_ROUTE);
  if (!notifications.ok()) return notifications.status();
  for (const int group : {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR}) {
    if (absl::Status status = notifications->Follow(group, receive_buffer); !status.ok()) return status;
  }
  absl::StatusOr<NetlinkSocket> requests = NetlinkSocket::Open(NETLINK_ROUTE);
  if (!requests.ok()) return requests.status();
  std::unique_ptr<AddressWatch> watch(new AddressWatch(*std::move(notifications), *std::move(requests)));
  if (absl::StatusOr<std::vector<Change>> all = watch->ReadAll(now); !all.ok()) return all.status();
  return watch;
}

absl::StatusOr<std::vector<Change>> AddressWatch::ReadAll(Instant now) {
  std::vector<Event> events;
  if (absl::Status status = DumpInto(requests_, RTM_GETLINK, events); !status.ok()) return status;
  if (absl::Status status = DumpInto(requests_, RTM_GETADDR, events); !status.ok()) return status;
  return table_.Replace(events, now);
}

absl::StatusOr<std::vector<Change>> AddressWatch::Drain(Instant now) {
  std::vector<Change> changes;
  const auto end = notifications_.Drain([&](const nlmsghdr& message) {
    const std::optional<Event> event = Decode(message);
    if (!event) return;
    std::vector<Change> more = table_.Apply(*event, now);
    changes.insert(changes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  });
  if (!end.ok()) return end.status();
  if (*end == NetlinkSocket::DrainEnd::kOverrun) {
    ++overruns_;
    stale_ = true;
  }
  if (!stale_) return changes;
  absl::StatusOr<std::vector<Change>> differences = ReadAll(now);
  if (!differences.ok()) return differences.status();
  stale_ = false;
  changes.insert(changes.end(), std::make_move_iterator(differences->begin()),
                 std::make_move_iterator(differences->end()));
  changes.emplace_back(Resynced{overruns_});
  return changes;
}

}  // namespace probe::netlink
