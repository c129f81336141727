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

HttpAnswer Check(const std::string& why_not) {
  return why_not.empty() ? HttpAnswer{kOk, kText, "ok\n"}
                         : HttpAnswer{kUnavailable, kText, absl::StrCat(why_not, "\n")};
}

HttpAnswer AnswerTo(const HttpRequest& request, const HttpAnswers& answers) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {kMethodNotAllowed, kText, "only GET\n"};
  }
  if (request.path == "/metrics") {
    return {kOk, "text/plain; version=0.0.4; charset=utf-8", answers.metrics()};
  }
  if (request.path == "/healthz") {
    return Check(answers.why_not_alive());
  }
  if (request.path == "/readyz") {
    return Check(answers.why_not_ready());
  }
  return {kNotFound, kText, "there are /metrics, /healthz and /readyz\n"};
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> OpenHttpEndpoint(const Endpoint& listen, HttpAnswers answers,
                                                             const HttpLimits& limits) {
  return HttpServer::Open(listen, limits, [answers = std::move(answers)](const HttpRequest& request) {
    return AnswerTo(request, answers);
  });
}

}  // namespace arbiter::process
