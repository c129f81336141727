// The packet filter of a host as nftables lists it: what is needed to follow a packet through it. A value.
#ifndef PROBE_FILTER_RULESET_H_
#define PROBE_FILTER_RULESET_H_

#include <google/protobuf/struct.pb.h>

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probe::filter {

struct Rule {
  int handle = 0;
  google::protobuf::ListValue statements;  // libnftables-json(5)
  std::string text;                        // as `nft -a list ruleset` shows it, without the handle
};

struct Chain {
  std::string family;  // "ip", "ip6", "inet", "netdev", ...
  std::string table;
  std::string name;
  std::string hook;  // "input", ...; empty for a chain that others jump to
  int priority = 0;
  bool drops = false;                // its policy
  std::vector<std::string> devices;  // of a netdev chain
  std::vector<Rule> rules;
};

struct Ruleset {
  using Place = std::tuple<std::string, std::string, std::string>;  // family, table, name

  std::map<Place, Chain> chains;
  std::map<Place, google::protobuf::ListValue> sets;  // the elements of named sets and maps
  std::size_t tables = 0;
};

// From what `nft -j list ruleset` and `nft -a -s list ruleset` print of the same ruleset: the text has what nft 1.0.6
// leaves out of its JSON (the devices of a chain), and what a person can read. InvalidArgument when the JSON is none.
absl::StatusOr<Ruleset> ParseRuleset(const std::string& json, absl::string_view text);

}  // namespace probe::filter

#endif  // PROBE_FILTER_RULESET_H_
