// Statements as a tree of blocks.
#ifndef PROBE_KEEPALIVED_BLOCK_TREE_H_
#define PROBE_KEEPALIVED_BLOCK_TREE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/keepalived/diagnostic_log.h"
#include "probe/keepalived/origin.h"
#include "probe/keepalived/statement_reader.h"

namespace probe::keepalived {

// A statement and, when braces followed it, the statements between them.
struct Block {
  std::vector<std::string> words;  // empty only for braces that follow no statement
  std::string text;                // the line, for keywords that split it by other rules
  Origin at;
  std::vector<Block> children;
  bool has_braces = false;

  // The word at `index`, empty when the statement is shorter.
  [[nodiscard]] absl::string_view Word(std::size_t index) const {
    return index < words.size() ? absl::string_view(words[index]) : absl::string_view();
  }
  [[nodiscard]] absl::string_view keyword() const { return Word(0); }

  // This statement and all in its braces.
  [[nodiscard]] std::size_t CountStatements() const;
};

// Takes the statements. Braces that do not match are diagnostics: one too many is ignored, one too few ends with the
// file. Blocks deeper than kMaxBlockDepth lose their nesting: what is in them belongs to the deepest one.
std::vector<Block> BuildBlocks(std::vector<Statement> statements, DiagnosticLog* log);

inline constexpr std::size_t kMaxBlockDepth = 32;

// Overwrites every text in the tree.
void WipeBlocks(std::vector<Block>* blocks);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_BLOCK_TREE_H_
