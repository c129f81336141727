#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/clock.h"
#include "tests/arbiter/ctl/fake_arbiter.h"
#include "tests/arbiter/ctl/sample.h"

namespace arbiter::ctl {
namespace {

using testing::HasSubstr;

FakeArbiter& WithEntries(FakeArbiter& arbiter) {
  arbiter.audit = {
      Parsed<v1::AuditEntry>("at { seconds: 1760000005 } who: 'alice' what: 'release (done): cable is in' "
                             "cluster: 'prod' node: 'b' vip: '192.168.1.212' incident: '3-1' term: 3"),
      Parsed<v1::AuditEntry>("at { seconds: 1760000001 } who: 'arbiter' what: 'directive hold' cluster: 'prod' "
                             "node: 'b' vip: '192.168.1.212' incident: '3-1' term: 3 sequence: 7"),
      Parsed<v1::AuditEntry>("at { seconds: 1760000000 } who: 'bob' what: 'set mode observe (done)' term: 3")};
  return arbiter;
}

TEST(Audit, IsATable) {
  FakeArbiter arbiter;
  EXPECT_EQ(RunAgainst(WithEntries(arbiter), {"audit"}).out,
            R"(AT                   WHO      CLUSTER  NODE  VIP            INCIDENT  WHAT
2025-10-09 08:53:25  alice    prod     b     192.168.1.212  3-1       release (done): cable is in
2025-10-09 08:53:21  arbiter  prod     b     192.168.1.212  3-1       directive hold
2025-10-09 08:53:20  bob      -        -     -              -         set mode observe (done)
)");
  EXPECT_THAT(RunAgainst(arbiter, {"audit", "-o", "wide"}).out, HasSubstr("  3-1       3/7    directive hold\n"));
  EXPECT_THAT(RunAgainst(arbiter, {"audit", "-o", "json"}).out, HasSubstr("\"who\": \"bob\""));
  EXPECT_EQ(RunAgainst(FakeArbiter(), {"audit"}).out, "nothing of that is recorded\n");
}

TEST(Audit, IsFetchedPageByPageUntilThereIsEnough) {
  FakeArbiter arbiter;
  const Outcome two = RunAgainst(WithEntries(arbiter), {"audit", "--limit", "2", "--cluster", "prod"});
  EXPECT_THAT(two.out, testing::Not(HasSubstr("bob")));
  EXPECT_EQ(two.err, "there are more: --limit 0 shows all\n");
  EXPECT_EQ(arbiter.audit_requests.at(0).cluster(), "prod");
  EXPECT_FALSE(arbiter.audit_requests.at(0).has_since());
  const Outcome all = RunAgainst(arbiter, {"audit", "-n", "0"});
  EXPECT_THAT(all.out, HasSubstr("bob"));
  EXPECT_EQ(all.err, "");
}

TEST(Audit, BeginsAtATimeOrAWhileAgo) {
  FakeArbiter arbiter;
  const auto since = [&](const std::string& text) {
    EXPECT_EQ(RunAgainst(arbiter, {"audit", "--since", text}).code, 0) << text;
    return arbiter.audit_requests.back().since().seconds();
  };
  EXPECT_EQ(since("2025-10-09 08:53:20"), 1'760'000'000);
  EXPECT_EQ(since("2025-10-09T10:53:20+02:00"), 1'760'000'000);
  EXPECT_EQ(since("2025-10-09"), 1'760'000'000 - 1'760'000'000 % 86'400);
  EXPECT_NEAR(static_cast<double>(since("1h")), static_cast<double>(absl::ToUnixSeconds(absl::Now())) - 3600, 60);
  const Outcome wrong = RunAgainst(arbiter, {"audit", "--since", "yesterday"});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_THAT(wrong.err, HasSubstr("--since: \"yesterday\" is no time: write 30m, "));
}

}  // namespace
}  // namespace arbiter::ctl
