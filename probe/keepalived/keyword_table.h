// Reading a block by a table: which keyword goes to which function. What is in no table is counted, never guessed.
#ifndef PROBE_KEEPALIVED_KEYWORD_TABLE_H_
#define PROBE_KEEPALIVED_KEYWORD_TABLE_H_

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "probe/keepalived/block_tree.h"
#include "probe/keepalived/diagnostic_log.h"

namespace probe::keepalived {

// The names defined so far: the daemon resolves a name where it stands, not at the end.
struct DefinedNames {
  absl::flat_hash_set<std::string> scripts;
  absl::flat_hash_set<std::string> track_files;
  absl::flat_hash_set<std::string> instances;
  absl::flat_hash_set<std::string> groups;
};

// What a keyword's function may look at beside its own target.
struct ReadContext {
  DefinedNames* names;
  DiagnosticLog* log;
};

template <typename Target>
struct Keyword {
  absl::string_view name;
  void (*read)(const Block&, const ReadContext&, Target*);
};

// Gives each statement of the block to its function; `ignored` names keywords that exist and do not matter to us.
template <typename Target>
void ReadStatements(const Block& block, absl::Span<const Keyword<Target>> keywords,
                    absl::Span<const absl::string_view> ignored, const ReadContext& context, Target* target) {
  for (const Block& child : block.children) {
    const auto known = std::find_if(keywords.begin(), keywords.end(),
                                    [&](const Keyword<Target>& keyword) { return keyword.name == child.keyword(); });
    if (known != keywords.end()) {
      known->read(child, context, target);
    } else if (std::find(ignored.begin(), ignored.end(), child.keyword()) == ignored.end()) {
      context.log->CountSkipped(child.CountStatements());
      if (!child.words.empty()) {  // what is left of a block that ended early has been reported already
        context.log->Add(Diagnostic::Kind::kUnknown, child.at,
                         absl::StrCat("unknown keyword '", child.keyword(), "' in '", block.keyword(), "': skipped"));
      }
    }
  }
}

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_KEYWORD_TABLE_H_
