#include "arbiter/client/grpc_errors.h"

#include <grpc/support/log.h>

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"

namespace arbiter::client {
namespace {

struct Target {
  absl::Mutex mutex;
  GrpcErrors::Sink sink ABSL_GUARDED_BY(mutex);
  std::string told ABSL_GUARDED_BY(mutex);
};

// gRPC's hook takes a bare function, so this cannot be a member of anything.
Target& TheTarget() {
  static auto* const target = new Target;  // never destroyed: gRPC's threads may outlive main
  return *target;
}

void Hook(gpr_log_func_args* arguments) {
  const absl::string_view text = arguments->message;
  if (arguments->severity != GPR_LOG_SEVERITY_ERROR || absl::StrContains(text, "Handshake failed")) {
    return;
  }
  Target& target = TheTarget();
  const absl::MutexLock lock(&target.mutex);
  if (target.sink == nullptr || target.told == text) {
    return;
  }
  target.told = std::string(text);
  target.sink(text);
}

void SetTarget(GrpcErrors::Sink sink) {
  Target& target = TheTarget();
  const absl::MutexLock lock(&target.mutex);
  target.sink = std::move(sink);
  target.told.clear();
}

}  // namespace

GrpcErrors::GrpcErrors(Sink sink) {
  SetTarget(std::move(sink));
  gpr_set_log_function(Hook);
}

GrpcErrors::~GrpcErrors() { SetTarget(nullptr); }

}  // namespace arbiter::client
