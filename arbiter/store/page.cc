#include "arbiter/store/page.h"

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace arbiter::store {
namespace {

constexpr std::size_t kDefaultPage = 100;
constexpr std::size_t kLargestPage = 1000;

}  // namespace

std::size_t PageSize(std::size_t asked) { return asked == 0 ? kDefaultPage : std::min(asked, kLargestPage); }

absl::StatusOr<std::int64_t> PageBefore(absl::string_view token) {
  if (token.empty()) return std::numeric_limits<std::int64_t>::max();
  absl::string_view digits = token;
  std::int64_t number = 0;
  if (!absl::ConsumePrefix(&digits, "before-") || !absl::SimpleAtoi(digits, &number) || number < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("page token '", token, "' is none of ours: use the next_page_token of the page before"));
  }
  return number;
}

std::string PageToken(std::int64_t last_number) { return absl::StrCat("before-", last_number); }

}  // namespace arbiter::store
