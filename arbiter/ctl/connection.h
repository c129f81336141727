// The way to the arbiter: one channel, a deadline for each question, and errors that say how to mend them.
#ifndef ARBITER_CTL_CONNECTION_H_
#define ARBITER_CTL_CONNECTION_H_

#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/ctl/options.h"
#include "arbiter/v1/operations_service.grpc.pb.h"

namespace arbiter::ctl {

class Connection {
 public:
  using Stub = v1::OperationsService::Stub;

  // Connects when the first question is asked. InvalidArgument for a server that cannot be one; FailedPrecondition and
  // the like for what is wrong with the TLS files.
  static absl::StatusOr<Connection> Open(const Options& options);

  // Asks one question. The status says what happened, where, and how to mend it.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout_);
    Response response;
    const grpc::Status status = ((*stub_).*rpc)(&context, request, &response);
    if (!status.ok()) return Explain(status);
    return response;
  }

  [[nodiscard]] Stub& stub() const { return *stub_; }
  [[nodiscard]] absl::Status Explain(const grpc::Status& status) const;

 private:
  Connection(std::unique_ptr<Stub> stub, const Options& options)
      : stub_(std::move(stub)),
        server_(options.server),
        timeout_(std::chrono::duration_cast<std::chrono::system_clock::duration>(options.timeout)),
        tls_(!options.tls.empty()) {}

  std::unique_ptr<Stub> stub_;
  std::string server_;
  std::chrono::system_clock::duration timeout_;
  bool tls_;
};

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_CONNECTION_H_
