#include "probe/filter/culprit.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "probe/filter/filter_walk.h"
#include "probe/filter/repair.h"

namespace probe::filter {
namespace {

constexpr std::size_t kLongest = 400;
constexpr absl::string_view kEnd = "end";

std::string NameOf(const DropPlace& place) {
  const std::string chain = absl::StrCat(place.family, " ", place.table, " ", place.chain);
  if (place.handle == 0) return absl::StrCat("the policy of nft chain `", chain, "`");
  return absl::StrCat("nft rule `", chain, " ", place.text, "`");
}

Culprit OfTc(const AdvertPacket& packet, const std::vector<std::string>& tc) {
  const std::string at = absl::StrCat("dev ", packet.interface, packet.incoming ? " ingress" : " egress");
  return {false, absl::StrCat("a filter of tc on ", packet.interface, " (", absl::StrJoin(tc, ", "), ")"),
          absl::StrCat("look at it: tc -s filter show ", at)};
}

std::string OneLine(std::string text) {
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  if (text.size() > kLongest) text = absl::StrCat(text.substr(0, kLongest), "...");
  return text;
}

}  // namespace

std::vector<Culprit> CulpritsOf(const AdvertPacket& packet, const absl::StatusOr<Ruleset>& ruleset,
                                const std::vector<std::string>& tc) {
  const WalkEnd end = ruleset.ok() ? Walk(packet, *ruleset) : WalkEnd();
  if (end.dropped) return {{true, NameOf(*end.dropped), RepairOf(*end.dropped, packet)}};
  std::vector<Culprit> culprits;
  for (const DropPlace& place : end.may_drop) {
    if (culprits.size() < kMostCulprits) culprits.push_back({false, NameOf(place), RepairOf(place, packet)});
  }
  if (!tc.empty() && culprits.size() < kMostCulprits) culprits.push_back(OfTc(packet, tc));
  return culprits;
}

std::string WriteCulprits(const std::vector<std::vector<Culprit>>& answers) {
  std::string text;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (const Culprit& culprit : answers[i]) {
      absl::StrAppend(&text, i, "\t", culprit.certain ? "drops" : "may", "\t", OneLine(culprit.by), "\t",
                      OneLine(culprit.repair), "\n");
    }
  }
  return absl::StrCat(text, kEnd, "\n");
}

absl::StatusOr<std::vector<std::vector<Culprit>>> ReadCulprits(absl::string_view text, std::size_t questions) {
  std::vector<std::vector<Culprit>> answers(questions);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line == kEnd) return answers;
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    std::size_t question = 0;
    if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &question) || question >= questions) break;
    if (answers[question].size() < kMostCulprits) {
      answers[question].push_back({parts[1] == "drops", parts[2], parts[3]});
    }
  }
  return absl::DataLossError("what drops adverts: the answer is not whole");
}

}  // namespace probe::filter
