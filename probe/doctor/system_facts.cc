#include "probe/doctor/system_facts.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
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
#include "probe/netlink/netlink_socket.h"

namespace probe::doctor {
namespace {

constexpr std::size_t kSmallFile = 65536;
constexpr std::size_t kAuditTail = 1 << 20;

struct ContextDeleter {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, ContextDeleter>;

// What `nft list ruleset` prints with these flags.
absl::StatusOr<std::string> ListRuleset(unsigned flags) {
  const Context context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context || nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0) {
    return absl::ResourceExhaustedError("make a libnftables context: out of memory");
  }
  nft_ctx_output_set_flags(context.get(), flags);
  if (nft_run_cmd_from_buffer(context.get(), "list ruleset") == 0) {
    return std::string(nft_ctx_get_output_buffer(context.get()));
  }
  const std::string complaint = nft_ctx_get_error_buffer(context.get());
  return absl::PermissionDeniedError(
      absl::StrCat("list the nftables ruleset: ", complaint.substr(0, complaint.find('\n'))));
}

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

absl::StatusOr<Ruleset> ReadRuleset() {
  // First, because libnftables ends the process where nfnetlink is missing.
  const auto socket = netlink::NetlinkSocket::Open(NETLINK_NETFILTER);
  if (!socket.ok()) return socket.status();
  const auto json = ListRuleset(NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_NUMERIC_PROTO);
  if (!json.ok()) return json.status();
  const auto text = ListRuleset(NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_STATELESS);
  if (!text.ok()) return text.status();
  return ParseRuleset(*json, *text);
}

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
