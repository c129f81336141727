// The HTTP side: metrics, liveness and readiness.
#ifndef ARBITER_SERVER_HTTP_ENDPOINT_H_
#define ARBITER_SERVER_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "arbiter/client/endpoint.h"

struct mg_context;

namespace arbiter::server {

// What each path answers. Called from the server's own threads.
struct HttpAnswers {
  std::function<std::string()> metrics;        // GET /metrics
  std::function<std::string()> why_not_alive;  // GET /healthz: empty: 200, else 503 with the reason
  std::function<std::string()> why_not_ready;  // GET /readyz: the same
};

// Listens from Open to its destruction.
class HttpEndpoint {
 public:
  // The status says why the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Open(const client::Endpoint& listen, HttpAnswers answers);
  ~HttpEndpoint();
  HttpEndpoint(const HttpEndpoint&) = delete;
  HttpEndpoint& operator=(const HttpEndpoint&) = delete;

  [[nodiscard]] const HttpAnswers& answers() const { return answers_; }

 private:
  explicit HttpEndpoint(HttpAnswers answers) : answers_(std::move(answers)) {}

  const HttpAnswers answers_;
  mg_context* context_ = nullptr;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_HTTP_ENDPOINT_H_
