#include "arbiter/process/http_endpoint.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::process {
namespace {

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kUnavailable = 503;
constexpr char kText[] = "text/plain";

HttpAnswer Check(const HealthAnswer& health) {
  return {health.good ? kOk : kUnavailable, kText, absl::StrCat(health.text, "\n")};
}

HttpAnswer AnswerTo(const HttpRequest& request, const HttpAnswers& answers) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {kMethodNotAllowed, kText, "only GET\n"};
  }
  if (request.path == "/metrics") {
    return {kOk, "text/plain; version=0.0.4; charset=utf-8", answers.metrics()};
  }
  if (request.path == "/healthz") {
    return Check(answers.alive());
  }
  if (request.path == "/readyz") {
    return Check(answers.ready());
  }
  return {kNotFound, kText, "there are /metrics, /healthz and /readyz\n"};
}

}  // namespace

HealthAnswer HealthOf(const absl::Status& status) {
  return {status.ok(), status.ok() ? "ok" : std::string(status.message())};
}

absl::StatusOr<std::unique_ptr<HttpServer>> OpenHttpEndpoint(const std::optional<Endpoint>& listen, HttpAnswers answers,
                                                             const HttpLimits& limits) {
  if (!listen.has_value()) {
    return std::unique_ptr<HttpServer>();
  }
  return HttpServer::Open(*listen, limits, [answers = std::move(answers)](const HttpRequest& request) {
    return AnswerTo(request, answers);
  });
}

}  // namespace arbiter::process
