#include "arbiter/ctl/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "absl/strings/string_view.h"

namespace arbiter::ctl {
namespace {

// arbctl has one thread when it asks.
std::string Environment(const char* name) {
  const char* value = getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

int TerminalRows() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

bool Wait(std::chrono::nanoseconds time) {
  std::cout.flush();
  std::this_thread::sleep_for(time);
  return std::cout.good();
}

}  // namespace

Console ProcessConsole() {
  const std::string term = Environment("TERM");
  const bool able = isatty(STDOUT_FILENO) != 0 && !term.empty() && term != "dumb";
  return {.out = std::cout,
          .err = std::cerr,
          .colour = able && Environment("NO_COLOR").empty(),
          .redraws = able,
          .zone = absl::LocalTimeZone(),
          .rows = TerminalRows,
          .wait = Wait};
}

}  // namespace arbiter::ctl
