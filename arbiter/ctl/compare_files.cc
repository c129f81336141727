#include "arbiter/ctl/compare_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "arbiter/core/diff.h"
#include "arbiter/wire/operations.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/scope.h"
#include "probe/keepalived/settings.h"
#include "probe/keepalived/text_source.h"

namespace arbiter::ctl {
namespace {

namespace keepalived = probe::keepalived;

constexpr std::size_t kMostProblems = 20;  // of one file
constexpr std::size_t kMostBytes = std::size_t{16} << 20U;

using Key = std::array<std::uint8_t, 32>;

// For this comparison alone: fingerprints under it tell nothing to whoever sees them.
Key OwnKey() {
  std::random_device random;
  Key key{};
  for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(random());
  return key;
}

std::string FileName(const std::string& path) { return std::filesystem::path(path).filename().string(); }

// As somebody who stands in `here` would write it.
std::string From(const std::string& here, const std::string& place) {
  absl::string_view rest = place;
  const bool is_below = absl::ConsumePrefix(&rest, absl::StrCat(here, here == "/" ? "" : "/"));
  return std::string(is_below && !rest.empty() && absl::ascii_isgraph(static_cast<unsigned char>(rest[0])) ? rest
                                                                                                           : place);
}

// Lines for one host alone, which are left out where it is not known which host's file this is.
std::size_t LinesForOneHost(const keepalived::Config& config) {
  keepalived::FileSource source;
  std::size_t lines = 0;
  for (const std::string& file : config.files) {
    const absl::StatusOr<std::string> text = source.Read(file, kMostBytes);
    if (!text.ok()) continue;
    for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
      if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "@")) ++lines;
    }
  }
  return lines;
}

class Comparer {
 public:
  explicit Comparer(std::string here) : here_(std::move(here)), key_(OwnKey()) {}

  absl::Status Add(const NodeFile& file) {
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(file.path, error);
    if (error) return absl::FailedPreconditionError(absl::StrCat(file.path, ": ", error.message()));
    keepalived::FileSource source;
    keepalived::ReadOptions options;
    options.config_id = file.host;
    const auto config = keepalived::ReadConfigFrom(&source, absolute.lexically_normal().string(), options);
    if (!config.ok()) return absl::FailedPreconditionError(From(here_, std::string(config.status().message())));
    NoteProblems(file, *config);
    const keepalived::Scopes scopes(*config);
    core::NodeReport report;
    for (const keepalived::Instance& instance : config->instances) {
      report.instances.push_back(keepalived::SettingsOf(instance, scopes, key_));
      keepalived::AddAddressOrigins(instance, &report.instances.back());
    }
    nodes_.emplace_back(file.node, std::move(report));
    return absl::OkStatus();
  }

  Comparison Compare() && {
    std::vector<core::NodeConfig> nodes;
    for (const auto& [name, report] : nodes_) nodes.push_back({name, &report});
    for (core::ConfigDifference& difference : core::FindDifferences(nodes)) {
      for (core::ValueOnNode& value : difference.values) value.origin = From(here_, value.origin);
      comparison_.faults += difference.fault ? 1 : 0;
      *comparison_.diff.add_differences() = wire::ToProto(difference, "");
    }
    return std::move(comparison_);
  }

 private:
  void NoteProblems(const NodeFile& file, const keepalived::Config& config) {
    if (config.instances.empty()) {
      comparison_.problems.push_back(absl::StrCat(file.path, ": has no vrrp_instance"));
      ++comparison_.faults;
    }
    const std::size_t for_one_host = file.host.empty() ? LinesForOneHost(config) : 0;
    if (for_one_host > 0) {
      comparison_.problems.push_back(
          absl::StrCat(file.path, ": ", for_one_host, for_one_host == 1 ? " line is" : " lines are",
                       " for one host alone (@HOST) and left out: say whose file it is with --as HOST=", file.path));
    }
    std::size_t told = 0;
    for (const keepalived::Diagnostic& diagnostic : config.diagnostics) {
      comparison_.faults += diagnostic.kind == keepalived::Diagnostic::Kind::kRefused ? 1 : 0;
      std::string problem = From(here_, diagnostic.ToString());
      // Two hosts may have one file.
      const bool is_known =
          std::find(comparison_.problems.begin(), comparison_.problems.end(), problem) != comparison_.problems.end();
      if (!is_known && ++told <= kMostProblems) comparison_.problems.push_back(std::move(problem));
    }
    if (told > kMostProblems) {
      comparison_.problems.push_back(absl::StrCat(file.path, ": and ", told - kMostProblems, " more like these"));
    }
  }

  std::string here_;
  Key key_;
  std::vector<std::pair<std::string, core::NodeReport>> nodes_;
  Comparison comparison_;
};

}  // namespace

absl::StatusOr<std::vector<NodeFile>> NameFiles(absl::Span<const std::string> files, absl::Span<const std::string> as) {
  std::vector<NodeFile> named;
  std::multiset<std::string> names;
  for (const std::string& path : files) names.insert(FileName(path));
  for (const std::string& path : files) {
    named.push_back({names.count(FileName(path)) == 1 ? FileName(path) : path, "", path});
  }
  for (const std::string& text : as) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return absl::InvalidArgumentError(absl::StrCat("--as ", text, ": write NAME=FILE, as in --as db1=db1.conf"));
    }
    named.push_back({text.substr(0, equals), text.substr(0, equals), text.substr(equals + 1)});
  }
  if (named.size() < 2) {
    return absl::InvalidArgumentError("one file: give two or more, or none to compare what the nodes have");
  }
  std::set<std::string> seen;
  for (const NodeFile& file : named) {
    if (!seen.insert(file.node).second) {
      return absl::InvalidArgumentError(absl::StrCat(file.node, " is there twice: write --as NAME=FILE for each"));
    }
  }
  return named;
}

absl::StatusOr<Comparison> CompareFiles(const std::vector<NodeFile>& files) {
  std::error_code error;
  Comparer comparer(std::filesystem::current_path(error).string());
  for (const NodeFile& file : files) {
    if (absl::Status status = comparer.Add(file); !status.ok()) return status;
  }
  return std::move(comparer).Compare();
}

}  // namespace arbiter::ctl
