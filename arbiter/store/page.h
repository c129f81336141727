// Pages of a list of incidents or of the audit, newest first. An entry's place is the number that its first write gave
// it.
#ifndef ARBITER_STORE_PAGE_H_
#define ARBITER_STORE_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter::store {

// How many entries a page of this asked-for size has.
std::size_t PageSize(std::size_t asked);

// Only entries with a smaller number belong on the page. InvalidArgument for a token that PageToken() did not make.
absl::StatusOr<std::int64_t> PageBefore(absl::string_view token);

// The page that continues behind the entry of this number.
std::string PageToken(std::int64_t last_number);

}  // namespace arbiter::store

#endif  // ARBITER_STORE_PAGE_H_
