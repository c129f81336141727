#include "tests/lab/incident.h"

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace lab {
namespace {

std::set<std::string> Texts(const Json& list) {
  std::set<std::string> texts;
  for (const Json& item : list.items()) texts.insert(item.text());
  return texts;
}

}  // namespace

std::vector<std::string> CausesOf(const Json& incident) {
  std::vector<std::string> names;
  for (const Json& cause : incident["causes"].items()) {
    names.emplace_back(absl::StripPrefix(cause.text(), "CAUSE_"));
  }
  return names;
}

std::set<std::string> VipsOf(const Json& incident) { return Texts(incident["vips"]); }

std::set<std::string> DemotedBy(const Json& incident) { return Texts(incident["demoted"]); }

}  // namespace lab
