#include "probe/keepalived/statement_reader.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/include_line.h"
#include "probe/keepalived/lexer.h"
#include "probe/keepalived/sequence.h"
#include "probe/keepalived/wipe.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

constexpr int kMaxReplacementsInALine = 1000;

// One definition over several lines, while it is being read.
struct OpenDefinition {
  std::string name;
  std::vector<std::string> lines;
};

// The line without its comment and without blanks at its ends.
void Uncomment(std::string* line) {
  BareLine bare = StripComment(*line);
  line->swap(bare.text);
  if (bare.continues) {
    line->push_back('\\');
  }
  WipeText(&bare.text);
}

void WipeAll(std::vector<std::string>* lines) {
  for (std::string& line : *lines) {
    WipeText(&line);
  }
}

}  // namespace

StatementReader::StatementReader(TextSource* source, std::string config_id, const ReadLimits& limits,
                                 DiagnosticLog* log)
    : source_(source), config_id_(std::move(config_id)), limits_(limits), log_(log) {
  definitions_.Define("_INSTANCE", {config_id_});
  definitions_.Define("_HASH", {"#"});
  definitions_.Define("_BANG", {"!"});
}

absl::Status StatementReader::Read(const std::string& path) { return ReadFile(path); }

absl::Status StatementReader::ReadFile(const std::string& path) {
  if (files_.size() == limits_.files) {
    return absl::ResourceExhaustedError(absl::StrCat("read ", path, ": more than ", limits_.files, " files"));
  }
  absl::StatusOr<std::string> text = source_->Read(path, limits_.file_bytes);
  if (!text.ok()) {
    return text.status();
  }
  const WipedAtEnd wiped(&*text);
  files_.push_back(path);
  open_files_.push_back(path);
  definitions_.Define("_PWD", {DirectoryOf(path)});
  const absl::Status status = ReadText(*text, Origin{std::make_shared<const std::string>(path), 0});
  open_files_.pop_back();
  if (!open_files_.empty()) {
    definitions_.Define("_PWD", {DirectoryOf(open_files_.back())});
  }
  return status;
}

absl::Status StatementReader::ReadText(absl::string_view text, const Origin& file) {
  std::optional<OpenDefinition> open;
  Origin at = file;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    absl::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('\0'));
    ++at.line;
    BareLine bare = StripComment(line);
    const WipedAtEnd wiped(&bare.text);
    if (bare.quote_open) {
      log_->Add(Kind::kStructure, at, "a double quote is not closed on this line");
    }
    if (open.has_value()) {
      if (!bare.text.empty()) {
        open->lines.push_back(bare.text);
      }
      if (!bare.continues) {
        definitions_.Define(open->name, std::move(open->lines));
        open.reset();
      }
      continue;
    }
    if (bare.continues && ConditionHolds(&bare.text)) {
      if (const std::optional<DefinitionLine> definition = ReadDefinition(bare.text); definition.has_value()) {
        open = OpenDefinition{definition->name, {}};
        if (!definition->value.empty()) {
          open->lines.emplace_back(definition->value);
        }
        continue;
      }
    }
    if (absl::Status status = Process(bare.continues ? bare.text + "\\" : bare.text, at, 0); !status.ok()) {
      return status;
    }
  }
  if (open.has_value()) {
    definitions_.Define(open->name, std::move(open->lines));
  }
  return absl::OkStatus();
}

