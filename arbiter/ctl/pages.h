// Lists that the arbiter gives page by page.
#ifndef ARBITER_CTL_PAGES_H_
#define ARBITER_CTL_PAGES_H_

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "arbiter/ctl/connection.h"

namespace arbiter::ctl {

// The pages of the answer put together, until there are `limit` entries (0: all); next_page_token is that of the last
// one. `count` says how many entries a response has.
template <typename Request, typename Count>
auto AskPages(const Connection& arbiter, Request request, std::uint32_t limit, Count count) {
  using Answer = decltype(arbiter.Ask(request));
  using Response = typename Answer::value_type;
  constexpr std::uint32_t kPage = 500;
  Response all;
  do {
    const auto have = static_cast<std::uint32_t>(count(all));
    request.set_page_size(limit == 0 ? kPage : std::min(kPage, limit - have));
    const Answer page = arbiter.Ask(request);
    if (!page.ok()) return page;
    all.MergeFrom(*page);
    all.set_next_page_token(page->next_page_token());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && (limit == 0 || static_cast<std::uint32_t>(count(all)) < limit));
  return Answer(std::move(all));
}

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PAGES_H_
