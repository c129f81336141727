#include "arbiter/ctl/screen.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace arbiter::ctl {
namespace {

// The other screen, no cursor, and no line that goes on in the next row by itself: a character may be wider than we
// think. Then back, in the opposite order.
constexpr char kEnter[] = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr char kLeave[] = "\x1b[?7h\x1b[?25h\x1b[?1049l";

// The bytes at the beginning of `text` that belong together: an escape sequence, or a character.
std::size_t UnitAt(absl::string_view text) {
  std::size_t end = 1;
  if (text.size() > 1 && text[0] == '\x1b' && text[1] == '[') {
    end = 2;
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
    return std::min(end + 1, text.size());
  }
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) ++end;
  return end;
}

// The bytes of `text` that take at most `columns`, escape sequences behind them included.
std::size_t BytesIn(absl::string_view text, std::size_t columns) {
  std::size_t end = 0;
  std::size_t taken = 0;
  while (end < text.size()) {
    const std::size_t unit = UnitAt(text.substr(end));
    if (text[end] != '\x1b' && ++taken > columns) break;
    end += unit;
  }
  return end;
}

std::string EscapesOf(absl::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t unit = UnitAt(text.substr(at));
    if (text[at] == '\x1b') absl::StrAppend(&out, text.substr(at, unit));
    at += unit;
  }
  return out;
}

std::string Cut(absl::string_view line, std::size_t columns) {
  if (ColumnsOf(line) <= columns) return std::string(line);
  const std::size_t end = BytesIn(line, columns - 1);
  return absl::StrCat(line.substr(0, end), ">", EscapesOf(line.substr(end)));
}

std::vector<std::string> Folded(const std::vector<std::string>& lines, std::size_t columns) {
  std::vector<std::string> out;
  for (const std::string& line : lines) {
    absl::string_view rest = line;
    do {
      const std::size_t end = BytesIn(rest, columns);
      out.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
    } while (!rest.empty());
  }
  return out;
}

}  // namespace

std::size_t ColumnsOf(absl::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size(); at += UnitAt(text.substr(at))) columns += text[at] == '\x1b' ? 0U : 1U;
  return columns;
}

std::vector<std::string> FitOn(const ScreenSize& size, absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  const bool limited = size.rows > 1;
  const std::size_t rows = limited ? static_cast<std::size_t>(size.rows) - 1 : 0;
  const auto columns = static_cast<std::size_t>(std::max(size.columns, 0));
  if (columns > 0) {
    std::vector<std::string> folded = Folded(lines, columns);
    if (!limited || folded.size() <= rows) return folded;
    for (std::string& line : lines) line = Cut(line, columns);
  }
  if (!limited || lines.size() <= rows) return lines;
  const std::string rest = absl::StrCat("... ", lines.size() - rows + 1, " more lines (a larger window, or --cluster)");
  lines.resize(rows - 1);
  lines.push_back(columns > 0 ? Cut(rest, columns) : rest);
  return lines;
}

FullScreen::FullScreen(const Console& console) : console_(console) {
  console_.on_signal(kLeave, kEnter);
  console_.out << kEnter;
}

FullScreen::~FullScreen() {
  console_.out << kLeave << std::flush;
  console_.on_signal("", "");
}

void FullScreen::Show(absl::string_view text) const {
  console_.out << "\x1b[H";
  // A row is cleared first: behind a character in the last column, clearing would take that character away.
  for (const std::string& line : FitOn(console_.size(), text)) console_.out << "\x1b[2K" << line << "\n";
  console_.out << "\x1b[J" << std::flush;
}

}  // namespace arbiter::ctl
