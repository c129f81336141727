// Collects what an operator may want to know about a configuration; bounded, and what does not fit is counted.
#ifndef PROBE_KEEPALIVED_DIAGNOSTIC_LOG_H_
#define PROBE_KEEPALIVED_DIAGNOSTIC_LOG_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "probe/keepalived/config.h"

namespace probe::keepalived {

class DiagnosticLog {
 public:
  void Add(Diagnostic::Kind kind, Origin at, std::string text) {
    if (entries_.size() == kMaxDiagnostics) {
      ++dropped_;
      return;
    }
    entries_.push_back({kind, std::move(at), std::move(text)});
  }

  // Counts statements that nobody interprets.
  void CountSkipped(std::size_t statements) { skipped_ += statements; }

  // Moves everything into `config`. The log is empty afterwards.
  void MoveTo(Config* config) {
    config->diagnostics = std::exchange(entries_, {});
    config->diagnostics_dropped = std::exchange(dropped_, 0);
    config->skipped = std::exchange(skipped_, 0);
  }

 private:
  std::vector<Diagnostic> entries_;
  std::size_t dropped_ = 0;
  std::size_t skipped_ = 0;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DIAGNOSTIC_LOG_H_
