#include "arbiter/ctl/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
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

ScreenSize TerminalSize() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_row, size.ws_col};
}

constexpr int kEndingSignals[] = {SIGINT, SIGTERM, SIGHUP};

std::atomic<const char*> undo_at_signal = nullptr;
std::atomic<const char*> redo_after_stop = nullptr;

// Only what a signal handler may call, here and below.
void Say(const char* text) {
  const ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
  static_cast<void>(ignored);
}

void EndBySignal(int signal) {
  Say(undo_at_signal);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void StopForAWhile(int /*signal*/) {
  Say(undo_at_signal);
  raise(SIGSTOP);
  Say(redo_after_stop);
}

void Catch(int signal, void (*act)(int)) {
  struct sigaction action {};
  action.sa_handler = act;
  action.sa_flags = SA_RESTART | SA_NODEFER;  // so that raise() acts at once
  sigaction(signal, &action, nullptr);
}

void OnSignal(const char* undo, const char* redo) {
  const bool any = *undo != '\0';
  undo_at_signal = undo;
  redo_after_stop = redo;
  for (const int signal : kEndingSignals) Catch(signal, any ? EndBySignal : SIG_DFL);
  Catch(SIGTSTP, any ? StopForAWhile : SIG_DFL);
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
          .size = TerminalSize,
          .on_signal = OnSignal,
          .wait = Wait};
}

}  // namespace arbiter::ctl
