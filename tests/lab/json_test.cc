#include "tests/lab/json.h"

#include <gtest/gtest.h>

#include "tests/lab/check.h"

namespace lab {
namespace {

constexpr char kStatus[] = R"({"arbiter": {"term": "3"}, "vips": [{"address": "a", "vrid": 66},
                               {"address": "b", "advertising": true, "state": "HELD"}]})";

TEST(Json, ReadsMembersItemsAndScalars) {
  const auto status = Json::Parse(kStatus);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ((*status)["arbiter"]["term"].number(), 3);
  EXPECT_EQ((*status)["vips"].items().size(), 2U);
  EXPECT_EQ((*status)["vips"].With("address", "a")["vrid"].text(), "66");
  EXPECT_TRUE((*status)["vips"].With("address", "b")["advertising"].truth());
}

TEST(Json, HasNothingForWhatIsNotThere) {
  const Json nothing = CheckOr(Json::Parse(kStatus))["clusters"].With("name", "x")["vips"];
  EXPECT_FALSE(nothing.present());
  EXPECT_TRUE(nothing.items().empty());
  EXPECT_EQ(nothing.text(), "");
}

TEST(Json, RefusesWhatIsNoDocument) { EXPECT_FALSE(Json::Parse("{").ok()); }

}  // namespace
}  // namespace lab
