#include "probe/keepalived/instance_reader.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/address_reader.h"
#include "probe/keepalived/ignored_keywords.h"
#include "probe/keepalived/track_reader.h"
#include "probe/keepalived/values.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

constexpr std::size_t kMaxPassword = 8;  // man page: only the first eight characters are used

void ReadState(const Block& block, const ReadContext& context, Instance* instance) {
  const std::optional<std::string> stated = ReadWord(block, 1, context);
  if (!stated.has_value()) {
    return;
  }
  const std::string& word = *stated;
  if (word != "MASTER" && word != "BACKUP") {
    context.log->Add(Kind::kBadValue, block.at, absl::StrCat("state '", word, "' is unknown: the daemon takes BACKUP"));
  }
  const InitialState state = word == "MASTER" ? InitialState::kMaster : InitialState::kBackup;
  if (state == InitialState::kBackup && instance->state.value == InitialState::kMaster) {
    context.log->Add(Kind::kConflict, block.at, "state is MASTER already: the daemon ignores this line");
    return;
  }
  instance->state.State(state, block.at);
}

void ReadInterface(const Block& block, const ReadContext& context, Instance* instance) {
  if (std::optional<std::string> name = ReadWord(block, 1, context); name.has_value()) {
    instance->interface.State(*std::move(name), block.at);
  }
}

void ReadVrid(const Block& block, const ReadContext& context, Instance* instance) {
  if (const auto number = ReadInteger(block, 1, {1, 255}, context); number.has_value()) {
    if (const absl::StatusOr<Vrid> vrid = Vrid::Make(*number); vrid.ok()) {
      instance->vrid = Setting<Vrid>(*vrid, block.at);
    }
  }
}

// A priority that cannot be read becomes the default, as the daemon says in its log.
void ReadPriority(const Block& block, const ReadContext& context, Instance* instance) {
  const std::int64_t number = ReadInteger(block, 1, {1, 255}, context).value_or(Priority::kDefault);
  if (const absl::StatusOr<Priority> priority = Priority::Make(number); priority.ok()) {
    instance->priority.State(*priority, block.at);
  }
}

