// What holds for every command of arbctl.
#ifndef ARBITER_CTL_OPTIONS_H_
#define ARBITER_CTL_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "arbiter/client/tls_files.h"

namespace arbiter::ctl {

enum class Format : std::uint8_t { kTable, kWide, kJson };

struct Options {
  std::string server = "127.0.0.1:7430";
  Format format = Format::kTable;
  client::TlsFiles tls;
  std::string cluster;  // empty: all, or the only one that fits
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);
};

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_OPTIONS_H_
