#include "probe/keepalived/address_reader.h"

#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/values.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

// Options as of `ip address add`: those with a value of no concern to us, and those without.
constexpr absl::string_view kOptionsWithValue[] = {"brd", "broadcast", "scope", "peer", "preferred_lft", "track_group"};
constexpr absl::string_view kPlainOptions[] = {"home",     "-nodad",        "nodad",   "mngtmpaddr",
                                               "no_track", "noprefixroute", "autojoin"};

template <std::size_t N>
bool Contains(const absl::string_view (&words)[N], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// The digits at the front of `text`, as strtoul reads them; nothing when they are more than `most`, or a sign is there.
std::optional<int> ReadLength(absl::string_view text, int most) {
  const absl::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  int length = 0;
  if (absl::StartsWith(text, "-") || (!digits.empty() && !absl::SimpleAtoi(digits, &length)) || length > most) {
    return std::nullopt;
  }
  return length;
}

// "ADDRESS[/LENGTH]" at the front of a row. A length out of range is taken as the longest, and one that is no number as
// the digits it begins with, none being 0: as the daemon does.
std::optional<VirtualAddress> ReadCidr(const Block& row, const ReadContext& context) {
  const absl::string_view text = row.keyword();
  const std::size_t slash = text.find('/');
  const std::optional<arbiter::IpAddress> address = ReadAddress(text.substr(0, slash));
  if (!address.has_value()) {
    context.log->Add(Kind::kBadValue, row.at,
                     absl::StrCat("'", text, "' is no IP address: the daemon ignores the line"));
    return std::nullopt;
  }
  VirtualAddress result;
  result.address = *address;
  result.prefix_length = address->is_v4() ? 32 : 128;
  result.at = row.at;
  if (slash == absl::string_view::npos) {
    return result;
  }
  const absl::string_view written = text.substr(slash + 1);
  result.prefix_length = ReadLength(written, result.prefix_length).value_or(result.prefix_length);
  if (int number = 0; !absl::SimpleAtoi(written, &number) || number != result.prefix_length) {
    context.log->Add(
        Kind::kBadValue, row.at,
        absl::StrCat("'", text, "' has no sensible prefix length: the daemon takes ", result.prefix_length));
  }
  return result;
}

void ReadOptions(const Block& row, const ReadContext& context, VirtualAddress* address) {
  for (std::size_t i = 1; i < row.words.size(); ++i) {
    const absl::string_view word = row.Word(i);
    if (word == "dev") {
      address->device = std::string(row.Word(++i));
    } else if (word == "label") {
      address->label = std::string(row.Word(++i));
    } else if (word == "use_vmac") {
      address->on_vmac = true;
    } else if (Contains(kOptionsWithValue, word)) {
      ++i;
    } else if (!Contains(kPlainOptions, word)) {
      context.log->Add(Kind::kBadValue, row.at,
                       absl::StrCat("'", word, "' after ", row.keyword(), ": the daemon reads one address a line"));
    }
  }
}

std::optional<VirtualAddress> ReadRow(const Block& row, const ReadContext& context) {
  std::optional<VirtualAddress> address = ReadCidr(row, context);
  if (address.has_value()) {
    ReadOptions(row, context, &*address);
  }
  return address;
}

void ReportFamily(const Block& row, const ReadContext& context, const Instance& instance) {
  context.log->Add(Kind::kConflict, row.at,
                   absl::StrCat(row.keyword(), " is not of the address family of vrrp_instance ", instance.name,
                                ": the daemon ignores it"));
}

}  // namespace

bool TakesFamily(Instance* instance, const arbiter::IpAddress& address) {
  if (!instance->family.has_value()) {
    instance->family = address.family();
  }
  return *instance->family == address.family();
}

void ReadVirtualAddresses(const Block& block, const ReadContext& context, Instance* instance) {
  for (const Block& row : block.children) {
    std::optional<VirtualAddress> address = ReadRow(row, context);
    if (!address.has_value()) {
      continue;
    }
    if (!TakesFamily(instance, address->address)) {
      ReportFamily(row, context, *instance);
      continue;
    }
    instance->addresses.push_back(*std::move(address));
  }
}

void ReadExcludedAddresses(const Block& block, const ReadContext& context, Instance* instance) {
  for (const Block& row : block.children) {
    if (std::optional<VirtualAddress> address = ReadRow(row, context); address.has_value()) {
      instance->excluded.push_back(*std::move(address));
    }
  }
}

void ReadPeers(const Block& block, const ReadContext& context, Instance* instance) {
  instance->says_unicast = true;
  for (const Block& row : block.children) {
    const std::optional<arbiter::IpAddress> address = ReadHostAddress(row.keyword());
    if (!address.has_value()) {
      context.log->Add(Kind::kBadValue, row.at, absl::StrCat("'", row.keyword(), "' is no IP address of a peer"));
    } else if (!TakesFamily(instance, *address)) {
      ReportFamily(row, context, *instance);
    } else {
      instance->peers.push_back({*address, row.at});
    }
    if (row.words.size() > 1 && row.Word(1) != "min_ttl" && row.Word(1) != "max_ttl") {
      context.log->Add(Kind::kBadValue, row.at,
                       absl::StrCat("'", row.Word(1), "' after ", row.keyword(), ": the daemon reads one peer a line"));
    }
  }
}

}  // namespace probe::keepalived