void ReadAdvertInterval(const Block& block, const ReadContext& context, Instance* instance) {
  if (const auto interval = ReadSeconds(block, {10, 255'000}, context); interval.has_value()) {
    instance->advert_interval.State(*interval, block.at);
  }
}

// The first version counts, and none goes back to 2 once an address has made the instance an IPv6 one.
void ReadVersion(const Block& block, const ReadContext& context, Instance* instance) {
  const auto version = ReadInteger(block, 1, {2, 3}, context);
  if (!version.has_value()) {
    return;
  }
  const bool other = instance->version.stated && instance->version.value != *version;
  if (other || (*version == 2 && instance->IsV6())) {
    context.log->Add(Kind::kConflict, block.at,
                     absl::StrCat("version ", *version, " is at odds with what stands above: the daemon ignores it"));
    return;
  }
  instance->version.State(static_cast<int>(*version), block.at);
}

void ReadPreemptDelay(const Block& block, const ReadContext& context, Instance* instance) {
  if (const auto delay = ReadSeconds(block, {0, 1'000'000}, context); delay.has_value()) {
    instance->preempt_delay.State(*delay, block.at);
  }
}

void ReadNoPreempt(const Block& block, const ReadContext& /*context*/, Instance* instance) {
  instance->nopreempt = block.at;
}

void ReadPreempt(const Block& /*block*/, const ReadContext& /*context*/, Instance* instance) {
  instance->nopreempt.reset();
}

void ReadAccept(const Block& block, const ReadContext& /*context*/, Instance* instance) {
  instance->accept.State(block.keyword() == "accept", block.at);
}

void ReadStrict(const Block& block, const ReadContext& context, Instance* instance) {
  if (const std::optional<bool> strict = ReadSwitch(block, context); strict.has_value()) {
    instance->strict.State(*strict, block.at);
  }
}

void ReadVmac(const Block& block, const ReadContext& /*context*/, Instance* instance) {
  if (!instance->vmac.has_value()) {
    instance->vmac.emplace();
  }
  instance->vmac->at = block.at;
  if (!absl::StrContains(block.Word(1), ':')) {  // a MAC address may stand in place of the name
    instance->vmac->interface = std::string(block.Word(1));
  }
}

// Its words are a mode, a name, and an address, which is also the source unless one is written above.
void ReadIpvlan(const Block& block, const ReadContext& context, Instance* instance) {
  if (instance->ipvlan.has_value()) {
    context.log->Add(Kind::kConflict, block.at, "use_ipvlan stands above: the daemon ignores this line");
    return;
  }
  instance->ipvlan = block.at;
  bool has_address = false;
  for (std::size_t i = 1; i < block.words.size(); ++i) {
    const absl::string_view word = block.Word(i);
    const std::optional<arbiter::IpAddress> address = ReadAddress(word.substr(0, word.find('/')));
    if (!address.has_value() || has_address) {
      continue;
    }
    if (!TakesFamily(instance, *address)) {
      context.log->Add(Kind::kConflict, block.at,
                       absl::StrCat(word, " is of the other address family: the daemon ignores it"));
      continue;
    }
    has_address = true;
    if (!instance->source.has_value()) {
      instance->source = Setting<arbiter::IpAddress>(*address, block.at);
    }
  }
}

void ReadXmitBase(const Block& block, const ReadContext& /*context*/, Instance* instance) {
  instance->transmits_on_base = block.at;
}

void ReadVmacForEach(const Block& /*block*/, const ReadContext& /*context*/, Instance* instance) {
  instance->vmac_for_each = true;
}

void ReadNativeV6(const Block& block, const ReadContext& context, Instance* instance) {
  if (instance->family == arbiter::IpAddress::Family::kV4) {
    context.log->Add(Kind::kConflict, block.at, "native_ipv6 after an IPv4 address: the daemon ignores it");
    return;
  }
  instance->family = arbiter::IpAddress::Family::kV6;
  instance->version.State(3, block.at);
}

void ReadDontTrackPrimary(const Block& /*block*/, const ReadContext& /*context*/, Instance* instance) {
  instance->tracks_own_interface = false;
}

std::optional<arbiter::IpAddress> ReadOwnAddress(const Block& block, const ReadContext& context, Instance* instance) {
  const std::optional<std::string> word = ReadWord(block, 1, context);
  if (!word.has_value()) {
    return std::nullopt;
  }
  const std::optional<arbiter::IpAddress> address = ReadHostAddress(*word);
  if (!address.has_value()) {
    context.log->Add(Kind::kBadValue, block.at,
                     absl::StrCat("'", block.keyword(), "' is '", *word, "': no IP address"));
  } else if (!TakesFamily(instance, *address)) {
    context.log->Add(Kind::kConflict, block.at,
                     absl::StrCat("'", block.keyword(), "' is of the other address family: the daemon ignores it"));
    return std::nullopt;
  }
  return address;
}

void ReadSource(const Block& block, const ReadContext& context, Instance* instance) {
  if (const auto address = ReadOwnAddress(block, context, instance); address.has_value()) {
    instance->source = Setting<arbiter::IpAddress>(*address, block.at);
  }
}

void ReadUnicastSource(const Block& block, const ReadContext& context, Instance* instance) {
  instance->says_unicast = true;
  ReadSource(block, context, instance);
}

// A keyword that means something with peers only.
void ReadSaysUnicast(const Block& /*block*/, const ReadContext& /*context*/, Instance* instance) {
  instance->says_unicast = true;
}

void ReadFaultWithoutPeers(const Block& block, const ReadContext& /*context*/, Instance* instance) {
  instance->says_unicast = true;
  instance->fault_without_peers = block.at;
}

void ReadMulticast(const Block& block, const ReadContext& context, Instance* instance) {
  if (const auto address = ReadOwnAddress(block, context, instance); address.has_value()) {
    instance->multicast = Setting<arbiter::IpAddress>(*address, block.at);
  }
}

void ReadAuthType(const Block& block, const ReadContext& context, Authentication* authentication) {
  const std::string word = ReadWord(block, 1, context).value_or("");
  if (word.empty()) {
    return;
  }
  if (word == "PASS") {
    authentication->type = AuthType::kPassword;
  } else if (word == "AH") {
    authentication->type = AuthType::kHeader;
  } else {
    context.log->Add(Kind::kBadValue, block.at, absl::StrCat("auth_type '", word, "' is neither PASS nor AH"));
    return;
  }
  authentication->at = block.at;
}

// The password is in no message.
void ReadAuthPassword(const Block& block, const ReadContext& context, Authentication* authentication) {
  if (block.words.size() < 2) {
    ReadWord(block, 1, context);
    return;
  }
  const absl::string_view word = block.Word(1);
  if (word.size() > kMaxPassword) {
    context.log->Add(
        Kind::kBadValue, block.at,
        absl::StrCat("auth_pass is longer than ", kMaxPassword, " characters: the daemon ignores the rest"));
  }
  authentication->password = Secret(word.substr(0, kMaxPassword));
}

constexpr Keyword<Authentication> kAuthenticationKeywords[] = {{"auth_type", &ReadAuthType},
                                                               {"auth_pass", &ReadAuthPassword}};

void ReadAuthentication(const Block& block, const ReadContext& context, Instance* instance) {
  instance->authentication.at = block.at;
  ReadStatements<Authentication>(block, kAuthenticationKeywords, {}, context, &instance->authentication);
}

void ReadInterfaces(const Block& block, const ReadContext& context, Instance* instance) {
  ReadTrackedInterfaces(block, context, &instance->interfaces);
}

void ReadScripts(const Block& block, const ReadContext& context, Instance* instance) {
  ReadTrackedScripts(block, context, &instance->scripts);
}

void ReadFiles(const Block& block, const ReadContext& context, Instance* instance) {
  ReadTrackedFiles(block, context, &instance->files);
}

void ReadInstanceNotify(const Block& block, const ReadContext& context, Instance* instance) {
  ReadNotify(block, context, &instance->notify);
}

constexpr Keyword<Instance> kInstanceKeywords[] = {
    {"state", &ReadState},
    {"interface", &ReadInterface},
    {"virtual_router_id", &ReadVrid},
    {"priority", &ReadPriority},
    {"advert_int", &ReadAdvertInterval},
    {"version", &ReadVersion},
    {"virtual_ipaddress", &ReadVirtualAddresses},
    {"virtual_ipaddress_excluded", &ReadExcludedAddresses},
    {"authentication", &ReadAuthentication},
    {"nopreempt", &ReadNoPreempt},
    {"preempt", &ReadPreempt},
    {"preempt_delay", &ReadPreemptDelay},
    {"accept", &ReadAccept},
    {"no_accept", &ReadAccept},
    {"strict_mode", &ReadStrict},
    {"use_vmac", &ReadVmac},
    {"vmac_xmit_base", &ReadXmitBase},
    {"use_vmac_addr", &ReadVmacForEach},
    {"use_ipvlan", &ReadIpvlan},
    {"native_ipv6", &ReadNativeV6},
    {"dont_track_primary", &ReadDontTrackPrimary},
    {"unicast_src_ip", &ReadUnicastSource},
    {"check_unicast_src", &ReadSaysUnicast},
    {"old_unicast_checksum", &ReadSaysUnicast},
    {"unicast_fault_no_peer", &ReadFaultWithoutPeers},
    {"mcast_src_ip", &ReadSource},
    {"mcast_dst_ip", &ReadMulticast},
    {"unicast_peer", &ReadPeers},
    {"track_interface", &ReadInterfaces},
    {"track_script", &ReadScripts},
    {"track_file", &ReadFiles},
    {"notify", &ReadInstanceNotify},
    {"notify_master", &ReadInstanceNotify},
    {"notify_backup", &ReadInstanceNotify},
    {"notify_fault", &ReadInstanceNotify},
    {"notify_stop", &ReadInstanceNotify},
    {"notify_deleted", &ReadInstanceNotify},
    {"notify_master_rx_lower_pri", &ReadInstanceNotify},
};

}  // namespace

void ReadInstance(const Block& block, const ReadContext& context, Config* config) {
  if (block.words.size() != 2) {
    context.log->CountSkipped(block.CountStatements());
    context.log->Add(Kind::kStructure, block.at, "vrrp_instance needs exactly one name: the daemon skips the block");
    return;
  }
  if (!context.names->instances.insert(block.words[1]).second) {
    context.log->CountSkipped(block.CountStatements());
    context.log->Add(Kind::kConflict, block.at,
                     absl::StrCat("vrrp_instance ", block.Word(1), " is defined above: the daemon skips this one"));
    return;
  }
  Instance instance;
  instance.name = block.words[1];
  instance.at = block.at;
  instance.interface.at = instance.state.at = instance.version.at = instance.priority.at = block.at;
  instance.advert_interval.at = instance.preempt_delay.at = block.at;
  instance.accept.at = instance.strict.at = instance.authentication.at = block.at;
  ReadStatements<Instance>(block, kInstanceKeywords, IgnoredInInstance(), context, &instance);
  config->instances.push_back(std::move(instance));
}

}  // namespace probe::keepalived
