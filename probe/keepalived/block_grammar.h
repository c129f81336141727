// Which keywords open a block, and of what kind: a brace counts for keepalived only behind one of these.
#ifndef PROBE_KEEPALIVED_BLOCK_GRAMMAR_H_
#define PROBE_KEEPALIVED_BLOCK_GRAMMAR_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace probe::keepalived {

// Where a statement stands.
enum class Place : std::uint8_t {
  kTop,
  kGlobals,
  kInstance,
  kAuthentication,
  kGroup,
  kTrackGroup,
  kGarpGroup,
  kLeaf,  // a block of keywords none of which opens another
};

enum class BlockKind : std::uint8_t {
  kNone,      // a single line: a brace behind it is ignored
  kKeywords,  // keywords again, down to the first '}' that ends no block within
  kRows,      // lines that are values, down to the first '}'
  kSkipped,   // of another process of the daemon: braces are counted, nothing is read
};

struct BlockRule {
  BlockKind kind = BlockKind::kNone;
  Place inside = Place::kLeaf;
};

// What `keyword` opens where it stands. As keepalived 2.2.7's VRRP process has it (install_keyword in its sources); a
// keyword of no table opens nothing.
BlockRule RuleOf(Place place, absl::string_view keyword);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_BLOCK_GRAMMAR_H_
