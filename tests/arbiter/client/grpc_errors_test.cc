#include "arbiter/client/grpc_errors.h"

#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace arbiter::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GrpcErrors, GoToTheSinkAndNotToStderr) {
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);  // as gRPC does once it is in use
  testing::internal::CaptureStderr();
  std::vector<std::string> told;
  {
    const GrpcErrors errors([&told](absl::string_view text) { told.emplace_back(text); });
    gpr_log(GPR_ERROR, "no file %d", 1);
    gpr_log(GPR_ERROR, "no file %d", 1);
    gpr_log(GPR_ERROR, "Handshake failed with fatal error SSL_ERROR_SSL");
    gpr_log(GPR_ERROR, "no file %d", 2);
  }
  gpr_log(GPR_ERROR, "nobody listens any more");
  EXPECT_THAT(told,
              ElementsAre("no file 1", "no file 1", "Handshake failed with fatal error SSL_ERROR_SSL", "no file 2"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
}

TEST(GrpcErrors, OfACallerAreToldOnceAndWithoutHandshakes) {
  std::vector<std::string> told;
  const GrpcErrors::Sink sink = OfCaller([&told](absl::string_view text) { told.emplace_back(text); });
  for (const char* text : {"no file 1", "no file 1", "Handshake failed with fatal error", "no file 2"}) sink(text);
  EXPECT_THAT(told, ElementsAre("no file 1", "no file 2"));
}

TEST(GrpcErrors, AreDroppedWithoutASink) {
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);  // as gRPC does once it is in use
  testing::internal::CaptureStderr();
  const GrpcErrors errors(nullptr);
  gpr_log(GPR_ERROR, "nobody listens");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
}

}  // namespace
}  // namespace arbiter::client
