// Health and reflection, asked by name and in raw bytes, as grpcurl and load balancers do.
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/arbiter/server/test_arbiter.h"

namespace arbiter::server {
namespace {

// One message there and one back; empty when the call fails or takes longer than 20 s.
std::string Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(&tag);
  queue.Next(&tag, &ok);
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, &tag);
  queue.Next(&tag, &ok);
  grpc::ByteBuffer buffer;
  call->Read(&buffer, &tag);
  queue.Next(&tag, &ok);
  std::vector<grpc::Slice> slices;
  std::string response;
  if (ok && buffer.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices) {
      response.append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
  }
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, &tag);
  queue.Next(&tag, &ok);
  return response;
}

TEST(StandardServices, HealthSaysServing) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  // HealthCheckResponse{status: SERVING}.
  EXPECT_EQ(Call(arbiter.Connect(), "/grpc.health.v1.Health/Check", ""), std::string("\x08\x01"));
}

TEST(StandardServices, ReflectionListsOurServices) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  // ServerReflectionRequest{list_services: "*"}.
  const std::string services = Call(arbiter.Connect(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                    std::string("\x3a\x01*"));
  EXPECT_NE(services.find("arbiter.v1.ProbeService"), std::string::npos);
  EXPECT_NE(services.find("arbiter.v1.OperationsService"), std::string::npos);
}

}  // namespace
}  // namespace arbiter::server
