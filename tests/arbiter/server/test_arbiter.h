// A whole arbiter in the test's process, on a free loopback port, with a store in memory.
#ifndef TESTS_ARBITER_SERVER_TEST_ARBITER_H_
#define TESTS_ARBITER_SERVER_TEST_ARBITER_H_

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

#include "arbiter/process/log.h"
#include "arbiter/server/access.h"
#include "arbiter/server/desk.h"
#include "arbiter/server/directive_ledger.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/server/event_log.h"
#include "arbiter/server/grpc_server.h"
#include "arbiter/server/metrics.h"
#include "arbiter/server/operations_service.h"
#include "arbiter/server/operator_answers.h"
#include "arbiter/server/probe_service.h"
#include "arbiter/store/memory_store.h"

namespace arbiter::server {

class TestArbiter {
 public:
  struct Options {
    core::Policy policy;
    Limits limits;
    client::TlsFiles tls;
    Access::Roles roles;
    std::optional<client::Uids> only{};
  };

  // `store` may be one that an arbiter before this one has written.
  TestArbiter(store::MemoryStore* store, const Options& options);
  ~TestArbiter();
  TestArbiter(const TestArbiter&) = delete;
  TestArbiter& operator=(const TestArbiter&) = delete;

  // A connection of its own, in plaintext.
  [[nodiscard]] std::shared_ptr<grpc::Channel> Connect() const;
  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] EngineLoop& loop() { return loop_; }
  [[nodiscard]] ProbeService& probes() { return probes_; }
  [[nodiscard]] EventLog& events() { return events_; }
  [[nodiscard]] Access& access() { return access_; }
  [[nodiscard]] const Metrics& metrics() const { return metrics_; }

 private:
  process::Log log_;
  EventLog events_;
  Metrics metrics_;
  DirectiveLedger ledger_;
  EngineLoop loop_;
  Access access_;
  ProbeService probes_;
  OperatorAnswers answers_;
  Desk desk_;
  OperationsService operations_;
  std::unique_ptr<GrpcServer> server_;
};

}  // namespace arbiter::server

#endif  // TESTS_ARBITER_SERVER_TEST_ARBITER_H_
