// Columns that stand under each other, with indented lines of text between the rows.
#ifndef ARBITER_CTL_TABLE_H_
#define ARBITER_CTL_TABLE_H_

#include <string>
#include <vector>

#include "arbiter/ctl/paint.h"

namespace arbiter::ctl {

struct Cell {
  Cell(std::string cell_text, Paint cell_paint = Paint::kPlain)  // NOLINT(google-explicit-constructor)
      : text(std::move(cell_text)), paint(cell_paint) {}
  Cell(const char* cell_text) : text(cell_text) {}  // NOLINT(google-explicit-constructor)

  std::string text;
  Paint paint = Paint::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<Cell> header) { AddRow(std::move(header)); }

  // An empty cell is shown as "-", except in `continued` rows, which go on with the row above.
  void AddRow(std::vector<Cell> cells);
  void ContinueRow(std::vector<Cell> cells);

  // A line of its own under the newest row; it does not widen the columns.
  void AddNote(Cell note);

  // Each line begins with `indent` and ends with a newline; no line ends in spaces.
  [[nodiscard]] std::string Render(absl::string_view indent, bool colour) const;

 private:
  struct Line {
    std::vector<Cell> cells;
    bool note = false;
  };
  [[nodiscard]] std::vector<std::size_t> Widths() const;

  std::vector<Line> lines_;
};

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_TABLE_H_
