#include "probe/keepalived/definitions.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "probe/keepalived/lexer.h"
#include "probe/keepalived/wipe.h"

namespace probe::keepalived {
namespace {

bool StartsName(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool ContinuesName(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// The name at the front of `text`, empty when there is none.
absl::string_view NameAt(absl::string_view text) {
  if (text.empty() || !StartsName(text.front())) {
    return {};
  }
  std::size_t length = 1;
  while (length < text.size() && ContinuesName(text[length])) {
    ++length;
  }
  return text.substr(0, length);
}

struct Use {
  absl::string_view name;
  std::size_t length = 0;  // of the whole `$NAME` or `${NAME}`
};

// The use of a definition that begins with the $ at the front of `text`; nothing when it does not read like one.
std::optional<Use> UseAt(absl::string_view text) {
  const bool braces = text.size() > 1 && text[1] == '{';
  const std::size_t prefix = braces ? 2 : 1;
  const absl::string_view name = NameAt(text.substr(prefix));
  if (name.empty()) {
    return std::nullopt;
  }
  const std::size_t end = prefix + name.size();
  if (braces) {
    return end < text.size() && text[end] == '}' ? std::optional<Use>(Use{name, end + 1}) : std::nullopt;
  }
  const bool ends = end == text.size() || absl::string_view(" \t,)").find(text[end]) != absl::string_view::npos;
  return ends ? std::optional<Use>(Use{name, end}) : std::nullopt;
}

}  // namespace

std::optional<DefinitionLine> ReadDefinition(absl::string_view line) {
  if (line.empty() || line.front() != '$') {
    return std::nullopt;
  }
  const absl::string_view name = NameAt(line.substr(1));
  const std::size_t equals = 1 + name.size();
  if (name.empty() || equals >= line.size() || line[equals] != '=') {
    return std::nullopt;
  }
  return DefinitionLine{std::string(name), TrimBlanks(line.substr(equals + 1))};
}

Definitions::~Definitions() {
  for (auto& [name, lines] : values_) {
    for (std::string& line : lines) {
      WipeText(&line);
    }
  }
}

void Definitions::Define(const std::string& name, std::vector<std::string> lines) {
  std::vector<std::string>& value = values_[name];
  value.swap(lines);
  for (std::string& line : lines) {
    WipeText(&line);
  }
}

Definitions::Replacement Definitions::ReplaceOne(std::string* line, std::size_t from) const {
  for (std::size_t at = line->find('$', from); at != std::string::npos; at = line->find('$', at + 1)) {
    const std::optional<Use> use = UseAt(absl::string_view(*line).substr(at));
    if (!use.has_value()) {
      continue;
    }
    const auto found = values_.find(std::string(use->name));
    if (found == values_.end()) {
      continue;
    }
    const std::vector<std::string>& lines = found->second;
    if (lines.size() > 1 && at + use->length != line->size()) {
      continue;
    }
    Replacement result{.replaced = true, .at = at, .pending = {}};
    line->replace(at, use->length, lines.empty() ? std::string() : lines.front());
    if (lines.size() > 1) {
      result.pending.assign(lines.begin() + 1, lines.end());
    }
    return result;
  }
  return {};
}

}  // namespace probe::keepalived
