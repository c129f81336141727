#include "arbiter/wire/arbiter_message.h"

#include "proto/codec/time.h"

namespace arbiter::wire {

v1::AffirmRequest ToProto(const core::AskAffirm& ask) {
  v1::AffirmRequest message;
  message.set_nonce(ask.nonce);
  for (const IpAddress& vip : ask.vips) {
    message.add_vips(vip.ToString());
  }
  *message.mutable_within() = codec::ToProto(ask.within);
  for (const IpAddress& address : ask.node_addresses) {
    message.add_node_addresses(address.ToString());
  }
  message.set_gate_may_follow(ask.gate_may_follow);
  message.set_ask_segment(ask.ask_segment);
  message.set_in_contest(ask.in_contest);
  return message;
}

v1::KnownVips ToProto(const std::vector<IpAddress>& known_vips) {
  v1::KnownVips message;
  for (const IpAddress& vip : known_vips) {
    message.add_vips(vip.ToString());
  }
  return message;
}

}  // namespace arbiter::wire
