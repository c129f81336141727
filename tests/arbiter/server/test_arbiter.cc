#include "tests/arbiter/server/test_arbiter.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <chrono>

#include "arbiter/client/channel.h"

namespace arbiter::server {
namespace {

v1::Welcome TestWelcome() {
  v1::Welcome welcome;
  welcome.set_arbiter("w1");
  welcome.set_arbiter_version("test");
  welcome.mutable_heartbeat_interval()->set_seconds(1);
  return welcome;
}

}  // namespace

TestArbiter::TestArbiter(store::MemoryStore* store, const Options& options)
    : log_(process::LogLevel::kDebug, std::make_shared<spdlog::sinks::null_sink_mt>()),
      loop_(options.policy, options.limits, {store, &log_, &events_, &metrics_, &ledger_}),
      access_(!options.tls.empty(), options.roles),
      probes_({&loop_, &access_, &ledger_, store, &log_, &metrics_}, options.limits, TestWelcome()),
      answers_(&loop_, store, &log_, {"w1", "test", std::chrono::steady_clock::now()}),
      desk_(2, options.limits.waiting_requests),
      operations_({&answers_, &desk_, &events_, &access_}, options.limits) {
  const auto remembered = store->Open();
  EXPECT_TRUE(remembered.ok()) << remembered.status();
  loop_.Start(*remembered);
  auto server =
      GrpcServer::Open({{"127.0.0.1", 0}, options.tls, options.only}, options.limits, {&probes_, &operations_}, &log_);
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
}

TestArbiter::~TestArbiter() {
  loop_.Stop();
  server_->Stop();
}

Endpoint TestArbiter::endpoint() const { return {"127.0.0.1", static_cast<std::uint16_t>(server_->port())}; }

std::shared_ptr<grpc::Channel> TestArbiter::Connect() const {
  return client::MakeChannel(endpoint(), *client::MakeCredentials({}));
}

}  // namespace arbiter::server
