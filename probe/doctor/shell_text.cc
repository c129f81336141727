#include "probe/doctor/shell_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "probe/doctor/word_list.h"

namespace probe::doctor {
namespace {

bool IsNamePart(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// How many characters of `text` are a variable's name.
std::size_t NameLength(absl::string_view text) {
  if (text.empty() || absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) return 0;
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsNamePart) - text.begin());
}

bool IsKeyword(const std::string& word) {
  static constexpr absl::string_view kKeywords[] = {"if",    "then", "else", "elif", "fi", "do",   "done", "while",
                                                    "until", "esac", "{",    "}",    "!",  "time", "in"};
  return IsOneOf(kKeywords, word);
}

// After these the words are no command.
bool NamesNoCommand(const std::string& word) { return word == "for" || word == "case" || word == "select"; }

class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  ShellText Read() {
    while (at_ < text_.size()) Next();
    EndPipeline();
    while (!outer_.empty()) Leave();
    return std::move(shell_);
  }

 private:
  // What a command substitution or a subshell interrupts.
  struct Outer {
    Pipeline pipeline;
    Words words;
    std::string word;
    bool in_word = false;
    bool double_quoted = false;
    char closes = ')';
    bool substitution = false;  // its output becomes part of a word
  };

  [[nodiscard]] char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void Next() {
    const char c = Peek();
    if (c == '\\') return Escape();
    if (c == '$' && Peek(1) == '(') return EnterSubstitution();
    if (c == '$' && Peek(1) == '{') return TakeBraces();
    if (c == '`') return Backtick();
    if (c == '"') {
      quoted_ = !quoted_;
      in_word_ = true;
      ++at_;
      return;
    }
    if (quoted_) return Take();
    if (c == '\'') return TakeSingleQuoted();
    if (c == '#' && !in_word_) return SkipLine();
    if (absl::StrContains(" \t\r\n|&;()<>", absl::string_view(&c, 1))) return Operator(c);
    Take();
  }

  void Take() {
    if (Peek() == '\n') ++line_;
    in_word_ = true;
    word_ += text_[at_++];
  }

  void Escape() {
    if (Peek(1) == '\n') {
      ++line_;
    } else if (at_ + 1 < text_.size()) {
      in_word_ = true;
      word_ += Peek(1);
    }
    at_ += 2;
  }

  void TakeSingleQuoted() {
    const std::size_t end = std::min(text_.find('\'', at_ + 1), text_.size());
    const absl::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    line_ += static_cast<int>(std::count(inside.begin(), inside.end(), '\n'));
    word_.append(inside.data(), inside.size());
    in_word_ = true;
    at_ = end + 1;
  }

  void TakeBraces() {
    const std::size_t end = std::min(text_.find('}', at_), text_.size() - 1);
    const absl::string_view inside = text_.substr(at_, end + 1 - at_);
    word_.append(inside.data(), inside.size());
    in_word_ = true;
    at_ = end + 1;
  }

  void SkipLine() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  void EnterSubstitution() {
    if (Peek(2) == '(') {  // arithmetic
      const std::size_t end = text_.find("))", at_);
      word_ += "$((";
      in_word_ = true;
      at_ = end == absl::string_view::npos ? text_.size() : end + 2;
      return;
    }
    at_ += 2;
    Enter(')', true);
  }

  void Backtick() {
    ++at_;
    if (!outer_.empty() && outer_.back().closes == '`') return Leave();
    Enter('`', true);
  }

  void Enter(char closes, bool substitution) {
    outer_.push_back(
        {std::move(pipeline_), std::move(words_), std::move(word_), in_word_, quoted_, closes, substitution});
    pipeline_ = {};
    words_ = {};
    word_ = {};
    in_word_ = false;
    quoted_ = false;
  }

  void Leave() {
    EndPipeline();
    Outer outer = std::move(outer_.back());
    outer_.pop_back();
    pipeline_ = std::move(outer.pipeline);
    words_ = std::move(outer.words);
    word_ = std::move(outer.word);
    quoted_ = outer.double_quoted;
    in_word_ = outer.in_word;
    if (outer.substitution) {
      word_ += "$()";  // what comes out of it is not known
      in_word_ = true;
    }
  }

