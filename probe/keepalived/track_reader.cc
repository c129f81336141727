#include "probe/keepalived/track_reader.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/lexer.h"
#include "probe/keepalived/values.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

// More in one list is not configuration any more; it also bounds the search for repetitions.
constexpr std::size_t kMaxTracked = 256;

bool IsTracked(const std::vector<Tracked>& all, absl::string_view name) {
  return std::any_of(all.begin(), all.end(), [&](const Tracked& one) { return one.name == name; });
}

// `reverse` and `noreverse` (also written no_reverse) at `index`.
std::optional<bool> ReadReverse(const Block& row, std::size_t index) {
  const absl::string_view word = row.Word(index);
  if (word == "reverse") {
    return true;
  }
  return word == "noreverse" || word == "no_reverse" ? std::optional<bool>(false) : std::nullopt;
}

Tracked ReadRow(const Block& row, const ReadContext& context) {
  Tracked tracked;
  tracked.name = std::string(row.keyword());
  tracked.at = row.at;
  if (row.words.size() == 1) {
    return tracked;
  }
  if (row.Word(1) != "weight") {
    context.log->Add(Kind::kBadValue, row.at,
                     absl::StrCat("'", row.Word(1), "' after ", row.keyword(), ": the daemon reads one name a line"));
    return tracked;
  }
  if (const auto weight = ReadInteger(row, 2, {-254, 254}, context); weight.has_value()) {
    tracked.weight = static_cast<int>(*weight);
    tracked.reverse = ReadReverse(row, 3);
  }
  return tracked;
}

// `defined` holds the names that may be tracked; null when every name may.
void ReadNamed(const Block& block, const ReadContext& context, const absl::flat_hash_set<std::string>* defined,
               std::vector<Tracked>* tracked) {
  for (const Block& row : block.children) {
    if (row.words.empty()) {
      continue;
    }
    if (tracked->size() == kMaxTracked) {
      context.log->Add(Kind::kStructure, row.at, absl::StrCat("only ", kMaxTracked, " entries are read here"));
      return;
    }
    if (IsTracked(*tracked, row.keyword())) {
      context.log->Add(Kind::kConflict, row.at,
                       absl::StrCat("'", row.keyword(), "' is tracked twice: the daemon ignores this line"));
      continue;
    }
    Tracked one = ReadRow(row, context);
    one.defined = defined == nullptr || defined->contains(one.name);
    if (!one.defined) {
      context.log->Add(Kind::kConflict, row.at,
                       absl::StrCat("'", one.name, "' is not defined above this line: the daemon ignores it"));
    }
    tracked->push_back(std::move(one));
  }
}

void ReadPath(const Block& block, const ReadContext& context, TrackFile* file) {
  if (file->path.stated) {
    context.log->Add(Kind::kConflict, block.at, absl::StrCat("track_file ", file->name, " has a file already"));
    return;
  }
  if (std::optional<std::string> path = ReadWord(block, 1, context); path.has_value()) {
    file->path.State(*std::move(path), block.at);
  }
}

// The daemon takes the first weight that is not 1.
void ReadFileWeight(const Block& block, const ReadContext& context, TrackFile* file) {
  if (file->weight.value != 1) {
    context.log->Add(Kind::kConflict, block.at, absl::StrCat("track_file ", file->name, " has a weight already"));
    return;
  }
  if (const auto weight = ReadInteger(block, 1, {-254, 254}, context); weight.has_value()) {
    file->weight.State(static_cast<int>(*weight), block.at);
    file->reverse = ReadReverse(block, 2).value_or(false);
  }
}

void ReadInitFile(const Block& block, const ReadContext& context, TrackFile* file) {
  file->initial_value = 0;
  for (std::size_t i = 1; i < block.words.size(); ++i) {
    if (block.Word(i) == "overwrite") {
      file->overwrite = true;
    } else if (const auto value = ReadInteger(block, i, {-2147483648LL, 2147483647LL}, context); value.has_value()) {
      file->initial_value = *value;
    }
  }
}

constexpr Keyword<TrackFile> kTrackFileKeywords[] = {
    {"file", &ReadPath}, {"weight", &ReadFileWeight}, {"init_file", &ReadInitFile}};

// What a keyword that names a script names: the second word by the rules for scripts.
std::string ReadCommand(const Block& block, const ReadContext& context) {
  Words words = SplitEscaped(block.text);
  if (words.words.size() < 2) {
    context.log->Add(Kind::kBadValue, block.at, absl::StrCat("'", block.keyword(), "' names no script"));
    return {};
  }
  return std::move(words.words[1]);
}

void ReadScriptCommand(const Block& block, const ReadContext& context, Script* script) {
  std::string command = ReadCommand(block, context);
  script->arguments = SplitCommand(command);
  script->command.State(std::move(command), block.at);
}

