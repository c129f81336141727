// Tells ThreadSanitizer what follows what through gRPC, which is compiled without it: an operation is completed after
// it was started, though a thread of gRPC's own picks it up, and a server serves after all that its starter has
// prepared.
//
// These definitions stand in front of libgrpc's; libgrpc++ calls them as well. Only operations of one tag are put in
// order, so a race between two calls is seen as one.
#include <grpc/grpc.h>
#include <grpcpp/server.h>
#include <grpcpp/support/server_callback.h>
#include <sanitizer/tsan_interface.h>

#include "tests/tsan/real.h"

namespace {

using grpc::internal::ServerCallbackCall;
using tsan::Real;

constinit Real<grpc_call_error(grpc_call*, const grpc_op*, size_t, void*, void*)> real_start("grpc_call_start_batch");
constinit Real<grpc_event(grpc_completion_queue*, gpr_timespec, void*)> real_next("grpc_completion_queue_next");
constinit Real<grpc_event(grpc_completion_queue*, void*, gpr_timespec, void*)> real_pluck(
    "grpc_completion_queue_pluck");
constinit Real<void(grpc_server*)> real_serve("grpc_server_start");
constinit Real<void(ServerCallbackCall*, bool)> real_done("_ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb");

constinit Real<void(grpc::Server*)> real_unref("_ZN4grpc6Server23UnrefWithPossibleNotifyEv");
constinit Real<void(grpc::Server*)> real_wait("_ZN4grpc6Server18UnrefAndWaitLockedEv");

// An address that stands for "a server was started".
char served;

}  // namespace

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag, void* reserved) {
  __tsan_release(tag);
  return real_start(call, ops, count, tag, reserved);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline, void* reserved) {
  const grpc_event event = real_next(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) {
    __tsan_acquire(&served);
    __tsan_acquire(event.tag);
  }
  return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag, gpr_timespec deadline, void* reserved) {
  const grpc_event event = real_pluck(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

void grpc_server_start(grpc_server* server) {
  __tsan_release(&served);
  real_serve(server);
}

}  // extern "C"

// OnDone() follows all other reactions of a call, which it counts; where libgrpc++ itself counts the last, that is not
// seen.
void grpc::internal::ServerCallbackCall::ScheduleOnDone(bool inline_ondone) {
  __tsan_acquire(&callbacks_outstanding_);
  real_done(this, inline_ondone);
}

// A server's end follows the end of each of its calls, which it counts too.
void grpc::Server::UnrefWithPossibleNotify() {
  __tsan_release(&shutdown_refs_outstanding_);
  real_unref(this);
}

void grpc::Server::UnrefAndWaitLocked() {
  real_wait(this);
  __tsan_acquire(&shutdown_refs_outstanding_);
}
