// Any bytes as a keepalived configuration: no crash, no leak, an end within bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/fingerprint.h"
#include "probe/keepalived/scope.h"
#include "probe/keepalived/snippet.h"
#include "tests/probe/keepalived/map_source.h"

namespace {

// The text is split at this byte: the first part is the file, the others are files it can include as a, b, ...
constexpr char kNextFile = '\x1e';

std::map<std::string, std::string> FilesOf(const std::string& text) {
  std::map<std::string, std::string> files;
  std::string path = "/k/keepalived.conf";
  char next = 'a';
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = text.find(kNextFile, start);
    files[path] = text.substr(start, end == std::string::npos ? end : end - start);
    if (end == std::string::npos || next > 'h') {
      return files;
    }
    path = std::string("/k/") + next++;
    start = end + 1;
  }
}

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace probe::keepalived;  // NOLINT(google-build-using-namespace): the subject of this file
  MapSource source(FilesOf(std::string(reinterpret_cast<const char*>(data), size)));
  ReadOptions options;
  options.config_id = "west";
  options.limits.statements = 2000;
  options.limits.work_bytes = std::size_t{1} << 20;
  const absl::StatusOr<Config> config = ReadConfigFrom(&source, "/k/keepalived.conf", options);
  if (!config.ok()) {
    Require(!config.status().message().empty());
    return 0;
  }
  const std::vector<std::uint8_t> key(16, 1);
  for (const Instance& instance : config->instances) {
    Require(!instance.vrid.has_value() || instance.vrid->value.value() != 0);
    Require(instance.advert_interval.value.count() > 0);
    Require(!FaultTogether(*config, instance).empty());
    Require(Fingerprint(key, instance.authentication).ok());
    static_cast<void>(FindTrackFile(*config, instance, "/run/arbiter-probe"));
    for (const VirtualAddress& address : instance.addresses) {
      Require(!OwnersOf(*config, address.address).empty());
    }
  }
  static_cast<void>(Snippet(*config, "/run/arbiter-probe"));
  return 0;
}
