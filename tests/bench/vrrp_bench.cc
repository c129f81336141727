// The time to read one advert, checksum included.
#include <benchmark/benchmark.h>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

void Parse(benchmark::State& state, const AdvertSpec& spec) {
  const Packet frame = BuildEthernet(spec);
  for ([[maybe_unused]] auto _ : state) {
    const ParseResult result = ParseFrame(frame, frame.size(), LinkType::kEthernet);
    benchmark::DoNotOptimize(&result);
    benchmark::ClobberMemory();
  }
}

AdvertSpec PseudoHeader() {
  AdvertSpec spec;
  spec.version = 3;
  spec.checksum = ChecksumHabit::kPseudoHeader;
  return spec;
}

AdvertSpec Full() {
  AdvertSpec spec;
  spec.addresses.assign(20, "192.168.1.212");
  return spec;
}

BENCHMARK_CAPTURE(Parse, version2, AdvertSpec());
BENCHMARK_CAPTURE(Parse, version3_pseudo_header, PseudoHeader());
BENCHMARK_CAPTURE(Parse, version3_ipv6, Ipv6Spec());
BENCHMARK_CAPTURE(Parse, version2_with_20_addresses, Full());

}  // namespace
}  // namespace probe::vrrp

BENCHMARK_MAIN();
