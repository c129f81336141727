#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "arbiter/notify/body.h"
#include "arbiter/notify/delivery.h"
#include "arbiter/notify/token.h"

namespace arbiter::notify {
namespace {

// An answer says little; one that goes on is cut off.
constexpr std::size_t kMostAnswer = std::size_t{64} * 1024;

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

// Takes the answer and drops it, up to kMostAnswer bytes.
std::size_t CountAnswer(char* /*bytes*/, std::size_t size, std::size_t count, void* so_far) {
  auto& total = *static_cast<std::size_t*>(so_far);
  total += size * count;
  return total > kMostAnswer ? 0 : size * count;
}

int IsStopping(void* stopping, curl_off_t /*to*/, curl_off_t /*got*/, curl_off_t /*send*/, curl_off_t /*sent*/) {
  return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

HeaderList WithHeader(HeaderList list, const std::string& header) {
  curl_slist* longer = curl_slist_append(list.get(), header.c_str());
  if (longer == nullptr) return list;
  (void)list.release();  // it is the longer one's now
  return HeaderList(longer);
}

absl::Status StatusOfAnswer(long code) {
  constexpr long kFirstSuccess = 200;
  constexpr long kAfterSuccess = 300;
  if (code >= kFirstSuccess && code < kAfterSuccess) return absl::OkStatus();
  const std::string text = absl::StrCat("the receiver answered ", code);
  // It has read the notification and finds it wrong; it would do so each time.
  const bool refused = code == 400 || code == 413 || code == 422;
  return refused ? absl::InvalidArgumentError(text) : absl::UnavailableError(text);
}

class Webhook final : public Delivery {
 public:
  explicit Webhook(const Target& target) : target_(target) {
    if (target_.is_alertmanager()) {
      target_.webhook.url = absl::StrCat(absl::StripSuffix(target_.webhook.url, "/"), "/api/v2/alerts");
    }
  }

  absl::Status Deliver(const store::Notification& notification, const std::atomic<bool>& stopping) override {
    HeaderList headers = WithHeader(nullptr, "Content-Type: application/json");
    headers = WithHeader(std::move(headers), absl::StrCat("Idempotency-Key: ", notification.id));
    headers = WithHeader(std::move(headers), "Expect:");
    if (!target_.webhook.bearer_token_file.empty()) {
      // At each attempt: tokens are rotated.
      const absl::StatusOr<std::string> token = ReadToken(target_.webhook.bearer_token_file);
      if (!token.ok()) return token.status();
      headers = WithHeader(std::move(headers), absl::StrCat("Authorization: Bearer ", *token));
    }
    const std::string body =
        target_.is_alertmanager() ? AlertmanagerBody(notification, absl::Now()) : JsonBody(notification);
    return Post(body, headers.get(), stopping);
  }

 private:
  absl::Status Post(const std::string& body, curl_slist* headers, const std::atomic<bool>& stopping) const {
    const Easy easy(curl_easy_init());
    if (easy == nullptr) return absl::InternalError("libcurl gives no handle");
    CURL* const curl = easy.get();
    std::size_t answered = 0;
    std::array<char, CURL_ERROR_SIZE> error{};
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error.data());
    curl_easy_setopt(curl, CURLOPT_URL, target_.webhook.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, Milliseconds());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "arbiter");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, CountAnswer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answered);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, IsStopping);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&stopping));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!target_.webhook.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, target_.webhook.ca.c_str());
    const CURLcode done = curl_easy_perform(curl);
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    // An answer that was too long, or was not finished, is an answer all the same.
    if (done != CURLE_OK && !(done == CURLE_WRITE_ERROR && code != 0)) {
      return absl::UnavailableError(error[0] == '\0' ? curl_easy_strerror(done) : error.data());
    }
    return StatusOfAnswer(code);
  }

  [[nodiscard]] long Milliseconds() const {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(target_.timeout).count());
  }

  Target target_;
};

}  // namespace

std::unique_ptr<Delivery> MakeWebhook(const Target& target) { return std::make_unique<Webhook>(target); }

}  // namespace arbiter::notify
