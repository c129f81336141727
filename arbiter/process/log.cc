#include "arbiter/process/log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "arbiter/process/journal.h"
#include "proto/value/printable.h"

namespace arbiter::process {
namespace {

constexpr std::size_t kQueuedLines = 8192;

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// The priority prefix of sd-daemon(3) for a line.
class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& out) override {
    absl::string_view prefix = "<6>";
    if (message.level >= spdlog::level::err) {
      prefix = "<3>";
    } else if (message.level == spdlog::level::warn) {
      prefix = "<4>";
    } else if (message.level <= spdlog::level::debug) {
      prefix = "<7>";
    }
    out.append(prefix.data(), prefix.data() + prefix.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

std::shared_ptr<spdlog::sinks::sink> StderrSink() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // The journal has its own time stamps.
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PriorityFlag>('P').set_pattern(StderrIsJournal() ? "%P%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  sink->set_formatter(std::move(formatter));
  return sink;
}

bool NeedsQuotes(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || c == '"' || c == '=' || c == '\\' || !absl::ascii_isprint(static_cast<unsigned char>(c));
  });
}

// As in C, but for apostrophes: between double quotes they are letters.
std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(absl::Utf8SafeCHexEscape(text), {{R"(\')", "'"}});
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view text) {
  if (text == "debug") {
    return LogLevel::kDebug;
  }
  if (text == "info") {
    return LogLevel::kInfo;
  }
  if (text == "warning") {
    return LogLevel::kWarning;
  }
  if (text == "error") {
    return LogLevel::kError;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", absl::CHexEscape(text), "\" is no log level: write debug, info, warning or error"));
}

std::string LogLine(absl::string_view kind, std::initializer_list<LogField> fields) {
  std::string line(kind);
  for (const LogField& field : fields) {
    if (field.value.empty()) {
      continue;
    }
    absl::StrAppend(&line, " ", field.key, "=");
    if (NeedsQuotes(field.value)) {
      absl::StrAppend(&line, "\"", Printable(Escaped(field.value)), "\"");
    } else {
      absl::StrAppend(&line, field.value);
    }
  }
  return line;
}

Log::Log(LogLevel level, std::shared_ptr<spdlog::sinks::sink> sink)
    : writer_(std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1)),
      logger_(std::make_shared<spdlog::async_logger>("log", std::move(sink), writer_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_level(SpdlogLevel(level));
  logger_->flush_on(spdlog::level::info);
}

Log::Log(LogLevel level) : Log(level, StderrSink()) {}

Log::~Log() = default;

void Log::Debug(absl::string_view kind, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kDebug, kind, fields);
}
void Log::Info(absl::string_view kind, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kInfo, kind, fields);
}
void Log::Warning(absl::string_view kind, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kWarning, kind, fields);
}
void Log::Error(absl::string_view kind, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kError, kind, fields);
}

void Log::Write(LogLevel level, absl::string_view kind, std::initializer_list<LogField> fields) const {
  const spdlog::level::level_enum spdlog_level = SpdlogLevel(level);
  if (logger_->should_log(spdlog_level)) {
    logger_->log(spdlog_level, LogLine(kind, fields));
  }
}

void Log::SetLevel(LogLevel level) { logger_->set_level(SpdlogLevel(level)); }

std::uint64_t Log::Lost() const { return writer_->overrun_counter(); }

}  // namespace arbiter::process
