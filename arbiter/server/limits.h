// What peers may take of the arbiter at most. Each refusal is a status that names the limit.
#ifndef ARBITER_SERVER_LIMITS_H_
#define ARBITER_SERVER_LIMITS_H_

#include <chrono>
#include <cstddef>

#include "arbiter/core/vocabulary.h"
#include "arbiter/server/kept_reports.h"
#include "proto/codec/field_reader.h"

namespace arbiter::server {

struct Limits {
  // One message, either way.
  std::size_t message_bytes = 8U * 1024 * 1024;
  codec::ReportLimits report;
  // What is kept of a node, however many messages told it.
  KeptReports::Limits kept;
  // Distinct node names over the arbiter's life, and streams that are open at once.
  std::size_t nodes = 20'000;
  std::size_t streams = 20'100;
  // Messages that wait for a probe to read them; past that it is cut off.
  std::size_t unread_messages = 1'000;
  // Messages of one probe that wait for the engine; it is not read any further until one was taken.
  int untaken_messages = 4;
  // Directives a minute to one node that make it give something up. Those that end a hold are never held back.
  int directives_a_minute = 3'000;
  // From a connection to the end of its handshakes (TLS, then HTTP/2): what bounds those that are half open.
  core::Duration handshake_within = std::chrono::seconds(10);
  // New connections that are taken up at once, and a second after that: what bounds the work for handshakes, which is
  // done on the threads that serve everybody. A handshake with TLS takes 1.6 ms of a slow core, so 200 a second take a
  // third of one; 10,000 probes that all come back at once are back within a minute.
  int connections_at_once = 16;
  int connections_a_second = 200;
  // From the start of a stream to its snapshot.
  core::Duration attach_within = std::chrono::seconds(10);
  // A stream on which nothing was heard for this long is ended, and one to which a message could not be written.
  core::Duration silent_for = std::chrono::seconds(30);
  core::Duration write_within = std::chrono::seconds(10);
  // Live streams of events, and requests of operators that wait.
  std::size_t watchers = 64;
  std::size_t waiting_requests = 256;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_LIMITS_H_
