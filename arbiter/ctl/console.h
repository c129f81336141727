// Where arbctl meets people: its streams, what the terminal can do, and the wait between two looks.
#ifndef ARBITER_CTL_CONSOLE_H_
#define ARBITER_CTL_CONSOLE_H_

#include <chrono>
#include <functional>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace arbiter::ctl {

// 0: unknown.
struct ScreenSize {
  int rows = 0;
  int columns = 0;
};

// Results go to `out`, all else to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool colour = false;   // `out` takes colours
  bool redraws = false;  // `out` takes cursor movements
  absl::TimeZone zone;   // in which calendar times are shown
  // What `out` shows now.
  std::function<ScreenSize()> size;
  // Before a signal ends the process, `undo` is written to the terminal; before one stops it for a while, too, and
  // `redo` when it goes on. Both are literals, or "" again: nothing.
  std::function<void(const char* undo, const char* redo)> on_signal;
  // Waits; false: nobody wants to go on.
  std::function<bool(std::chrono::nanoseconds)> wait;
};

// The process's own: colours and redrawing only on a terminal that is not "dumb", no colour with $NO_COLOR.
Console ProcessConsole();

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_CONSOLE_H_
