#include "probe/filter/ruleset.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"

namespace probe::filter {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

std::string Text(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? std::string() : found->second.string_value();
}

int Number(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? 0 : static_cast<int>(found->second.number_value());
}

const ListValue& List(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? ListValue::default_instance() : found->second.list_value();
}

void AddChain(const Struct& object, Ruleset* ruleset) {
  Chain chain;
  chain.family = Text(object, "family");
  chain.table = Text(object, "table");
  chain.name = Text(object, "name");
  chain.hook = Text(object, "hook");
  chain.priority = Number(object, "prio");
  chain.drops = Text(object, "policy") == "drop";
  ruleset->chains[{chain.family, chain.table, chain.name}] = std::move(chain);
}

void AddRule(const Struct& object, Ruleset* ruleset) {
  const auto chain = ruleset->chains.find({Text(object, "family"), Text(object, "table"), Text(object, "chain")});
  if (chain == ruleset->chains.end()) return;
  chain->second.rules.push_back({Number(object, "handle"), List(object, "expr"), ""});
}

void AddObject(const std::string& kind, const Struct& object, Ruleset* ruleset) {
  if (kind == "table") ++ruleset->tables;
  if (kind == "chain") AddChain(object, ruleset);
  if (kind == "rule") AddRule(object, ruleset);
  if (kind == "set" || kind == "map") {
    ruleset->sets[{Text(object, "family"), Text(object, "table"), Text(object, "name")}] = List(object, "elem");
  }
}

// Takes from the text what the JSON does not have. It goes by words and braces: nft indents by tabs, a table at the
// left edge, its chains one deep, their rules two deep.
class TextReader {
 public:
  explicit TextReader(Ruleset* ruleset) : ruleset_(ruleset) {}

  void Read(absl::string_view line) {
    const std::size_t depth = std::min(line.find_first_not_of('\t'), line.size());
    line.remove_prefix(depth);
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.empty()) return;
    if (depth == 0 && words.size() >= 3 && words[0] == "table") {
      family_ = words[1];
      table_ = words[2];
    } else if (depth == 1) {
      chain_ = nullptr;
      if (words.size() >= 2 && words[0] == "chain") Enter(words[1]);
    } else if (depth == 2 && chain_ != nullptr) {
      ReadInChain(line);
    }
  }

 private:
  void Enter(const std::string& name) {
    const auto found = ruleset_->chains.find({family_, table_, name});
    chain_ = found == ruleset_->chains.end() ? nullptr : &found->second;
  }

  void ReadInChain(absl::string_view line) {
    if (absl::StartsWith(line, "type ")) return ReadDevices(line.substr(0, line.find(" priority ")));
    const std::size_t mark = line.rfind(" # handle ");
    int handle = 0;
    if (mark == absl::string_view::npos || !absl::SimpleAtoi(line.substr(mark + 10), &handle)) return;
    for (Rule& rule : chain_->rules) {
      if (rule.handle == handle) rule.text = std::string(absl::StripAsciiWhitespace(line.substr(0, mark)));
    }
  }

  // device "eth0", or devices = { "eth0", "eth1" }
  void ReadDevices(absl::string_view line) {
    if (!absl::StrContains(line, " device")) return;
    const std::vector<absl::string_view> parts = absl::StrSplit(line, '"');
    for (std::size_t i = 1; i < parts.size(); i += 2) chain_->devices.emplace_back(parts[i]);
    if (parts.size() > 1) return;
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" {},="), absl::SkipEmpty());
    bool after = false;
    for (const std::string& word : words) {
      if (after) chain_->devices.push_back(word);
      after = after || word == "device" || word == "devices";
    }
  }

  Ruleset* ruleset_;
  std::string family_;
  std::string table_;
  Chain* chain_ = nullptr;
};

}  // namespace

absl::StatusOr<Ruleset> ParseRuleset(const std::string& json, absl::string_view text) {
  Struct document;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &document);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("read nftables' JSON: ", std::string(parsed.message())));
  }
  Ruleset ruleset;
  for (const Value& item : List(document, "nftables").values()) {
    for (const auto& [kind, object] : item.struct_value().fields()) AddObject(kind, object.struct_value(), &ruleset);
  }
  TextReader reader(&ruleset);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) reader.Read(line);
  return ruleset;
}

}  // namespace probe::filter
