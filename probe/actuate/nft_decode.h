// Reads nf_tables netlink messages (linux/netfilter/nf_tables.h). Pure.
#ifndef PROBE_ACTUATE_NFT_DECODE_H_
#define PROBE_ACTUATE_NFT_DECODE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "probe/actuate/nft_kernel.h"

struct nlmsghdr;

namespace probe::actuate {

// NFPROTO_NETDEV. Its header, linux/netfilter.h, cannot stand beside netinet/in.h.
inline constexpr std::uint8_t kNetdevFamily = 5;

// Merges a chain, rule, set or element message about netdev table `table` into `dump`; ignores every other message.
void MergeMessage(const nlmsghdr& message, absl::string_view table, TableDump& dump);

// What a notification is about.
struct NftNotice {
  enum class Kind { kTable, kChain, kRule, kSet, kElement, kGeneration, kOther };
  Kind kind = Kind::kOther;
  bool removed = false;
  std::uint8_t family = 0;  // kNetdevFamily, or another that does not concern us
  std::uint32_t port = 0;   // netlink port of whoever caused it
  std::string table;        // empty where the message names none
};
// Nothing for messages that are not of nf_tables.
std::optional<NftNotice> ReadNotice(const nlmsghdr& message);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_NFT_DECODE_H_
