// The lexical rules of keepalived's configuration, line by line: comments, quotes, escapes, braces. Pure functions; man
// keepalived.conf(5), "DESCRIPTION" and "Quoted strings".
#ifndef PROBE_KEEPALIVED_LEXER_H_
#define PROBE_KEEPALIVED_LEXER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace probe::keepalived {

inline constexpr absl::string_view kBlanks = " \t\f\n\r\v";

// Without the blanks at both ends.
absl::string_view TrimBlanks(absl::string_view text);

struct BareLine {
  std::string text;         // without its comment and without blanks at either end
  bool continues = false;   // a backslash ended the line (even one inside a comment); it is not in `text`
  bool quote_open = false;  // a double quote is not closed
};

// Takes the comment off a line. A comment starts with # or ! outside double quotes; single quotes protect nothing.
BareLine StripComment(absl::string_view line);

struct Words {
  std::vector<std::string> words;
  bool quote_open = false;  // the last word has no closing quote and is left out
};

// Words as keepalived splits most statements: at blanks, and double quotes hold a word together. `a"b c"d` is three
// words.
Words SplitWords(absl::string_view text);

// Words with shell-like quotes and escapes, as keepalived splits statements that name a script: `a"b c"d` is one word.
Words SplitEscaped(absl::string_view text);

// A script's program and arguments. Only single quotes hold an argument together here, and nothing is escaped.
std::vector<std::string> SplitCommand(absl::string_view command);

// Where the first brace outside double quotes is; npos when there is none, or when a quote before it is not closed.
std::size_t FindBrace(absl::string_view text);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_LEXER_H_
