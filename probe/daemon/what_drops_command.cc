#include "probe/daemon/what_drops_command.h"

#include <chrono>

#include "probe/filter/advert_packet.h"
#include "probe/filter/advert_path.h"
#include "probe/filter/culprit.h"
#include "probe/filter/links.h"
#include "probe/filter/read_ruleset.h"
#include "probe/netlink/address_watch.h"
#include "probe/netlink/kernel_reader.h"

namespace probe::daemon {
namespace {

// On the interface itself; without the right to ask, none.
std::vector<std::string> FiltersOfTc(const filter::AdvertPath& way, const netlink::AddressTable& table,
                                     absl::StatusOr<netlink::KernelReader>& kernel) {
  const netlink::Link* link = table.FindLink(way.interface);
  if (link == nullptr || !kernel.ok()) return {};
  const auto filters = way.incoming ? kernel->IngressFilters(link->index) : kernel->EgressFilters(link->index);
  return filters.ok() ? *filters : std::vector<std::string>();
}

}  // namespace

absl::Status RunWhatDrops(const WhatDropsOptions& options, std::ostream& out) {
  std::vector<filter::AdvertPath> ways;
  for (const std::string& text : options.ways) {
    absl::StatusOr<filter::AdvertPath> way = filter::AdvertPath::Parse(text);
    if (!way.ok()) return way.status();
    ways.push_back(*std::move(way));
  }
  const auto addresses = netlink::AddressWatch::Open(std::chrono::steady_clock::now());
  if (!addresses.ok()) return addresses.status();
  const netlink::AddressTable& table = (*addresses)->table();
  const absl::StatusOr<filter::Ruleset> ruleset = filter::ReadRuleset();
  absl::StatusOr<netlink::KernelReader> kernel = netlink::KernelReader::Open();
  std::vector<std::vector<filter::Culprit>> answers;
  for (const filter::AdvertPath& way : ways) {
    filter::AdvertPacket packet = filter::PacketOn(way);
    filter::PutLinks(table, &packet);
    answers.push_back(filter::CulpritsOf(packet, ruleset, FiltersOfTc(way, table, kernel)));
  }
  out << filter::WriteCulprits(answers) << std::flush;
  return absl::OkStatus();
}

}  // namespace probe::daemon
