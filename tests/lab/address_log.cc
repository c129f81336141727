#include "tests/lab/address_log.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "proto/value/ip_address.h"
#include "tests/lab/check.h"
#include "tests/lab/metronome.h"

namespace lab {
namespace {

UniqueFd OpenAddressSocket() {
  UniqueFd socket_fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (bind(socket_fd.get(), reinterpret_cast<sockaddr*>(&groups), sizeof(groups)) != 0) {
    Check(absl::ErrnoToStatus(errno, "bind a netlink socket to the address groups"));
  }
  return socket_fd;
}

// The text of IFA_LOCAL (IPv4) or IFA_ADDRESS; empty when the message has none.
std::string AddressIn(const nlmsghdr* message) {
  const auto* header = static_cast<const ifaddrmsg*>(NLMSG_DATA(message));
  const int wanted = header->ifa_family == AF_INET ? IFA_LOCAL : IFA_ADDRESS;
  auto left = static_cast<unsigned>(IFA_PAYLOAD(message));
  for (const rtattr* attribute = IFA_RTA(header); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != wanted) continue;
    const auto address =
        arbiter::IpAddress::FromBytes({static_cast<const std::uint8_t*>(RTA_DATA(attribute)), RTA_PAYLOAD(attribute)});
    if (address.ok()) return address->ToString();
  }
  return "";
}

}  // namespace

AddressLog::AddressLog(const std::vector<const Host*>& hosts) : stop_(MakeStopSignal()) {
  for (const Host* host : hosts) {
    host->netns().Enter([&] { sockets_[host->name()] = OpenAddressSocket(); });
  }
  thread_ = std::thread([this] { Listen(); });
}

AddressLog::~AddressLog() {
  SendStop(stop_);
  thread_.join();
}

void AddressLog::Listen() {
  BePunctual();
  std::vector<pollfd> polled = {{.fd = stop_.get(), .events = POLLIN, .revents = 0}};
  std::vector<std::string> hosts = {""};
  for (const auto& [host, socket] : sockets_) {
    polled.push_back({.fd = socket.get(), .events = POLLIN, .revents = 0});
    hosts.push_back(host);
  }
  while (poll(polled.data(), polled.size(), -1) >= 0 && polled[0].revents == 0) {
    for (std::size_t i = 1; i < polled.size(); ++i) {
      if (polled[i].revents != 0) Record(hosts[i], polled[i].fd);
    }
  }
}

void AddressLog::Record(const std::string& host, int socket) {
  alignas(nlmsghdr) std::array<char, 8192> buffer{};
  const ssize_t got = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  const Instant at = Now();
  if (got < 0) {
    Check(absl::ErrnoToStatus(errno, absl::StrCat("listen for addresses of ", host)));
    return;
  }
  auto left = static_cast<unsigned>(got);
  const std::lock_guard lock(mutex_);
  for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data()); NLMSG_OK(message, left);
       message = NLMSG_NEXT(message, left)) {
    if (message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR) continue;
    events_.push_back(
        {.at = at, .host = host, .address = AddressIn(message), .added = message->nlmsg_type == RTM_NEWADDR});
  }
}

std::vector<AddressEvent> AddressLog::Events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::optional<AddressEvent> AddressLog::Last(const std::function<bool(const AddressEvent&)>& wanted) const {
  const std::lock_guard lock(mutex_);
  const auto last = std::find_if(events_.rbegin(), events_.rend(), wanted);
  if (last == events_.rend()) return std::nullopt;
  return *last;
}

bool AddressLog::Has(const std::string& host, const std::string& address) const {
  const auto last = Last([&](const AddressEvent& event) { return event.host == host && event.address == address; });
  return last.has_value() && last->added;
}

std::optional<Instant> AddressLog::LastChange(const std::string& host, const std::string& address, bool added,
                                              Instant since) const {
  const auto last = Last([&](const AddressEvent& event) {
    return event.host == host && event.address == address && event.added == added && event.at >= since;
  });
  if (!last.has_value()) return std::nullopt;
  return last->at;
}

std::optional<Instant> AddressLog::LastAdded(const std::string& host, const std::string& address, Instant since) const {
  return LastChange(host, address, true, since);
}

std::optional<Instant> AddressLog::LastRemoved(const std::string& host, const std::string& address,
                                               Instant since) const {
  return LastChange(host, address, false, since);
}

}  // namespace lab
