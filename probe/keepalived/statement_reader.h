// Turns configuration text into statements: includes, conditions, definitions and sequences are resolved here, so that
// what comes out is words and braces with the place they were written at.
#ifndef PROBE_KEEPALIVED_STATEMENT_READER_H_
#define PROBE_KEEPALIVED_STATEMENT_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "probe/keepalived/definitions.h"
#include "probe/keepalived/diagnostic_log.h"
#include "probe/keepalived/origin.h"
#include "probe/keepalived/text_source.h"

namespace probe::keepalived {

// How much configuration is read at most. What is beyond ends the reading with ResourceExhausted: half a configuration
// would mislead.
struct ReadLimits {
  std::size_t file_bytes = std::size_t{8} << 20;
  std::size_t files = 4096;
  int include_depth = 16;
  int expansion_depth = 32;  // definitions and sequences within each other
  std::size_t statements = 400'000;
  std::size_t line_bytes = std::size_t{64} << 10;   // after substitution
  std::size_t work_bytes = std::size_t{256} << 20;  // characters handled, all lines and substitutions together
};

// One line between braces, or one brace.
struct Statement {
  enum class Kind : std::uint8_t { kWords, kOpen, kClose };
  Kind kind = Kind::kWords;
  std::vector<std::string> words;  // never empty for kWords
  std::string text;                // the line itself, for keywords that split it by other rules
  Origin at;
};

// Reads one configuration. Use once. Not thread-safe; `source` and `log` must outlive it. Strings that may hold a
// password are wiped when it dies, except for those in the statements, which are their owner's to wipe.
class StatementReader {
 public:
  // `config_id` is what @ lines are compared with (keepalived's -i, else the host name up to its first dot).
  StatementReader(TextSource* source, std::string config_id, const ReadLimits& limits, DiagnosticLog* log);

  // Reads the file at `path` and all that it includes. Fails when that first file cannot be read, or a limit is passed;
  // an include that cannot be read is a diagnostic.
  absl::Status Read(const std::string& path);

  [[nodiscard]] std::vector<Statement>& statements() { return statements_; }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  [[nodiscard]] const std::vector<std::string>& directories() const { return directories_; }

 private:
  absl::Status ReadFile(const std::string& path);
  absl::Status ReadText(absl::string_view text, const Origin& file);
  absl::Status Process(std::string line, const Origin& at, int depth);
  absl::Status Expand(std::string* line, std::vector<std::string>* pending, const Origin& at, int depth);
  absl::Status ReplaceAll(std::string* line, std::vector<std::string>* pending, const Origin& at);
  absl::Status ReplaceNumbers(std::string* head, const Origin& at);
  absl::Status Repeat(const std::string& line, const Origin& at, int depth);
  absl::Status Emit(std::string* line, const Origin& at);
  absl::Status EmitPart(absl::string_view part, const Origin& at);
  absl::Status Include(const std::string& pattern, const Origin& at);
  bool ConditionHolds(std::string* line) const;
  absl::Status Spend(std::size_t bytes, const Origin& at);
  void Remember(const std::string& directory);

  TextSource* source_;
  std::string config_id_;
  ReadLimits limits_;
  DiagnosticLog* log_;
  Definitions definitions_;
  std::vector<Statement> statements_;
  std::vector<std::string> files_;
  std::vector<std::string> directories_;
  std::vector<std::string> open_files_;  // the include chain that leads to the present line
  std::size_t work_ = 0;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_STATEMENT_READER_H_
