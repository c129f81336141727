#include "probe/keepalived/block_tree.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/block_grammar.h"
#include "probe/keepalived/wipe.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

// A block that is not closed yet.
struct Level {
  Block* block;
  BlockRule rule;
  bool opened = false;     // its '{' has come, or its absence has been said
  std::size_t braces = 0;  // kSkipped: how many '{' are open; else: how many were ignored
};

std::string Named(const Block& block) {
  const bool has_name = block.keyword() == "vrrp_instance" || block.keyword() == "vrrp_sync_group";
  return absl::StrCat(block.keyword(), has_name ? " " : "", has_name ? block.Word(1) : "");
}

// Puts statements where they belong. `path_` holds the open blocks, outermost first: a block's children do not move
// while one of them is open, so the pointers stay good.
class Builder {
 public:
  explicit Builder(DiagnosticLog* log) : log_(log) {}

  void Add(Statement statement) {
    switch (statement.kind) {
      case Statement::Kind::kWords:
        AddWords({std::move(statement.words), std::move(statement.text), std::move(statement.at), {}});
        return;
      case Statement::Kind::kOpen:
        Open(statement.at);
        return;
      case Statement::Kind::kClose:
        Close(statement.at);
        return;
    }
  }

  std::vector<Block> Finish() {
    if (!path_.empty()) {
      log_->Add(Kind::kStructure, path_.back().block->at,
                absl::StrCat("the block '", path_.back().block->keyword(), "' is never closed"));
    }
    return std::move(roots_);
  }

 private:
  void AddWords(Block block) {
    MissesBrace();
    Block& placed = Children().emplace_back(std::move(block));
    if (!path_.empty() && path_.back().rule.kind != BlockKind::kKeywords) {
      return;
    }
    const Place place = path_.empty() ? Place::kTop : path_.back().rule.inside;
    BlockRule rule = RuleOf(place, placed.keyword());
    if (rule.kind == BlockKind::kNone) {
      ReportMissingEnd(placed, place);
      return;
    }
    if (IsDropped(placed, place)) {
      rule.kind = BlockKind::kSkipped;
    }
    path_.push_back({&placed, rule});
  }

  // The daemon counts the braces of a block that it drops by its name, and reads nothing in it.
  bool IsDropped(const Block& block, Place place) {
    if (place != Place::kTop || (block.keyword() != "vrrp_instance" && block.keyword() != "vrrp_sync_group")) {
      return false;
    }
    return block.words.size() != 2 || !names_.insert(absl::StrCat(block.keyword(), " ", block.Word(1))).second;
  }

  void ReportMissingEnd(const Block& block, Place place) {
    if (place != Place::kTop && RuleOf(Place::kTop, block.keyword()).kind != BlockKind::kNone) {
      log_->Add(Kind::kStructure, block.at,
                absl::StrCat("'", block.keyword(), "' inside of ", Named(*path_.back().block), " (",
                             path_.back().block->at.ToString(), "): a '}' is missing above, and the daemon reads the ",
                             "lines below as lines of ", Named(*path_.back().block)));
    }
  }

  // Something else than '{' comes where one should be.
  void MissesBrace() {
    if (path_.empty() || path_.back().opened) {
      return;
    }
    Level& level = path_.back();
    level.opened = true;
    log_->Add(Kind::kTolerated, level.block->at,
              absl::StrCat("'", level.block->keyword(), "' has no '{': the daemon takes it as if it were there"));
    if (level.rule.kind == BlockKind::kSkipped) {
      level.rule = {BlockKind::kKeywords, Place::kLeaf};
    }
  }

  void Open(const Origin& at) {
    if (path_.empty()) {
      ++ignored_at_top_;
      return;
    }
    Level& level = path_.back();
    const bool counted = level.rule.kind == BlockKind::kSkipped;
    const bool expected = !std::exchange(level.opened, true);
    level.braces += counted || !expected ? 1 : 0;
    if (counted || expected) {
      return;
    }
    const std::vector<Block>& inside = level.block->children;
    log_->Add(Kind::kStructure, at,
              absl::StrCat("'{'", inside.empty() ? "" : " after '", inside.empty() ? "" : inside.back().keyword(),
                           inside.empty() ? "" : "'", " opens no block: the daemon ignores it, and the next '}' ends ",
                           Named(*level.block)));
  }

  void Close(const Origin& at) {
    MissesBrace();
    if (path_.empty()) {
      if (ignored_at_top_ == 0) {
        log_->Add(Kind::kStructure, at, "one '}' too many");
      }
      ignored_at_top_ -= ignored_at_top_ == 0 ? 0 : 1;
      return;
    }
    if (path_.back().rule.kind == BlockKind::kSkipped && --path_.back().braces > 0) {
      return;
    }
    const Level ended = path_.back();
    path_.pop_back();
    if (ended.rule.kind == BlockKind::kSkipped || ended.braces == 0) {
      return;
    }
    if (ended.rule.inside == Place::kGlobals) {
      SkipRest(at, ended.braces);
    } else if (path_.empty()) {
      ignored_at_top_ += ended.braces;
    } else {
      path_.back().braces += ended.braces;
    }
  }

  // The daemon's main process has left global_defs for good; its VRRP process still counts the braces of it.
  void SkipRest(const Origin& at, std::size_t braces) {
    Block& rest = roots_.emplace_back();
    rest.at = at;
    path_.push_back({&rest, {BlockKind::kSkipped}, true, braces});
  }

  std::vector<Block>& Children() { return path_.empty() ? roots_ : path_.back().block->children; }

  DiagnosticLog* log_;
  std::vector<Block> roots_;
  std::vector<Level> path_;
  absl::flat_hash_set<std::string> names_;
  std::size_t ignored_at_top_ = 0;
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
