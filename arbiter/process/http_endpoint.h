// The HTTP side: metrics, liveness and readiness.
#ifndef ARBITER_PROCESS_HTTP_ENDPOINT_H_
#define ARBITER_PROCESS_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/process/http_server.h"
#include "proto/value/endpoint.h"

namespace arbiter::process {

struct HealthAnswer {
  bool good = false;
  std::string text;  // one line
};

// "ok", or what is wrong.
HealthAnswer HealthOf(const absl::Status& status);

// What each path answers. Called from the server's own threads.
struct HttpAnswers {
  std::function<std::string()> metrics;  // GET /metrics
  std::function<HealthAnswer()> alive;   // GET /healthz: 200 when it is good, else 503, with the text
  std::function<HealthAnswer()> ready;   // GET /readyz: the same
};

// Listens for as long as what it returns lives; null for nowhere. The status says why the address cannot be listened
// on.
absl::StatusOr<std::unique_ptr<HttpServer>> OpenHttpEndpoint(const std::optional<Endpoint>& listen, HttpAnswers answers,
                                                             const HttpLimits& limits = {});

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_HTTP_ENDPOINT_H_
