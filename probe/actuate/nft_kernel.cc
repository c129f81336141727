#include "probe/actuate/nft_kernel.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <nftables/libnftables.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/actuate/nft_decode.h"
#include "probe/netlink/netlink_socket.h"

namespace probe::actuate {
namespace {

using netlink::NetlinkSocket;
using netlink::NlMsgHandle;

constexpr int kDumpAttempts = 5;  // a transaction of somebody else may come between

struct ContextDeleter {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, ContextDeleter>;

// nft quotes the script below its complaint; the first line is the complaint.
absl::Status ErrorStatus(absl::string_view complaint) {
  const absl::string_view line = complaint.substr(0, complaint.find('\n'));
  const std::string text = absl::StrCat("change nftables table: ", line.empty() ? "refused without a word" : line);
  if (absl::StrContains(line, "Operation not permitted")) return absl::PermissionDeniedError(text);
  if (absl::StrContains(line, "not supported")) return absl::UnimplementedError(text);
  if (absl::StrContains(line, "No such file or directory") || absl::StrContains(line, "No such device")) {
    return absl::NotFoundError(text);
  }
  return absl::InternalError(text);
}

NlMsgHandle Request(int type, int flags) {
  NlMsgHandle message = netlink::MakeMessage((NFNL_SUBSYS_NFTABLES << 8) | type, flags);
  nfgenmsg header{};
  header.nfgen_family = kNetdevFamily;
  header.version = NFNETLINK_V0;
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  return message;
}

class LibNftKernel : public NftKernel {
 public:
  LibNftKernel(Context context, NetlinkSocket socket) : context_(std::move(context)), socket_(std::move(socket)) {}

  absl::Status Run(const std::string& script) override {
    if (script.empty()) return absl::OkStatus();
    if (nft_run_cmd_from_buffer(context_.get(), script.c_str()) == 0) return absl::OkStatus();
    return ErrorStatus(nft_ctx_get_error_buffer(context_.get()));
  }

  absl::StatusOr<TableDump> Dump(absl::string_view table) override {
    absl::Status status;
    for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
      TableDump dump;
      status = DumpOnce(std::string(table), dump);
      if (status.ok()) return dump;
      if (!absl::IsAborted(status) && !absl::IsNotFound(status)) return status;
    }
    return status;
  }

 private:
  absl::Status DumpOnce(const std::string& table, TableDump& dump);
  // `table_attribute` is 0 where the kernel does not filter by table.
  absl::Status DumpKind(int type, int table_attribute, const std::string& table, TableDump& dump);

  Context context_;
  NetlinkSocket socket_;
};

absl::Status LibNftKernel::DumpKind(int type, int table_attribute, const std::string& table, TableDump& dump) {
  NlMsgHandle request = Request(type, 0);
  if (table_attribute != 0) nla_put_string(request.get(), table_attribute, table.c_str());
  return socket_.Dump(std::move(request), absl::StrCat("dump nftables table ", table),
                      [&](const nlmsghdr& message) { MergeMessage(message, table, dump); });
}

absl::Status LibNftKernel::DumpOnce(const std::string& table, TableDump& dump) {
  NlMsgHandle request = Request(NFT_MSG_GETTABLE, 0);
  nla_put_string(request.get(), NFTA_TABLE_NAME, table.c_str());
  absl::Status status = socket_.Transact(std::move(request), absl::StrCat("find nftables table ", table));
  if (absl::IsNotFound(status)) return absl::OkStatus();
  if (!status.ok()) return status;
  dump.present = true;
  status = DumpKind(NFT_MSG_GETCHAIN, 0, table, dump);
  if (status.ok()) status = DumpKind(NFT_MSG_GETRULE, NFTA_RULE_TABLE, table, dump);
  if (status.ok()) status = DumpKind(NFT_MSG_GETSET, NFTA_SET_TABLE, table, dump);
  if (!status.ok()) return status;
  std::vector<std::string> sets;
  sets.reserve(dump.sets.size());
  for (const auto& [name, elements] : dump.sets) sets.push_back(name);
  for (const std::string& set : sets) {
    NlMsgHandle elements = Request(NFT_MSG_GETSETELEM, 0);
    nla_put_string(elements.get(), NFTA_SET_ELEM_LIST_TABLE, table.c_str());
    nla_put_string(elements.get(), NFTA_SET_ELEM_LIST_SET, set.c_str());
    status = socket_.Dump(std::move(elements), absl::StrCat("dump nftables set ", set),
                          [&](const nlmsghdr& message) { MergeMessage(message, table, dump); });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<NftKernel>> OpenNftKernel() {
  // First, because libnftables ends the process where nfnetlink is missing.
  absl::StatusOr<NetlinkSocket> socket = NetlinkSocket::Open(NETLINK_NETFILTER);
  if (!socket.ok()) return socket.status();
  Context context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context) return absl::ResourceExhaustedError("make a libnftables context: out of memory");
  if (nft_ctx_buffer_error(context.get()) != 0 || nft_ctx_buffer_output(context.get()) != 0) {
    return absl::ResourceExhaustedError("buffer what libnftables says: out of memory");
  }
  return std::make_unique<LibNftKernel>(std::move(context), *std::move(socket));
}

}  // namespace probe::actuate