// What follows a brace is a line of its own, with its own conditions, definitions and includes: the loop takes it off
// piece by piece. The further lines of a multi-line definition come behind all of them.
absl::Status StatementReader::Process(std::string line, const Origin& at, int depth) {
  const WipedAtEnd wiped(&line);
  if (depth > limits_.expansion_depth) {
    return absl::ResourceExhaustedError(
        absl::StrCat(at.ToString(), ": definitions within each other more than ", limits_.expansion_depth, " deep"));
  }
  std::vector<std::string> pending;
  absl::Status status;
  while (status.ok() && !line.empty()) {
    std::vector<std::string> more;
    status = Spend(line.size() + 1, at);
    if (status.ok()) {
      status = Expand(&line, &more, at, depth);
    }
    pending.insert(pending.begin(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    if (status.ok() && !line.empty()) {
      status = Emit(&line, at);
    }
  }
  for (const std::string& next : pending) {
    if (status.ok()) {
      status = Process(next, at, depth + 1);
    }
  }
  WipeAll(&pending);
  return status;
}

// Resolves conditions, definitions and sequences at the front of the line until nothing is left to resolve. An empty
// line afterwards has been dealt with.
absl::Status StatementReader::Expand(std::string* line, std::vector<std::string>* pending, const Origin& at,
                                     int depth) {
  for (;;) {
    if (!ConditionHolds(line)) {
      line->clear();
      return absl::OkStatus();
    }
    if (const std::optional<DefinitionLine> definition = ReadDefinition(*line); definition.has_value()) {
      definitions_.Define(definition->name, {std::string(definition->value)});
      WipeText(line);
      return absl::OkStatus();
    }
    if (IsRepetition(*line)) {
      const std::string repetition = std::exchange(*line, {});
      return Repeat(repetition, at, depth);
    }
    if (absl::StrContains(*line, "$_RANDOM") || absl::StrContains(*line, "${_RANDOM")) {
      log_->Add(Kind::kStructure, at, "a random value cannot be known: the line is skipped");
      log_->CountSkipped(1);
      line->clear();
      return absl::OkStatus();
    }
    std::string before = *line;
    const WipedAtEnd wiped(&before);
    if (absl::Status status = ReplaceAll(line, pending, at); !status.ok() || *line == before) {
      return status;
    }
    Uncomment(line);  // a value may have brought a comment, or blanks in front of a condition
  }
}

// Substitutes until nothing more can be, or until a sequence has come to the front, which must be counted out first.
absl::Status StatementReader::ReplaceAll(std::string* line, std::vector<std::string>* pending, const Origin& at) {
  std::size_t from = 0;
  for (int count = 0; count < kMaxReplacementsInALine; ++count) {
    Definitions::Replacement replacement = definitions_.ReplaceOne(line, from);
    if (!replacement.replaced) {
      return absl::OkStatus();
    }
    if (absl::Status status = Spend(line->size() + 1, at); !status.ok()) {
      return status;
    }
    if (line->size() > limits_.line_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(at.ToString(), ": a line longer than ", limits_.line_bytes, " bytes after substitution"));
    }
    from = replacement.at;
    pending->insert(pending->begin(), replacement.pending.begin(), replacement.pending.end());
    WipeAll(&replacement.pending);
    if (IsRepetition(*line)) {
      return absl::OkStatus();
    }
  }
  log_->Add(Kind::kStructure, at, "a definition that contains itself: the line is skipped");
  log_->CountSkipped(1);
  line->clear();
  pending->clear();
  return absl::OkStatus();
}

// Definitions may stand for the numbers of a sequence; a list's values are taken as they are written.
absl::Status StatementReader::ReplaceNumbers(std::string* head, const Origin& at) {
  const std::size_t comma = head->find(',');
  if (!absl::StartsWith(*head, "~SEQ") || comma == std::string::npos) {
    return absl::OkStatus();
  }
  std::string numbers = head->substr(comma);
  std::vector<std::string> pending;
  if (absl::Status status = ReplaceAll(&numbers, &pending, at); !status.ok()) {
    return status;
  }
  head->replace(comma, std::string::npos, numbers);
  return absl::OkStatus();
}

absl::Status StatementReader::Repeat(const std::string& line, const Origin& at, int depth) {
  const std::size_t close = line.find(')');
  std::string head = line.substr(0, close);
  if (absl::Status status = ReplaceNumbers(&head, at); !status.ok()) {
    return status;
  }
  const std::string whole = close == std::string::npos ? head : absl::StrCat(head, line.substr(close));
  const absl::StatusOr<Repetition> repetition = ReadRepetition(whole, limits_.statements);
  if (!repetition.ok()) {
    if (repetition.status().code() == absl::StatusCode::kResourceExhausted) {
      return absl::ResourceExhaustedError(absl::StrCat(at.ToString(), ": ", repetition.status().message()));
    }
    log_->Add(Kind::kStructure, at, std::string(repetition.status().message()));
    log_->CountSkipped(1);
    return absl::OkStatus();
  }
  for (const std::vector<std::string>& row : repetition->rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      definitions_.Define(repetition->names[i], {row[i]});
    }
    if (absl::Status status = Process(repetition->line, at, depth + 1); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

// Makes statements of the line up to its first brace, or of a brace at its front, and takes that off the line.
absl::Status StatementReader::Emit(std::string* line, const Origin& at) {
  if (const std::optional<std::string> pattern = IncludePattern(*line); pattern.has_value()) {
    WipeText(line);
    return Include(*pattern, at);
  }
  const std::size_t brace = FindBrace(*line);
  const std::size_t length = brace == 0 ? 1 : std::min(brace, line->size());
  const absl::string_view part = TrimBlanks(absl::string_view(*line).substr(0, length));
  if (absl::EndsWith(part, "$") && absl::string_view(*line).substr(length, 1) == "{") {
    log_->Add(
        Kind::kStructure, at,
        "a name in '${' and '}' is not defined above this line: the daemon takes its braces for those of a block");
  }
  const absl::Status status = EmitPart(part, at);
  std::string rest(TrimBlanks(absl::string_view(*line).substr(length)));
  line->swap(rest);
  WipeText(&rest);
  return status;
}

absl::Status StatementReader::EmitPart(absl::string_view part, const Origin& at) {
  if (statements_.size() == limits_.statements) {
    return absl::ResourceExhaustedError(absl::StrCat(at.ToString(), ": more than ", limits_.statements, " statements"));
  }
  if (part == "{" || part == "}") {
    statements_.push_back({part == "{" ? Statement::Kind::kOpen : Statement::Kind::kClose, {}, {}, at});
    return absl::OkStatus();
  }
  Words words = SplitWords(part);
  if (!words.words.empty()) {
    statements_.push_back({Statement::Kind::kWords, std::move(words.words), std::string(part), at});
  }
  return absl::OkStatus();
}

absl::Status StatementReader::Include(const std::string& pattern, const Origin& at) {
  if (open_files_.size() > static_cast<std::size_t>(limits_.include_depth)) {
    return absl::ResourceExhaustedError(
        absl::StrCat(at.ToString(), ": includes more than ", limits_.include_depth, " deep"));
  }
  const std::string directory = DirectoryOf(open_files_.back());
  Remember(FixedDirectoryOf(directory, pattern));
  const absl::StatusOr<std::vector<std::string>> paths = source_->Match(directory, pattern);
  if (!paths.ok()) {
    log_->Add(Kind::kFile, at, std::string(paths.status().message()));
    return absl::OkStatus();
  }
  for (const std::string& path : *paths) {
    if (std::find(open_files_.begin(), open_files_.end(), path) != open_files_.end()) {
      log_->Add(Kind::kFile, at, absl::StrCat(path, " includes itself: not read again"));
      continue;
    }
    const absl::Status status = ReadFile(path);
    if (status.code() == absl::StatusCode::kResourceExhausted) {
      return status;
    }
    if (!status.ok()) {
      log_->Add(Kind::kFile, at, absl::StrCat("not included: ", status.message()));
    }
  }
  return absl::OkStatus();
}

// Takes a condition off the front of the line. False when the line is not for this node.
bool StatementReader::ConditionHolds(std::string* line) const {
  if (!absl::StartsWith(*line, "@")) {
    return true;
  }
  const bool inverted = absl::StartsWith(*line, "@^");
  const std::size_t start = inverted ? 2 : 1;
  const std::size_t end = line->find_first_of(" \t");
  if (end == std::string::npos) {
    return false;
  }
  if ((line->compare(start, end - start, config_id_) == 0) == inverted) {
    return false;
  }
  line->erase(0, line->find_first_not_of(" \t", end));
  return true;
}

absl::Status StatementReader::Spend(std::size_t bytes, const Origin& at) {
  work_ += bytes;
  if (work_ > limits_.work_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(at.ToString(), ": the definitions expand without end"));
  }
  return absl::OkStatus();
}

void StatementReader::Remember(const std::string& directory) {
  if (std::find(directories_.begin(), directories_.end(), directory) == directories_.end()) {
    directories_.push_back(directory);
  }
}

}  // namespace probe::keepalived
