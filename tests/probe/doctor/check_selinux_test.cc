#include "probe/doctor/check_selinux.h"

#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

constexpr char kDenial[] =
    "type=AVC msg=audit(1.2:3): avc:  denied  { open } for  pid=1 comm=\"keepalived\" path=\"/x\" "
    "scontext=system_u:system_r:keepalived_t:s0\n";

SelinuxFacts Facts(absl::StatusOr<std::string> enforce, absl::StatusOr<std::string> audit) {
  return {std::move(enforce), std::move(audit), ""};
}

TEST(Selinux, IsJudgedByItsDenials) {
  EXPECT_EQ(Worst(CheckSelinux(Facts(absl::NotFoundError("none"), absl::NotFoundError("none")))), Verdict::kOk);
  EXPECT_EQ(Worst(CheckSelinux(Facts("1", std::string("type=AVC avc:  denied  { x } comm=\"sshd\"\n")))), Verdict::kOk);
  EXPECT_EQ(Worst(CheckSelinux(Facts("1", std::string(kDenial)))), Verdict::kFault);
  EXPECT_EQ(Worst(CheckSelinux(Facts("0", std::string(kDenial)))), Verdict::kWarning);
  EXPECT_EQ(Worst(CheckSelinux(Facts("1", absl::PermissionDeniedError("no")))), Verdict::kCouldNotLook);
  EXPECT_EQ(Worst(CheckSelinux(Facts(absl::PermissionDeniedError("no"), std::string()))), Verdict::kCouldNotLook);
}

}  // namespace
}  // namespace probe::doctor
