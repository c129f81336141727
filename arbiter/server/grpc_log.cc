#include "arbiter/server/grpc_log.h"

#include <grpc/support/log.h>

#include <chrono>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/server/rate_limit.h"

namespace arbiter::server {
namespace {

constexpr std::uint64_t kLinesAPeriod = 5;
constexpr core::Duration kPeriod = std::chrono::seconds(10);

// What the hook writes to.
struct Target {
  absl::Mutex mutex;
  const process::Log* log ABSL_GUARDED_BY(mutex) = nullptr;
  RateLimit limit{kLinesAPeriod, kPeriod};
};

// gRPC's hook takes a bare function, so this cannot be a member of anything.
Target& TheTarget() {
  static auto* const target = new Target;  // never destroyed: gRPC's threads may outlive main
  return *target;
}

void Hook(gpr_log_func_args* arguments) {
  if (arguments->severity != GPR_LOG_SEVERITY_ERROR) {
    return;
  }
  Target& target = TheTarget();
  const RateLimit::Verdict verdict = target.limit.Ask(std::chrono::steady_clock::now());
  const absl::MutexLock lock(&target.mutex);
  if (target.log == nullptr || !verdict.show) {
    return;
  }
  target.log->Warning("grpc", {{"text", arguments->message},
                               {"not_shown", verdict.not_shown == 0 ? "" : absl::StrCat(verdict.not_shown)}});
}

void SetTarget(const process::Log* log) {
  Target& target = TheTarget();
  const absl::MutexLock lock(&target.mutex);
  target.log = log;
}

}  // namespace

GrpcLog::GrpcLog(const process::Log* log) {
  SetTarget(log);
  gpr_set_log_function(Hook);
}

GrpcLog::~GrpcLog() { SetTarget(nullptr); }

}  // namespace arbiter::server
