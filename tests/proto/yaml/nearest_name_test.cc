#include "proto/yaml/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace arbiter {
namespace {

TEST(NearestName, IsWhatWasMeantOrNothing) {
  const std::vector<std::string> names = {"confirm_after", "affirm_within", "listen", "mode", "id"};
  const std::pair<const char*, const char*> cases[] = {
      {"confirm-after", "confirm_after"},
      {"confirmafter", "confirm_after"},
      {"lisen", "listen"},
      {"mdoe", "mode"},
      {"mod", "mode"},
      {"listener", "listen"},
      {"x", ""},
      {"", ""},
      {"colour", ""},
  };
  for (const auto& [wrong, meant] : cases) EXPECT_EQ(NearestName(wrong, names), meant) << wrong;
}

TEST(NearestName, ALongTextWasNoSlip) { EXPECT_EQ(NearestName(std::string(100'000, 'a'), {"aaa"}), ""); }

}  // namespace
}  // namespace arbiter
