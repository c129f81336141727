#include "probe/actuate/gate_watch.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <unistd.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/actuate/gate_names.h"
#include "probe/actuate/nft_decode.h"

namespace probe::actuate {
namespace {

constexpr int kReceiveBuffer = 1 << 20;  // a reload of a large firewall is announced rule by rule

std::string InWords(const NftNotice& notice) {
  const char* noun = "object";
  switch (notice.kind) {
    case NftNotice::Kind::kTable:
      noun = "table";
      break;
    case NftNotice::Kind::kChain:
      noun = "chain";
      break;
    case NftNotice::Kind::kRule:
      noun = "rule";
      break;
    case NftNotice::Kind::kSet:
      noun = "set";
      break;
    case NftNotice::Kind::kElement:
      noun = "element";
      break;
    case NftNotice::Kind::kGeneration:
    case NftNotice::Kind::kOther:
      break;
  }
  return absl::StrCat(noun, notice.removed ? " deleted" : " added");
}

}  // namespace

absl::StatusOr<std::unique_ptr<GateWatch>> GateWatch::Open(const std::function<absl::Status()>& own_change) {
  absl::StatusOr<netlink::NetlinkSocket> socket = netlink::NetlinkSocket::Open(NETLINK_NETFILTER);
  if (!socket.ok()) return socket.status();
  if (absl::Status status = socket->Follow(NFNLGRP_NFTABLES, kReceiveBuffer); !status.ok()) return status;
  std::unique_ptr<GateWatch> watch(new GateWatch(*std::move(socket)));
  if (absl::Status status = own_change(); !status.ok()) return status;
  // Notifications are queued before the transaction returns. Ours names a table after us and this process.
  const std::string suffix = absl::StrCat("_", getpid());
  const auto end = watch->socket_.Drain([&](const nlmsghdr& message) {
    const std::optional<NftNotice> notice = ReadNotice(message);
    if (notice && absl::StartsWith(notice->table, kGateTable) && absl::EndsWith(notice->table, suffix)) {
      watch->own_port_ = notice->port;
    }
  });
  if (!end.ok()) return end.status();
  return watch;
}

absl::StatusOr<GateNews> GateWatch::Drain() {
  GateNews news;
  const auto end = socket_.Drain([&](const nlmsghdr& message) {
    const std::optional<NftNotice> notice = ReadNotice(message);
    if (!notice || notice->family != kNetdevFamily || notice->table != kGateTable) return;
    if (notice->port == own_port_ || news.touched) return;
    news.touched = true;
    news.what = InWords(*notice);
  });
  if (!end.ok()) return end.status();
  if (*end == netlink::NetlinkSocket::DrainEnd::kOverrun && !news.touched) {
    news.touched = true;
    news.what = "notifications lost";
  }
  if (news.touched) ++touches_;
  return news;
}

}  // namespace probe::actuate
