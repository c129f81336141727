// The JSON that scripts rely on: the shape of design's contract.
#include "arbiter/ctl/json.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/ctl/fake_arbiter.h"
#include "tests/arbiter/ctl/sample.h"

namespace arbiter::ctl {
namespace {

using testing::HasSubstr;

google::protobuf::Struct Document(const std::string& text) {
  google::protobuf::Struct document;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &document);
  EXPECT_TRUE(status.ok()) << status << text;
  return document;
}

std::string StatusJson(const v1::GetStatusResponse& status) {
  FakeArbiter arbiter;
  arbiter.status = status;
  const Outcome outcome = RunAgainst(arbiter, {"status", "-o", "json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return outcome.out;
}

TEST(Json, StatusHasTheFieldsOfTheContract) {
  const std::string out = StatusJson(OneVip(absl::StrCat("state: VIP_STATE_SPLIT incident: '3-1' ", kHolderA)));
  for (const char* part :
       {R"("id": "w1")", R"("term": "3")", R"("uptime": "12.500s")", R"("name": "prod")", R"("mode": "MODE_ENFORCE")",
        R"("state": "NODE_STATE_CONNECTED")", R"("lastReportAge": "0.200s")", R"("probeVersion": "0.1.0")",
        R"("address": "192.168.1.212")", R"("state": "VIP_STATE_SPLIT")", R"("node": "a")", R"("interface": "eth0")",
        R"("vrid": 66)", R"("priority": 100)", R"("advertising": true)", R"("heldFor": "8s")", R"("heldBack": [])",
        R"("incident": "3-1")"}) {
    EXPECT_THAT(out, HasSubstr(part));
  }
  Document(out);
}

TEST(Json, DefaultsThatMatterAreThere) {
  const std::string out = StatusJson(OneVip("holders { node: 'a' } held_back { node: 'b' gate { reason: 'x' } }"));
  for (const char* part : {R"("advertising": false)", R"("shut": false)", R"("configured": false)", R"("incident": "")",
                           R"("causes": [])"}) {
    EXPECT_THAT(out, HasSubstr(part));
  }
}

TEST(Json, IsOneDocumentAlsoWithoutAnything) { EXPECT_EQ(Document(StatusJson({})).fields_size(), 1); }

TEST(Json, EveryCommandGivesADocument) {
  FakeArbiter arbiter;
  arbiter.status = Guarded();
  arbiter.incidents = {Parsed<v1::Incident>("id: '3-1' opened_at { seconds: 1760000000 }")};
  for (const std::vector<std::string>& words : {std::vector<std::string>{"status"},
                                                {"nodes"},
                                                {"incidents"},
                                                {"incident", "3-1"},
                                                {"diff"},
                                                {"check"},
                                                {"demote", "b", "192.168.1.212"},
                                                {"release", "b", "192.168.1.212"},
                                                {"mode", "observe"}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"-o", "json"});
    Document(RunAgainst(arbiter, all).out);
  }
}

TEST(Json, AnIncidentHasItsTimesInUtc) {
  FakeArbiter arbiter;
  arbiter.incidents = {
      Parsed<v1::Incident>("id: '3-1' opened_at { seconds: 1760000000 } dual_hold { nanos: 12000000 }")};
  const std::string out = RunAgainst(arbiter, {"incident", "3-1", "-o", "json"}).out;
  for (const char* part : {R"("openedAt": "2025-10-09T08:53:20Z")", R"("dualHold": "0.012s")", R"("demoted": [])",
                           R"("evidence": [])", R"("advice": [])", R"("timeline": [])"}) {
    EXPECT_THAT(out, HasSubstr(part));
  }
}

}  // namespace
}  // namespace arbiter::ctl
