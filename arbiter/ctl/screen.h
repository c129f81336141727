// A terminal's whole screen: what of a text fits on it, and having it for a while.
#ifndef ARBITER_CTL_SCREEN_H_
#define ARBITER_CTL_SCREEN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/ctl/console.h"

namespace arbiter::ctl {

// How many columns `text` takes: escape sequences take none, and a character one, however many bytes of UTF-8 it has.
std::size_t ColumnsOf(absl::string_view text);

// Lines, top first, that fit on a screen of this size with its last row free. Long lines are folded where there is room
// for all of them; else each is cut at the right, where '>' says so, and the last line says how many are missing below.
// Of colours none is lost. A size of 0: no limit.
std::vector<std::string> FitOn(const ScreenSize& size, absl::string_view text);

// The terminal's other screen, without a cursor, for as long as this lives: what stood there before comes back then,
// and when a signal ends the process. Nothing goes into the terminal's history.
class FullScreen {
 public:
  explicit FullScreen(const Console& console);
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  // `text` in place of what is there, as far as it fits.
  void Show(absl::string_view text) const;

 private:
  const Console& console_;
};

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_SCREEN_H_
