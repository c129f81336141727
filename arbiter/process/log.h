// The log of a daemon: one line an event, "kind key=value ...", on stderr.
#ifndef ARBITER_PROCESS_LOG_H_
#define ARBITER_PROCESS_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace arbiter::process {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning" or "error"; InvalidArgument for anything else.
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view text);

// One key=value of a line. Lives as long as the call that takes it.
struct LogField {
  absl::string_view key;
  std::string value;
};

// "kind key=value ...": empty values are left out; what has spaces, quotes or control characters stands in quotes.
std::string LogLine(absl::string_view kind, std::initializer_list<LogField> fields);

// Thread-safe. Never waits: lines go through a bounded queue to a thread that writes them, and when stderr does not
// take them the oldest ones are lost (counted by Lost). What is queued is written when it is destroyed. Under systemd
// lines carry the priority prefixes of sd-daemon(3) and no time of their own.
class Log {
 public:
  // To a sink of the caller's, for tests.
  Log(LogLevel level, std::shared_ptr<spdlog::sinks::sink> sink);
  // To stderr.
  explicit Log(LogLevel level);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Debug(absl::string_view kind, std::initializer_list<LogField> fields) const;
  void Info(absl::string_view kind, std::initializer_list<LogField> fields) const;
  void Warning(absl::string_view kind, std::initializer_list<LogField> fields) const;
  void Error(absl::string_view kind, std::initializer_list<LogField> fields) const;
  void Write(LogLevel level, absl::string_view kind, std::initializer_list<LogField> fields) const;

  void SetLevel(LogLevel level);
  [[nodiscard]] std::uint64_t Lost() const;

 private:
  std::shared_ptr<spdlog::details::thread_pool> writer_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_LOG_H_
