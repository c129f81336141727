#include "probe/keepalived/lexer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

bool IsBlank(char c) { return kBlanks.find(c) != absl::string_view::npos; }

bool StartsComment(char c) { return c == '#' || c == '!'; }

int DigitValue(char c) { return absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10; }

char NamedEscape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'E':
      return '\x1b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return c;
  }
}

// Reads digits of `base` from `*at` on, at most `most`; the value wraps as a char does.
char ReadCode(absl::string_view text, std::size_t* at, int base, std::size_t most) {
  unsigned value = 0;
  for (std::size_t n = 0; n < most && *at < text.size(); ++n, ++*at) {
    const char c = text[*at];
    const bool digit = base == 16 ? absl::ascii_isxdigit(c) : (c >= '0' && c <= '7');
    if (!digit) {
      break;
    }
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(DigitValue(c));
  }
  return static_cast<char>(value & 0xffU);
}

// The character that the escape after a backslash stands for; `*at` is the character after the backslash.
char ReadEscape(absl::string_view text, std::size_t* at) {
  const char c = text[*at];
  const bool more = *at + 1 < text.size();
  if (c == 'x' && more && absl::ascii_isxdigit(text[*at + 1])) {
    ++*at;
    return ReadCode(text, at, 16, text.size());
  }
  if (c == 'c' && more) {
    const char control = static_cast<char>(text[*at + 1] & 0x1f);
    *at += 2;
    return control;
  }
  if (c >= '0' && c <= '7') {
    return ReadCode(text, at, 8, 3);
  }
  ++*at;
  return NamedEscape(c);
}

// One word that starts at `*at`, quotes and escapes resolved. False when a quote is not closed.
bool ReadEscapedWord(absl::string_view text, std::size_t* at, std::string* word) {
  char quote = 0;
  while (*at < text.size()) {
    const char c = text[*at];
    if (quote == 0 && IsBlank(c)) {
      return true;
    }
    ++*at;
    if (c == '\\' && *at < text.size()) {
      word->push_back(ReadEscape(text, at));
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      word->push_back(c);
    }
  }
  return quote == 0;
}

std::size_t SkipBlanks(absl::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(kBlanks, at);
  return next == absl::string_view::npos ? text.size() : next;
}

}  // namespace

absl::string_view TrimBlanks(absl::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == absl::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

BareLine StripComment(absl::string_view line) {
  line = TrimBlanks(line);
  BareLine bare;
  bool quoted = false;
  bool comment = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && i + 1 == line.size()) {
      bare.continues = true;
      break;
    }
    if (c == '\\') {
      ++i;  // what follows neither quotes nor comments
      if (!comment) {
        absl::StrAppend(&bare.text, !quoted && StartsComment(line[i]) ? line.substr(i, 1) : line.substr(i - 1, 2));
      }
      continue;
    }
    comment = comment || (!quoted && StartsComment(c));
    if (comment) {
      continue;
    }
    quoted = (c == '"') != quoted;
    bare.text.push_back(c);
  }
  bare.quote_open = quoted;
  bare.text.resize(TrimBlanks(bare.text).size());  // blanks can only be left at the end
  return bare;
}

Words SplitWords(absl::string_view text) {
  Words result;
  std::size_t at = SkipBlanks(text, 0);
  while (at < text.size()) {
    std::size_t end = 0;
    if (text[at] == '"') {
      end = text.find('"', ++at);
      if (end == absl::string_view::npos) {
        result.quote_open = true;
        return result;
      }
      result.words.emplace_back(text.substr(at, end - at));
      ++end;
    } else {
      end = std::min(text.find_first_of(" \t\f\n\r\v\"", at), text.size());
      result.words.emplace_back(text.substr(at, end - at));
    }
    at = SkipBlanks(text, end);
  }
  return result;
}

Words SplitEscaped(absl::string_view text) {
  Words result;
  std::size_t at = SkipBlanks(text, 0);
  while (at < text.size()) {
    std::string word;
    if (!ReadEscapedWord(text, &at, &word)) {
      result.quote_open = true;
      return result;
    }
    result.words.push_back(std::move(word));
    at = SkipBlanks(text, at);
  }
  return result;
}

std::vector<std::string> SplitCommand(absl::string_view command) {
  std::vector<std::string> arguments;
  std::size_t at = SkipBlanks(command, 0);
  while (at < command.size()) {
    const bool quoted = command[at] == '\'';
    at += quoted ? 1 : 0;
    const std::size_t end =
        std::min(quoted ? command.find('\'', at) : command.find_first_of(kBlanks, at), command.size());
    arguments.emplace_back(command.substr(at, end - at));
    at = SkipBlanks(command, std::min(end + (quoted ? 1 : 0), command.size()));
  }
  return arguments;
}

std::size_t FindBrace(absl::string_view text) {
  std::size_t at = text.find_first_of("{}\"");
  while (at != absl::string_view::npos && text[at] == '"') {
    at = text.find('"', at + 1);
    at = at == absl::string_view::npos ? at : text.find_first_of("{}\"", at + 1);
  }
  return at;
}

}  // namespace probe::keepalived
