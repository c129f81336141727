#include "probe/daemon/http_endpoint.h"

#include <civetweb.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::daemon {
namespace {

constexpr int kOk = 200;
constexpr int kUnavailable = 503;
constexpr int kMethodNotAllowed = 405;

int Reply(mg_connection* connection, int code, const std::string& type, const std::string& body) {
  mg_printf(connection, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", code,
            mg_get_response_code_text(connection, code), type.c_str(), body.size());
  mg_write(connection, body.data(), body.size());
  return code;
}

int Reply(mg_connection* connection, const Health::Answer& answer) {
  return Reply(connection, answer.good ? kOk : kUnavailable, "text/plain", answer.text + "\n");
}

bool IsRead(const mg_request_info& request) {
  const std::string method = request.request_method == nullptr ? "" : request.request_method;
  return method == "GET" || method == "HEAD";
}

// One function for all paths that are ours.
int Serve(mg_connection* connection, void* endpoint) {
  const HttpAnswers& answers = static_cast<HttpEndpoint*>(endpoint)->answers();
  const mg_request_info& request = *mg_get_request_info(connection);
  if (!IsRead(request)) return Reply(connection, kMethodNotAllowed, "text/plain", "only GET\n");
  const std::string path = request.local_uri == nullptr ? "" : request.local_uri;
  if (path == "/healthz") return Reply(connection, answers.alive());
  if (path == "/readyz") return Reply(connection, answers.ready());
  return Reply(connection, kOk, "text/plain; version=0.0.4; charset=utf-8", answers.metrics());
}

int Quiet(const mg_connection* /*connection*/, const char* /*message*/) { return 1; }

}  // namespace

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Open(const std::optional<arbiter::Endpoint>& listen,
                                                                 HttpAnswers answers) {
  std::unique_ptr<HttpEndpoint> endpoint(new HttpEndpoint(std::move(answers)));
  if (!listen) return endpoint;
  const std::string ports = listen->ToString();
  // Two threads, so that one slow scrape does not stand before a question for the health.
  std::array<const char*, 11> options{
      "listening_ports",  ports.c_str(), "num_threads", "2", "request_timeout_ms", "5000", "enable_keep_alive", "no",
      "connection_queue", "16",          nullptr};
  mg_callbacks callbacks{};
  callbacks.log_message = Quiet;
  endpoint->context_ = mg_start(&callbacks, nullptr, options.data());
  if (endpoint->context_ == nullptr) {  // it does not say why
    return absl::UnavailableError(absl::StrCat("listen on ", ports,
                                               " for metrics: refused by the system; is the port in use, or the "
                                               "address not this host's?"));
  }
  for (const char* path : {"/metrics", "/healthz", "/readyz"}) {
    mg_set_request_handler(endpoint->context_, path, Serve, endpoint.get());
  }
  return endpoint;
}

HttpEndpoint::~HttpEndpoint() {
  if (context_ != nullptr) mg_stop(context_);
}

}  // namespace probe::daemon
