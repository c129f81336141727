#include "probe/filter/read_ruleset.h"

#include <linux/netlink.h>
#include <nftables/libnftables.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/netlink/netlink_socket.h"

namespace probe::filter {
namespace {

// A million elements of a set, or so: read, they take thirty times as much.
constexpr std::size_t kLargest = 16U << 20U;

struct ContextDeleter {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, ContextDeleter>;

// What `nft list ruleset` prints with these flags.
absl::StatusOr<std::string> ListRuleset(unsigned flags) {
  const Context context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context || nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0) {
    return absl::ResourceExhaustedError("make a libnftables context: out of memory");
  }
  nft_ctx_output_set_flags(context.get(), flags);
  if (nft_run_cmd_from_buffer(context.get(), "list ruleset") == 0) {
    return std::string(nft_ctx_get_output_buffer(context.get()));
  }
  const std::string complaint = nft_ctx_get_error_buffer(context.get());
  return absl::PermissionDeniedError(
      absl::StrCat("list the nftables ruleset: ", complaint.substr(0, complaint.find('\n'))));
}

}  // namespace

absl::StatusOr<Ruleset> ReadRuleset() {
  // First, because libnftables ends the process where nfnetlink is missing.
  const auto socket = netlink::NetlinkSocket::Open(NETLINK_NETFILTER);
  if (!socket.ok()) return socket.status();
  const auto json = ListRuleset(NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_NUMERIC_PROTO);
  if (!json.ok()) return json.status();
  if (json->size() > kLargest) return absl::ResourceExhaustedError("the nftables ruleset is too large to be followed");
  const auto text = ListRuleset(NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_STATELESS);
  if (!text.ok()) return text.status();
  return ParseRuleset(*json, *text);
}

}  // namespace probe::filter