constexpr std::int64_t kLongestScript = 1'000'000;

void ReadInterval(const Block& block, const ReadContext& context, Script* script) {
  script->interval = std::chrono::seconds(ReadInteger(block, 1, {1, kLongestScript}, context).value_or(1));
}

void ReadTimeout(const Block& block, const ReadContext& context, Script* script) {
  if (const auto seconds = ReadInteger(block, 1, {1, kLongestScript}, context); seconds.has_value()) {
    script->timeout = std::chrono::seconds(*seconds);
  }
}

void ReadScriptWeight(const Block& block, const ReadContext& context, Script* script) {
  if (const auto weight = ReadInteger(block, 1, {-253, 253}, context); weight.has_value()) {
    script->weight = static_cast<int>(*weight);
    script->reverse = ReadReverse(block, 2).value_or(false);
  }
}

void ReadRise(const Block& block, const ReadContext& context, Script* script) {
  script->rise = static_cast<int>(ReadInteger(block, 1, {1, 2147483647LL}, context).value_or(1));
}

void ReadFall(const Block& block, const ReadContext& context, Script* script) {
  script->fall = static_cast<int>(ReadInteger(block, 1, {1, 2147483647LL}, context).value_or(1));
}

void ReadUser(const Block& block, const ReadContext& context, Script* script) {
  script->user = ReadWord(block, 1, context).value_or("");
  script->group = std::string(block.Word(2));
}

void ReadInitFail(const Block& /*block*/, const ReadContext& /*context*/, Script* script) {
  script->starts_failed = true;
}

constexpr Keyword<Script> kScriptKeywords[] = {{"script", &ReadScriptCommand},
                                               {"interval", &ReadInterval},
                                               {"timeout", &ReadTimeout},
                                               {"weight", &ReadScriptWeight},
                                               {"rise", &ReadRise},
                                               {"fall", &ReadFall},
                                               {"user", &ReadUser},
                                               {"init_fail", &ReadInitFail}};

}  // namespace

void ReadTrackedInterfaces(const Block& block, const ReadContext& context, std::vector<Tracked>* tracked) {
  ReadNamed(block, context, nullptr, tracked);
}

void ReadTrackedScripts(const Block& block, const ReadContext& context, std::vector<Tracked>* tracked) {
  ReadNamed(block, context, &context.names->scripts, tracked);
}

void ReadTrackedFiles(const Block& block, const ReadContext& context, std::vector<Tracked>* tracked) {
  ReadNamed(block, context, &context.names->track_files, tracked);
}

void ReadTrackFile(const Block& block, const ReadContext& context, Config* config) {
  TrackFile file;
  file.at = block.at;
  file.weight.at = block.at;
  file.path.at = block.at;
  file.name = ReadWord(block, 1, context).value_or("");
  if (file.name.empty()) {
    return;
  }
  ReadStatements<TrackFile>(block, kTrackFileKeywords, {}, context, &file);
  if (!file.path.stated) {
    context.log->Add(Kind::kConflict, block.at, absl::StrCat("track_file ", file.name, " names no file: dropped"));
    return;
  }
  if (!context.names->track_files.insert(file.name).second) {
    context.log->Add(Kind::kConflict, block.at, absl::StrCat("track_file ", file.name, " is defined above: ignored"));
    return;
  }
  config->track_files.push_back(std::move(file));
}

void ReadScript(const Block& block, const ReadContext& context, Config* config) {
  Script script;
  script.at = block.at;
  script.command.at = block.at;
  script.name = ReadWord(block, 1, context).value_or("");
  if (script.name.empty()) {
    return;
  }
  ReadStatements<Script>(block, kScriptKeywords, {}, context, &script);
  if (script.arguments.empty()) {
    context.log->Add(Kind::kConflict, block.at, absl::StrCat("vrrp_script ", script.name, " has no script: dropped"));
    return;
  }
  if (!context.names->scripts.insert(script.name).second) {
    context.log->Add(Kind::kConflict, block.at,
                     absl::StrCat("vrrp_script ", script.name, " is defined above: ignored"));
    return;
  }
  config->scripts.push_back(std::move(script));
}

void ReadNotify(const Block& block, const ReadContext& context, std::vector<Notify>* notify) {
  if (block.keyword() == "notify_deleted" && block.words.size() == 1) {
    return;  // the one that may stand alone
  }
  std::string command = ReadCommand(block, context);
  if (command.empty()) {
    return;
  }
  const Words words = SplitEscaped(block.text);
  notify->push_back({std::string(block.keyword()), std::move(command),
                     words.words.size() > 2 ? words.words[2] : std::string(), block.at});
}

}  // namespace probe::keepalived