  void Operator(char c) {
    ++at_;
    switch (c) {
      case '<':
      case '>':
        return Redirect(c);
      case '&':
        if (Peek() == '>') return EndWord();  // &> file
        break;
      case '(':
        return Parenthesis();
      case ')':
        return CloseParenthesis();
      case '|':
        if (Peek() == '|') break;
        EndCommand();
        piped_ = true;
        return;
      case '\n':
        if (in_word_ || !piped_) EndPipeline();  // after a | the pipeline goes on in the next line
        ++line_;
        return SkipHereDocument();
      case ';':
        break;
      default:
        return EndWord();
    }
    if (Peek() == '&' || Peek() == '|') ++at_;
    EndPipeline();
  }

  void Redirect(char c) {
    if (std::all_of(word_.begin(), word_.end(),
                    [](char d) { return absl::ascii_isdigit(static_cast<unsigned char>(d)); })) {
      word_.clear();
      in_word_ = false;
    }
    EndWord();
    const bool here = c == '<' && Peek() == '<' && Peek(1) != '<';
    while (absl::StrContains("<>&|-", absl::string_view(text_.data() + at_, at_ < text_.size() ? 1 : 0)) &&
           at_ < text_.size()) {
      ++at_;
    }
    drop_next_ = true;
    here_next_ = here;
  }

  void Parenthesis() {
    if (in_word_ && words_.empty() && Peek() == ')') {  // name() { ...
      ++at_;
      shell_.functions.insert(std::exchange(word_, {}));
      in_word_ = false;
      return EndPipeline();
    }
    EndWord();
    Enter(')', false);
  }

  void CloseParenthesis() {
    const bool opened =
        std::any_of(outer_.begin(), outer_.end(), [](const Outer& outer) { return outer.closes == ')'; });
    if (opened) return Leave();
    // The end of a pattern of `case`: what stands before it is no command.
    pipeline_ = {};
    words_ = {};
    word_.clear();
    in_word_ = false;
  }

  void EndWord() {
    if (!in_word_) return;
    in_word_ = false;
    std::string word = std::exchange(word_, {});
    if (std::exchange(drop_next_, false)) {
      if (std::exchange(here_next_, false)) here_ends_.push_back(word);
      return;
    }
    if (words_.empty() && (IsKeyword(word) || Assign(word))) return;
    if (words_.empty() && pipeline_.commands.empty()) pipeline_.line = line_;
    piped_ = false;
    words_.push_back(std::move(word));
  }

  bool Assign(const std::string& word) {
    const std::size_t name = NameLength(word);
    if (name == 0 || name == word.size() || word[name] != '=') return false;
    shell_.variables[word.substr(0, name)] = word.substr(name + 1);
    return true;
  }

  void EndCommand() {
    EndWord();
    drop_next_ = false;
    Words words = std::exchange(words_, {});
    if (!words.empty() && !NamesNoCommand(words[0])) pipeline_.commands.push_back(std::move(words));
  }

  void EndPipeline() {
    EndCommand();
    Pipeline pipeline = std::exchange(pipeline_, {});
    if (!pipeline.commands.empty()) shell_.pipelines.push_back(std::move(pipeline));
  }

  void SkipHereDocument() {
    for (const std::string& end : std::exchange(here_ends_, {})) {
      while (at_ < text_.size()) {
        const std::size_t stop = std::min(text_.find('\n', at_), text_.size());
        const absl::string_view row = absl::StripAsciiWhitespace(text_.substr(at_, stop - at_));
        at_ = std::min(stop + 1, text_.size());
        ++line_;
        if (row == end) break;
      }
    }
  }

  absl::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  ShellText shell_;
  Pipeline pipeline_;
  Words words_;
  std::string word_;
  bool in_word_ = false;
  bool quoted_ = false;
  bool piped_ = false;      // a | came last
  bool drop_next_ = false;  // the next word is where a redirection leads
  bool here_next_ = false;  // and it ends a here-document
  std::vector<std::string> here_ends_;
  std::vector<Outer> outer_;
};

}  // namespace

std::string ShellText::Expand(absl::string_view word) const {
  std::string expanded;
  while (!word.empty()) {
    const bool braces = absl::StartsWith(word, "${");
    const std::size_t start = braces ? 2 : 1;
    const std::size_t length = word[0] == '$' ? NameLength(word.substr(std::min(start, word.size()))) : 0;
    const auto found = variables.find(std::string(word.substr(std::min(start, word.size()), length)));
    if (length == 0 || found == variables.end()) {
      expanded += word[0];
      word.remove_prefix(1);
      continue;
    }
    expanded += found->second;
    word.remove_prefix(std::min(word.size(), start + length + (braces ? 1 : 0)));
  }
  return expanded;
}

ShellText ReadShellText(absl::string_view text) { return Reader(text).Read(); }

}  // namespace probe::doctor
