#include "probe/doctor/printout.h"

#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;

Findings Sample() {
  return {{"daemon", "keepalived", Verdict::kOk, "runs", ""},
          {"selinux", "", Verdict::kCouldNotLook, "no", "run it as root"},
          {"packet-filter", "eth0", Verdict::kFault, "a \"rule\" drops", "take it out"}};
}

TEST(Printout, ShowsTheWorstFirst) {
  EXPECT_EQ(ToText(Sample()),
            "fault           packet-filter eth0: a \"rule\" drops\n"
            "                repair: take it out\n"
            "could not look  selinux: no\n"
            "                repair: run it as root\n"
            "ok              daemon keepalived: runs\n"
            "1 fault, 1 could not look, 1 ok\n");
}

TEST(Printout, Counts) {
  Findings findings = Sample();
  findings.push_back(findings.back());
  EXPECT_THAT(ToText(findings), HasSubstr("\n2 faults, 1 could not look, 1 ok\n"));
}

TEST(Printout, IsOneJsonDocument) {
  const std::string json = ToJson(Sample(), "a", "0.1.0");
  EXPECT_THAT(json, HasSubstr("\"worst\": \"DOCTOR_VERDICT_FAULT\""));
  EXPECT_THAT(json, HasSubstr("\"evidence\": \"a \\\"rule\\\" drops\""));
  EXPECT_THAT(json, HasSubstr("\"repair\": \"\""));
}

TEST(Printout, EndsByTheWorst) {
  Findings findings;
  const std::pair<Verdict, int> codes[] = {
      {Verdict::kOk, 0}, {Verdict::kCouldNotLook, 4}, {Verdict::kWarning, 2}, {Verdict::kFault, 3}};
  for (const auto& [verdict, code] : codes) {
    findings.push_back({"x", "", verdict, "", ""});
    EXPECT_EQ(ExitCodeOf(WorstOf(findings)), code);
  }
}

}  // namespace
}  // namespace probe::doctor
