// A ruleset as nft lists it, made of the JSON of rules.
#ifndef TESTS_PROBE_FILTER_NFT_LISTING_H_
#define TESTS_PROBE_FILTER_NFT_LISTING_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/filter/ruleset.h"

namespace probe::filter {

// Rules of one chain, as JSON lists of statements; their handles count from 10.
struct ListedChain {
  std::string name = "input";
  std::string hook = "input";  // empty: none
  std::string policy = "accept";
  std::vector<std::string> rules = {};
  std::string family = "inet";
  std::string device = "";
  int priority = 0;
  std::string table = "filter";
};

inline Ruleset MakeRuleset(const std::vector<ListedChain>& chains, const std::string& set_elements = "") {
  std::vector<std::string> objects = {R"({"table":{"family":"inet","name":"filter","handle":1}})"};
  std::string text;
  for (const ListedChain& chain : chains) {
    const std::string place = absl::StrCat("\"family\":\"", chain.family, "\",\"table\":\"", chain.table, "\"");
    const std::string base = chain.hook.empty()
                                 ? ""
                                 : absl::StrCat(",\"type\":\"filter\",\"hook\":\"", chain.hook,
                                                "\",\"prio\":", chain.priority, ",\"policy\":\"", chain.policy, "\"");
    objects.push_back(absl::StrCat("{\"chain\":{", place, ",\"name\":\"", chain.name, "\"", base, "}}"));
    absl::StrAppend(&text, "table ", chain.family, " ", chain.table, " { # handle 1\n\tchain ", chain.name,
                    " { # handle 2\n");
    if (!chain.device.empty()) {
      absl::StrAppend(&text, "\t\ttype filter hook ", chain.hook, " device \"", chain.device, "\" priority -400;\n");
    }
    int handle = 10;
    for (const std::string& rule : chain.rules) {
      objects.push_back(absl::StrCat("{\"rule\":{", place, ",\"chain\":\"", chain.name, "\",\"handle\":", handle,
                                     ",\"expr\":", rule, "}}"));
      absl::StrAppend(&text, "\t\trule ", handle, " # handle ", handle, "\n");
      ++handle;
    }
    text += "\t}\n}\n";
  }
  if (!set_elements.empty()) {
    objects.push_back(
        absl::StrCat(R"({"set":{"family":"inet","table":"filter","name":"s","elem":)", set_elements, "}}"));
  }
  auto ruleset = ParseRuleset(absl::StrCat("{\"nftables\":[", absl::StrJoin(objects, ","), "]}"), text);
  EXPECT_TRUE(ruleset.ok()) << ruleset.status();
  return ruleset.ok() ? *std::move(ruleset) : Ruleset();
}

// [{"match":...},{"drop":null}]
inline std::string Match(const std::string& left, const std::string& right, const std::string& verdict = "drop",
                         const std::string& op = "==") {
  return absl::StrCat(R"([{"match":{"op":")", op, R"(","left":)", left, R"(,"right":)", right, "}},{\"", verdict,
                      "\":null}]");
}

}  // namespace probe::filter

#endif  // TESTS_PROBE_FILTER_NFT_LISTING_H_
