// What a client that pings saw. Pure.
#ifndef TESTS_LAB_PING_RECORD_H_
#define TESTS_LAB_PING_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/instant.h"

namespace lab {

// A ping is lost when its answer did not come within kPatience.
class PingRecord {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(1);

  // The next ping leaves; returns its number.
  std::uint16_t Send(Instant at);
  // Its answer came. A number never sent, and a second answer, are ignored.
  void Receive(std::uint16_t number, Instant at);

  // Pings sent within [from, to).
  [[nodiscard]] int Sent(Instant from, Instant to) const;
  [[nodiscard]] int Lost(Instant from, Instant to) const;
  // The longest time between two answered pings in a row, by their sending.
  [[nodiscard]] Duration LongestGap(Instant from, Instant to) const;

  // "sent 120, lost 3, longest gap 200 ms, lost at 1.05 1.10 1.15 s" for a message.
  [[nodiscard]] std::string Describe(Instant from, Instant to) const;

 private:
  struct Ping {
    Instant sent;
    std::optional<Instant> answered;
  };
  [[nodiscard]] std::vector<Ping> Within(Instant from, Instant to) const;

  std::vector<Ping> pings_;
};

}  // namespace lab

#endif  // TESTS_LAB_PING_RECORD_H_
