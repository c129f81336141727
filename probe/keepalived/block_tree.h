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

// A statement and, when its keyword opens a block, the statements in it.
struct Block {
  std::vector<std::string> words;
  std::string text;  // the line, for keywords that split it by other rules
  Origin at;
  std::vector<Block> children;

  // The word at `index`, empty when the statement is shorter.
  [[nodiscard]] absl::string_view Word(std::size_t index) const {
    return index < words.size() ? absl::string_view(words[index]) : absl::string_view();
  }
  [[nodiscard]] absl::string_view keyword() const { return Word(0); }

  // This statement and all in its block.
  [[nodiscard]] std::size_t CountStatements() const;
};

// Takes the statements, and nests them as keepalived does, which need not be as the braces are meant: a '{' behind a
// keyword that opens no block is ignored, so the '}' that belongs to it ends the block around; a missing '{' is taken
// as if it were there; a missing '}' ends with the file. Each is a diagnostic.
std::vector<Block> BuildBlocks(std::vector<Statement> statements, DiagnosticLog* log);

// Overwrites every text in the tree.
void WipeBlocks(std::vector<Block>* blocks);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_BLOCK_TREE_H_
