#include "arbiter/server/http_endpoint.h"

#include <civetweb.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/server/listen_address.h"

namespace arbiter::server {
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

bool IsRead(mg_connection* connection) {
  const mg_request_info* request = mg_get_request_info(connection);
  const std::string method = request->request_method == nullptr ? "" : request->request_method;
  return method == "GET" || method == "HEAD";
}

int Check(mg_connection* connection, const std::string& why_not) {
  return why_not.empty() ? Reply(connection, kOk, "text/plain", "ok\n")
                         : Reply(connection, kUnavailable, "text/plain", why_not + "\n");
}

// One handler for all paths that are ours.
int Handle(mg_connection* connection, void* endpoint) {
  const HttpAnswers& answers = static_cast<HttpEndpoint*>(endpoint)->answers();
  if (!IsRead(connection)) {
    return Reply(connection, kMethodNotAllowed, "text/plain", "only GET\n");
  }
  const char* uri = mg_get_request_info(connection)->local_uri;
  const std::string path = uri == nullptr ? "" : uri;
  if (path == "/healthz") {
    return Check(connection, answers.why_not_alive());
  }
  if (path == "/readyz") {
    return Check(connection, answers.why_not_ready());
  }
  return Reply(connection, kOk, "text/plain; version=0.0.4; charset=utf-8", answers.metrics());
}

int Quiet(const mg_connection* /*connection*/, const char* /*message*/) { return 1; }

}  // namespace

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Open(const client::Endpoint& listen, HttpAnswers answers) {
  const absl::Status available = CheckAvailable(listen);
  if (!available.ok()) {
    return available;
  }
  std::unique_ptr<HttpEndpoint> endpoint(new HttpEndpoint(std::move(answers)));
  const std::string ports = listen.ToString();
  std::array<const char*, 11> options{
      "listening_ports",  ports.c_str(), "num_threads", "2", "request_timeout_ms", "5000", "enable_keep_alive", "no",
      "connection_queue", "16",          nullptr};
  mg_callbacks callbacks{};
  callbacks.log_message = Quiet;
  endpoint->context_ = mg_start(&callbacks, nullptr, options.data());
  if (endpoint->context_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("listen on ", ports, " for metrics: refused by the system"));
  }
  for (const char* path : {"/metrics", "/healthz", "/readyz"}) {
    mg_set_request_handler(endpoint->context_, path, Handle, endpoint.get());
  }
  return endpoint;
}

HttpEndpoint::~HttpEndpoint() {
  if (context_ != nullptr) {
    mg_stop(context_);
  }
}

}  // namespace arbiter::server
