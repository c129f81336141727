// The log of the probe: one line an event, on stderr.
#ifndef PROBE_DAEMON_LOG_H_
#define PROBE_DAEMON_LOG_H_

#include <spdlog/common.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace probe::daemon {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning" or "error"; InvalidArgument for anything else.
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view text);

// Never waits: lines go through a bounded queue to a thread that writes them, and when stderr does not take them the
// oldest ones are lost. What is queued is written when it is destroyed. Under systemd lines carry the priority prefixes
// of sd-daemon(3) and no time of their own. Control characters are written as \xNN.
class Log {
 public:
  Log(LogLevel level, std::shared_ptr<spdlog::sinks::sink> sink);
  // To stderr.
  explicit Log(LogLevel level);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Debug(absl::string_view line) const { Write(LogLevel::kDebug, line); }
  void Info(absl::string_view line) const { Write(LogLevel::kInfo, line); }
  void Warning(absl::string_view line) const { Write(LogLevel::kWarning, line); }
  void Error(absl::string_view line) const { Write(LogLevel::kError, line); }
  void Write(LogLevel level, absl::string_view line) const;

 private:
  std::shared_ptr<spdlog::details::thread_pool> writer_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_LOG_H_
