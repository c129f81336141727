#include "tests/lab/healthy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <string>
#include <vector>

namespace lab {
namespace {

using testing::HasSubstr;
using testing::Not;

}  // namespace

void AddGateway(Site& site) {
  const Host& gateway = site.lab().AddHost("gateway", 254);
  for (const std::string& name : site.node_names()) {
    const Host& node = site.node(name).host();
    node.Do({"ip", "route", "add", "default", "via", gateway.Ipv4()});
    node.Do({"ip", "-6", "route", "add", "default", "via", gateway.Ipv6()});
  }
}

void ExpectNothingToSay(Site& site) {
  // At once: each listens for three seconds.
  std::map<std::string, std::future<Outcome>> examined;
  for (const std::string& name : site.node_names()) {
    const Probe& probe = site.node(name).probe();
    examined[name] = std::async(std::launch::async, [&probe] { return probe.Sub({"doctor"}); });
  }
  for (auto& [name, outcome] : examined) {
    const Outcome doctor = outcome.get();
    EXPECT_EQ(doctor.exit_code, 0) << name << ":\n" << doctor.out << doctor.err;
  }
  EXPECT_THAT(site.arbiter().Ctl({"status"}).out, Not(HasSubstr("warning")));
  EXPECT_THAT(site.arbiter().Ctl({"nodes"}).out, Not(HasSubstr("warning")));
  EXPECT_THAT(site.arbiter().Ctl({"diff"}).out, Not(HasSubstr("FAULT")));
  const Outcome check = site.arbiter().Ctl({"check"});
  EXPECT_EQ(check.exit_code, 0) << check.out;
  EXPECT_TRUE(site.Incidents().empty()) << site.arbiter().Ctl({"incidents"}).out;
}

}  // namespace lab
