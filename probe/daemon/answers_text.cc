#include "probe/daemon/answers_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace probe::daemon {

std::string AnswersText(const std::map<arbiter::IpAddress, std::vector<report::StrangeClaim>>& claims,
                        const std::set<arbiter::IpAddress>& answered_here) {
  std::string text;
  for (const auto& [vip, others] : claims) {
    if (!answered_here.contains(vip)) continue;
    for (const report::StrangeClaim& claim : others) {
      if (!claim.answers) continue;
      absl::StrAppend(&text, vip.ToString(), " ", claim.mac.ToString(), " ", claim.interface, " ", claim.how, "\n");
    }
  }
  return text;
}

std::vector<doctor::Answering> ReadAnswers(absl::string_view text) {
  std::vector<doctor::Answering> answers;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    if (words.size() < 4) continue;
    const auto vip = arbiter::IpAddress::Parse(words[0]);
    if (vip.ok()) answers.push_back({*vip, words[1], words[2], words[3]});
  }
  return answers;
}

}  // namespace probe::daemon
