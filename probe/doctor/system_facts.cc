#include "probe/doctor/system_facts.h"

#include <ifaddrs.h>
#include <sys/utsname.h>

#include <array>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "probe/actuate/nft_gate.h"
#include "probe/doctor/text_file.h"

namespace probe::doctor {
namespace {

constexpr std::size_t kSmallFile = 65536;
constexpr std::size_t kAuditTail = 1 << 20;

std::string Trimmed(const absl::StatusOr<std::string>& text) {
  if (!text.ok()) return "";
  std::string trimmed = *text;
  while (!trimmed.empty() && trimmed.back() == '\0') trimmed.pop_back();
  return std::string(absl::StripAsciiWhitespace(trimmed));
}

// By what container managers leave behind.
std::string Container() {
  const std::string named = Trimmed(ReadTextFile("/run/systemd/container", kSmallFile));
  if (!named.empty()) return named;
  const absl::StatusOr<std::string> init = ReadTextFile("/proc/1/environ", kSmallFile);
  if (init.ok()) {
    for (absl::string_view variable : absl::StrSplit(*init, '\0')) {
      if (absl::ConsumePrefix(&variable, "container=")) return std::string(variable);
    }
  }
  std::error_code error;
  return std::filesystem::exists("/.dockerenv", error) ? "docker" : "";
}

void TryGate(GateFacts* facts) {
  const auto gate = actuate::OpenNftGate();
  facts->usable = gate.ok() ? (*gate)->Usable() : gate.status();
  if (!facts->usable.ok()) return;
  const auto state = (*gate)->Dump();
  if (!state.ok()) return;
  for (const actuate::GateStanding& standing : state->standing) {
    if (standing.acts && !standing.open) facts->shut[standing.key.vip] = standing.comment;
  }
}

}  // namespace

std::vector<std::string> LegacyTables() {
  std::vector<std::string> tables;
  for (const char* path : {"/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"}) {
    const absl::StatusOr<std::string> text = ReadTextFile(path, kSmallFile);
    if (!text.ok()) continue;
    for (const absl::string_view name : absl::StrSplit(*text, '\n', absl::SkipWhitespace())) {
      tables.emplace_back(name);
    }
  }
  return tables;
}

SelinuxFacts ReadSelinux(pid_t daemon) {
  SelinuxFacts facts;
  facts.enforce = ReadTextFile("/sys/fs/selinux/enforce", kSmallFile);
  facts.audit = ReadTail("/var/log/audit/audit.log", kAuditTail);
  if (daemon > 0) facts.domain = Trimmed(ReadTextFile(absl::StrCat("/proc/", daemon, "/attr/current"), kSmallFile));
  return facts;
}

GateFacts ReadGate() {
  GateFacts facts;
  TryGate(&facts);
  utsname name{};
  if (uname(&name) == 0) facts.kernel = name.release;
  facts.container = Container();
  return facts;
}

bool SomeProcessIs(const std::string& name) {
  std::error_code error;
  std::filesystem::directory_iterator processes("/proc", error);
  if (error) return true;
  for (const auto end = std::filesystem::end(processes); processes != end; processes.increment(error)) {
    if (error) return true;
    const std::string pid = processes->path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (absl::StartsWith(Trimmed(ReadTextFile(absl::StrCat("/proc/", pid, "/comm"), kSmallFile)), name)) return true;
  }
  return false;
}

std::vector<LabelledAddress> ReadLabels() {
  std::vector<LabelledAddress> labels;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return labels;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
    labels.push_back({arbiter::IpAddress::FromV4(address->sin_addr), at->ifa_name});
  }
  freeifaddrs(first);
  return labels;
}

}  // namespace probe::doctor
