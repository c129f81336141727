// The HTTP side: metrics, liveness and readiness.
#ifndef PROBE_DAEMON_HTTP_ENDPOINT_H_
#define PROBE_DAEMON_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "probe/daemon/health.h"
#include "proto/value/endpoint.h"

struct mg_context;

namespace probe::daemon {

// What each path answers. Called from the server's own threads.
struct HttpAnswers {
  std::function<std::string()> metrics;   // GET /metrics
  std::function<Health::Answer()> alive;  // GET /healthz: 200 when it is good, else 503, with the text
  std::function<Health::Answer()> ready;  // GET /readyz: the same
};

// Listens from Open to its destruction.
class HttpEndpoint {
 public:
  // nullopt: listens nowhere. The status says that the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Open(const std::optional<arbiter::Endpoint>& listen,
                                                            HttpAnswers answers);
  ~HttpEndpoint();
  HttpEndpoint(const HttpEndpoint&) = delete;
  HttpEndpoint& operator=(const HttpEndpoint&) = delete;

  [[nodiscard]] const HttpAnswers& answers() const { return answers_; }

 private:
  explicit HttpEndpoint(HttpAnswers answers) : answers_(std::move(answers)) {}

  const HttpAnswers answers_;
  mg_context* context_ = nullptr;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_HTTP_ENDPOINT_H_
