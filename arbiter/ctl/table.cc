#include "arbiter/ctl/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::ctl {
namespace {

constexpr std::size_t kGap = 2;
constexpr absl::string_view kNoteIndent = "    ";

// Characters, not bytes: continuation bytes of UTF-8 take no room.
std::size_t WidthOf(absl::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

void Table::AddRow(std::vector<Cell> cells) {
  for (Cell& cell : cells) {
    if (cell.text.empty()) cell.text = "-";
  }
  lines_.push_back({std::move(cells), false});
}

void Table::ContinueRow(std::vector<Cell> cells) { lines_.push_back({std::move(cells), false}); }

void Table::AddNote(Cell note) { lines_.push_back({{std::move(note)}, true}); }

std::vector<std::size_t> Table::Widths() const {
  std::vector<std::size_t> widths;
  for (const Line& line : lines_) {
    if (line.note) continue;
    widths.resize(std::max(widths.size(), line.cells.size()));
    for (std::size_t i = 0; i < line.cells.size(); ++i) widths[i] = std::max(widths[i], WidthOf(line.cells[i].text));
  }
  return widths;
}

std::string Table::Render(absl::string_view indent, bool colour) const {
  const std::vector<std::size_t> widths = Widths();
  std::string out;
  for (const Line& line : lines_) {
    absl::StrAppend(&out, indent, line.note ? kNoteIndent : "");
    std::size_t missing = 0;  // spaces that are only due when something follows
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const Cell& cell = line.cells[i];
      if (!cell.text.empty()) absl::StrAppend(&out, std::string(missing, ' '), Painted(cell.text, cell.paint, colour));
      if (cell.text.empty()) {
        missing += line.note ? 0 : widths[i] + kGap;
      } else {
        missing = line.note ? 0 : widths[i] + kGap - WidthOf(cell.text);
      }
    }
    out += '\n';
  }
  return out;
}

}  // namespace arbiter::ctl
