// The HTTP side: metrics, liveness and readiness.
#ifndef ARBITER_PROCESS_HTTP_ENDPOINT_H_
#define ARBITER_PROCESS_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "arbiter/process/http_server.h"
#include "proto/value/endpoint.h"

namespace arbiter::process {

// What each path answers. Called from the server's own threads.
struct HttpAnswers {
  std::function<std::string()> metrics;        // GET /metrics
  std::function<std::string()> why_not_alive;  // GET /healthz: empty: 200, else 503 with the reason
  std::function<std::string()> why_not_ready;  // GET /readyz: the same
};

// Listens for as long as what it returns lives. The status says why the address cannot be listened on.
absl::StatusOr<std::unique_ptr<HttpServer>> OpenHttpEndpoint(const Endpoint& listen, HttpAnswers answers,
                                                             const HttpLimits& limits = {});

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_HTTP_ENDPOINT_H_
