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
  const absl::MutexLock lock(&target.mutex);
  if (target.sink != nullptr) {
    target.sink(arguments->message);
  }
}

void SetTarget(GrpcErrors::Sink sink) {
  Target& target = TheTarget();
  const absl::MutexLock lock(&target.mutex);
  target.sink = std::move(sink);
}

}  // namespace

GrpcErrors::GrpcErrors(Sink sink) {
  SetTarget(std::move(sink));
  gpr_set_log_function(Hook);
}

GrpcErrors::~GrpcErrors() { SetTarget(nullptr); }

GrpcErrors::Sink OfCaller(GrpcErrors::Sink sink) {
  return [sink = std::move(sink), told = std::string()](absl::string_view text) mutable {
    if (absl::StrContains(text, "Handshake failed") || told == text) {
      return;
    }
    told = std::string(text);
    sink(text);
  };
}

}  // namespace arbiter::client
