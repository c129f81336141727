#include "probe/actuate/nft_decode.h"

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>
#include <cstring>
#include <utility>

namespace probe::actuate {
namespace {

template <int Max>
using Attributes = std::array<nlattr*, Max + 1>;

constexpr std::uint8_t kElementCommentType = 0;  // libnftnl's NFTNL_UDATA_SET_ELEM_COMMENT

std::string Text(const nlattr* attribute) {
  if (attribute == nullptr) return {};
  const auto* text = static_cast<const char*>(nla_data(attribute));
  return {text, strnlen(text, static_cast<std::size_t>(nla_len(attribute)))};
}

// Numbers in nf_tables are in network order.
std::optional<std::uint32_t> Number32(const nlattr* attribute) {
  std::uint32_t value = 0;
  if (attribute == nullptr || nla_len(attribute) != sizeof value) return std::nullopt;
  std::memcpy(&value, nla_data(attribute), sizeof value);
  return be32toh(value);
}

std::optional<std::uint64_t> Number64(const nlattr* attribute) {
  std::uint64_t value = 0;
  if (attribute == nullptr || nla_len(attribute) != sizeof value) return std::nullopt;
  std::memcpy(&value, nla_data(attribute), sizeof value);
  return be64toh(value);
}

template <int Max>
bool ParseNested(nlattr* nest, Attributes<Max>& attributes) {
  return nest != nullptr && nla_parse_nested(attributes.data(), Max, nest, nullptr) >= 0;
}

// Calls `read` for each attribute inside `nest`.
template <typename Read>
void ForEach(nlattr* nest, Read read) {
  if (nest == nullptr) return;
  int left = nla_len(nest);
  for (auto* at = static_cast<nlattr*>(nla_data(nest)); nla_ok(at, left) != 0; at = nla_next(at, &left)) read(at);
}

std::uint64_t CounterPackets(nlattr* expression) {
  Attributes<NFTA_EXPR_MAX> attributes{};
  Attributes<NFTA_COUNTER_MAX> counter{};
  if (!ParseNested<NFTA_EXPR_MAX>(expression, attributes) || Text(attributes[NFTA_EXPR_NAME]) != "counter") return 0;
  if (!ParseNested<NFTA_COUNTER_MAX>(attributes[NFTA_EXPR_DATA], counter)) return 0;
  return Number64(counter[NFTA_COUNTER_PACKETS]).value_or(0);
}

std::string ElementComment(nlattr* userdata) {
  if (userdata == nullptr) return {};
  absl::string_view left(static_cast<const char*>(nla_data(userdata)), static_cast<std::size_t>(nla_len(userdata)));
  while (left.size() >= 2) {
    const auto type = static_cast<std::uint8_t>(left[0]);
    const auto length = static_cast<std::uint8_t>(left[1]);
    left.remove_prefix(2);
    if (length > left.size()) return {};
    if (type == kElementCommentType) return {left.data(), strnlen(left.data(), length)};
    left.remove_prefix(length);
  }
  return {};
}

std::optional<TableDump::Element> ReadElement(nlattr* nest) {
  Attributes<NFTA_SET_ELEM_MAX> attributes{};
  Attributes<NFTA_DATA_MAX> key{};
  if (!ParseNested<NFTA_SET_ELEM_MAX>(nest, attributes)) return std::nullopt;
  if (!ParseNested<NFTA_DATA_MAX>(attributes[NFTA_SET_ELEM_KEY], key) || key[NFTA_DATA_VALUE] == nullptr) {
    return std::nullopt;
  }
  TableDump::Element element;
  const auto* bytes = static_cast<const std::uint8_t*>(nla_data(key[NFTA_DATA_VALUE]));
  element.value.assign(bytes, bytes + nla_len(key[NFTA_DATA_VALUE]));
  if (const auto left = Number64(attributes[NFTA_SET_ELEM_EXPIRATION])) {
    element.expires = std::chrono::milliseconds(*left);
  } else if (const auto whole = Number64(attributes[NFTA_SET_ELEM_TIMEOUT])) {
    element.expires = std::chrono::milliseconds(*whole);
  }
  element.packets = CounterPackets(attributes[NFTA_SET_ELEM_EXPR]);
  ForEach(attributes[NFTA_SET_ELEM_EXPRESSIONS], [&](nlattr* e) { element.packets += CounterPackets(e); });
  element.comment = ElementComment(attributes[NFTA_SET_ELEM_USERDATA]);
  return element;
}

void MergeChain(nlmsghdr* message, absl::string_view table, TableDump& dump) {
  Attributes<NFTA_CHAIN_MAX> attributes{};
  if (nlmsg_parse(message, sizeof(nfgenmsg), attributes.data(), NFTA_CHAIN_MAX, nullptr) < 0) return;
  if (Text(attributes[NFTA_CHAIN_TABLE]) != table) return;
  TableDump::Chain& chain = dump.chains[Text(attributes[NFTA_CHAIN_NAME])];
  Attributes<NFTA_HOOK_MAX> hook{};
  if (!ParseNested<NFTA_HOOK_MAX>(attributes[NFTA_CHAIN_HOOK], hook)) return;
  chain.hook = Number32(hook[NFTA_HOOK_HOOKNUM]);
  if (hook[NFTA_HOOK_DEVS] != nullptr) {
    ForEach(hook[NFTA_HOOK_DEVS], [&](const nlattr* device) { chain.devices.push_back(Text(device)); });
  } else if (hook[NFTA_HOOK_DEV] != nullptr) {
    chain.devices.push_back(Text(hook[NFTA_HOOK_DEV]));
  }
}

void MergeRule(nlmsghdr* message, absl::string_view table, TableDump& dump) {
  Attributes<NFTA_RULE_MAX> attributes{};
  if (nlmsg_parse(message, sizeof(nfgenmsg), attributes.data(), NFTA_RULE_MAX, nullptr) < 0) return;
  if (Text(attributes[NFTA_RULE_TABLE]) == table) ++dump.chains[Text(attributes[NFTA_RULE_CHAIN])].rules;
}

void MergeSet(nlmsghdr* message, absl::string_view table, TableDump& dump) {
  Attributes<NFTA_SET_MAX> attributes{};
  if (nlmsg_parse(message, sizeof(nfgenmsg), attributes.data(), NFTA_SET_MAX, nullptr) < 0) return;
  if (Text(attributes[NFTA_SET_TABLE]) == table) dump.sets[Text(attributes[NFTA_SET_NAME])];
}

void MergeElements(nlmsghdr* message, absl::string_view table, TableDump& dump) {
  Attributes<NFTA_SET_ELEM_LIST_MAX> attributes{};
  if (nlmsg_parse(message, sizeof(nfgenmsg), attributes.data(), NFTA_SET_ELEM_LIST_MAX, nullptr) < 0) return;
  if (Text(attributes[NFTA_SET_ELEM_LIST_TABLE]) != table) return;
  std::vector<TableDump::Element>& set = dump.sets[Text(attributes[NFTA_SET_ELEM_LIST_SET])];
  ForEach(attributes[NFTA_SET_ELEM_LIST_ELEMENTS], [&](nlattr* nest) {
    if (std::optional<TableDump::Element> element = ReadElement(nest)) set.push_back(*std::move(element));
  });
}

struct NoticeShape {
  NftNotice::Kind kind;
  bool removed;
};

NoticeShape ShapeOf(int type) {
  using Kind = NftNotice::Kind;
  switch (type) {
    case NFT_MSG_NEWTABLE:
      return {Kind::kTable, false};
    case NFT_MSG_DELTABLE:
      return {Kind::kTable, true};
    case NFT_MSG_NEWCHAIN:
      return {Kind::kChain, false};
    case NFT_MSG_DELCHAIN:
      return {Kind::kChain, true};
    case NFT_MSG_NEWRULE:
      return {Kind::kRule, false};
    case NFT_MSG_DELRULE:
      return {Kind::kRule, true};
    case NFT_MSG_NEWSET:
      return {Kind::kSet, false};
    case NFT_MSG_DELSET:
      return {Kind::kSet, true};
    case NFT_MSG_NEWSETELEM:
      return {Kind::kElement, false};
    case NFT_MSG_DELSETELEM:
      return {Kind::kElement, true};
    case NFT_MSG_NEWGEN:
      return {Kind::kGeneration, false};
  }
  return {Kind::kOther, false};
}

bool IsNfTables(const nlmsghdr& message) {
  return NFNL_SUBSYS_ID(message.nlmsg_type) == NFNL_SUBSYS_NFTABLES &&
         message.nlmsg_len >= NLMSG_HDRLEN + sizeof(nfgenmsg);
}

}  // namespace

void MergeMessage(const nlmsghdr& message, absl::string_view table, TableDump& dump) {
  if (!IsNfTables(message)) return;
  auto* mutable_message = const_cast<nlmsghdr*>(&message);  // libnl's readers take it non-const and do not write
  if (static_cast<const nfgenmsg*>(nlmsg_data(&message))->nfgen_family != kNetdevFamily) return;
  switch (NFNL_MSG_TYPE(message.nlmsg_type)) {
    case NFT_MSG_NEWCHAIN:
      return MergeChain(mutable_message, table, dump);
    case NFT_MSG_NEWRULE:
      return MergeRule(mutable_message, table, dump);
    case NFT_MSG_NEWSET:
      return MergeSet(mutable_message, table, dump);
    case NFT_MSG_NEWSETELEM:
      return MergeElements(mutable_message, table, dump);
  }
}

std::optional<NftNotice> ReadNotice(const nlmsghdr& message) {
  if (!IsNfTables(message)) return std::nullopt;
  const NoticeShape shape = ShapeOf(NFNL_MSG_TYPE(message.nlmsg_type));
  NftNotice notice{.kind = shape.kind,
                   .removed = shape.removed,
                   .family = static_cast<const nfgenmsg*>(nlmsg_data(&message))->nfgen_family,
                   .port = message.nlmsg_pid,
                   .table = {}};
  if (shape.kind == NftNotice::Kind::kGeneration || shape.kind == NftNotice::Kind::kOther) return notice;
  // The table's name is attribute 1 of each kind of message.
  static_assert(NFTA_TABLE_NAME == 1 && NFTA_CHAIN_TABLE == 1 && NFTA_RULE_TABLE == 1 && NFTA_SET_TABLE == 1 &&
                NFTA_SET_ELEM_LIST_TABLE == 1);
  notice.table = Text(nlmsg_find_attr(const_cast<nlmsghdr*>(&message), sizeof(nfgenmsg), NFTA_TABLE_NAME));
  return notice;
}

}  // namespace probe::actuate
