// A probe that speaks the protocol and says what it is told to say: that it holds a VIP, advertises it with the highest
// priority, reaches everybody, and sees nobody else.
//
//     lying_probe HOST:PORT CLUSTER NODE VIP ADDRESS
//
// ADDRESS is what it calls its own. Obeys nothing. Ends when the arbiter ends the stream, or by a signal.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "arbiter/v1/probe_service.grpc.pb.h"

namespace {

using Stream = grpc::ClientReaderWriter<arbiter::v1::ProbeMessage, arbiter::v1::ArbiterMessage>;

struct Lie {
  std::string cluster;
  std::string node;
  std::string vip;
  std::string address;
};

arbiter::v1::VipReport Claim(const Lie& lie) {
  arbiter::v1::VipReport vip;
  vip.set_address(lie.vip);
  vip.set_configured(true);
  vip.set_effective(true);
  vip.set_interface("eth0");
  vip.mutable_configured_for()->set_seconds(1);
  vip.set_gate(arbiter::v1::GATE_STATE_OPEN);
  vip.set_advertises(true);
  vip.set_vrid(66);
  vip.set_priority(255);
  vip.set_version(2);
  vip.mutable_advert_interval()->set_seconds(1);
  vip.mutable_master_down_interval()->set_seconds(3);
  vip.set_primary_address(lie.address);
  vip.set_instance("VI_1");
  vip.add_bound_together(lie.vip);
  vip.set_daemon(arbiter::v1::DAEMON_STATE_RUNNING);
  vip.set_in_daemon_config(true);
  vip.set_vouched(true);
  arbiter::v1::Rung* gate = vip.add_rungs();
  gate->set_kind(arbiter::v1::RUNG_KIND_GATE);
  gate->set_usable(true);
  return vip;
}

arbiter::v1::ProbeMessage Snapshot(const Lie& lie) {
  arbiter::v1::ProbeMessage message;
  arbiter::v1::NodeReport* node = message.mutable_snapshot()->mutable_node();
  node->set_daemon(arbiter::v1::DAEMON_STATE_RUNNING);
  node->set_gate_usable(true);
  node->add_addresses(lie.address);
  *message.mutable_snapshot()->add_vips() = Claim(lie);
  return message;
}

arbiter::v1::ProbeMessage Affirm(const Lie& lie, const arbiter::v1::AffirmRequest& request) {
  arbiter::v1::ProbeMessage message;
  arbiter::v1::Affirmation* answer = message.mutable_affirmation();
  answer->set_nonce(request.nonce());
  *answer->add_vips() = Claim(lie);
  arbiter::v1::Reach& reach = (*answer->mutable_reach())[lie.vip];
  reach.set_asked(3);
  reach.set_answered(3);
  answer->add_segment_asked(lie.vip);
  return message;
}

// What is written comes from two threads.
class Writer {
 public:
  explicit Writer(Stream& stream) : stream_(stream), life_([this] { Live(); }) {}
  ~Writer() {
    stops_ = true;
    life_.join();
  }

  void Say(const arbiter::v1::ProbeMessage& message) {
    const std::lock_guard lock(mutex_);
    stream_.Write(message);
  }

 private:
  void Live() {
    for (std::uint64_t beat = 1; !stops_; ++beat) {
      arbiter::v1::ProbeMessage message;
      message.mutable_heartbeat()->set_probe_time_ns(beat);
      Say(message);
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
  }

  Stream& stream_;
  std::mutex mutex_;
  std::atomic<bool> stops_ = false;
  std::thread life_;
};

int Run(const std::string& arbiter, const Lie& lie) {
  const auto stub =
      arbiter::v1::ProbeService::NewStub(grpc::CreateChannel(arbiter, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  const std::unique_ptr<Stream> stream = stub->Attach(&context);
  arbiter::v1::ProbeMessage message;
  message.mutable_hello()->set_cluster(lie.cluster);
  message.mutable_hello()->set_node(lie.node);
  message.mutable_hello()->set_instance("1");
  message.mutable_hello()->set_probe_version("lies");
  message.mutable_hello()->set_protocol(2);
  stream->Write(message);
  arbiter::v1::ArbiterMessage heard;
  if (!stream->Read(&heard) || !heard.has_welcome()) return 1;
  stream->Write(Snapshot(lie));
  std::printf("attached\n");
  std::fflush(stdout);
  {
    Writer writer(*stream);
    while (stream->Read(&heard)) {
      if (heard.has_affirm()) writer.Say(Affirm(lie, heard.affirm()));
    }
  }
  std::printf("%s\n", stream->Finish().error_message().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 64;
  return Run(argv[1], {argv[2], argv[3], argv[4], argv[5]});
}
