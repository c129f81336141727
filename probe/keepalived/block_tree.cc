#include "probe/keepalived/block_tree.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/wipe.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

// Puts statements where they belong. `path_` holds the open blocks, outermost first: a block's children do not move
// while one of them is open, so the pointers stay good.
class Builder {
 public:
  explicit Builder(DiagnosticLog* log) : log_(log) {}

  void Add(Statement statement) {
    switch (statement.kind) {
      case Statement::Kind::kWords:
        Level().push_back({std::move(statement.words), std::move(statement.text), std::move(statement.at), {}, false});
        after_words_ = true;
        break;
      case Statement::Kind::kOpen:
        Open(std::move(statement.at));
        after_words_ = false;
        break;
      case Statement::Kind::kClose:
        Close(statement.at);
        after_words_ = false;
        break;
    }
  }

  std::vector<Block> Finish() {
    if (!path_.empty()) {
      log_->Add(Kind::kStructure, path_.back()->at,
                absl::StrCat("the block '", path_.back()->keyword(), "' is never closed"));
    }
    return std::move(roots_);
  }

 private:
  std::vector<Block>& Level() { return path_.empty() ? roots_ : path_.back()->children; }

  void Open(Origin at) {
    if (path_.size() == kMaxBlockDepth) {
      ++too_deep_;
      return;
    }
    if (!after_words_) {
      log_->Add(Kind::kStructure, at, "'{' follows no keyword: the block is skipped");
      Level().push_back({{}, {}, std::move(at), {}, false});
    }
    Level().back().has_braces = true;
    path_.push_back(&Level().back());
  }

  void Close(const Origin& at) {
    if (too_deep_ > 0) {
      --too_deep_;
    } else if (path_.empty()) {
      log_->Add(Kind::kStructure, at, "one '}' too many");
    } else {
      path_.pop_back();
    }
  }

  DiagnosticLog* log_;
  std::vector<Block> roots_;
  std::vector<Block*> path_;
  std::size_t too_deep_ = 0;
  bool after_words_ = false;
};

}  // namespace

std::size_t Block::CountStatements() const {
  std::size_t count = words.empty() ? 0 : 1;
  for (const Block& child : children) {
    count += child.CountStatements();
  }
  return count;
}

std::vector<Block> BuildBlocks(std::vector<Statement> statements, DiagnosticLog* log) {
  Builder builder(log);
  for (Statement& statement : statements) {
    builder.Add(std::move(statement));
  }
  return builder.Finish();
}

void WipeBlocks(std::vector<Block>* blocks) {
  for (Block& block : *blocks) {
    for (std::string& word : block.words) {
      WipeText(&word);
    }
    WipeText(&block.text);
    WipeBlocks(&block.children);
  }
}

}  // namespace probe::keepalived
