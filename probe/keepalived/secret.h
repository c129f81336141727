// A password on its way from the configuration to its fingerprint.
#ifndef PROBE_KEEPALIVED_SECRET_H_
#define PROBE_KEEPALIVED_SECRET_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace probe::keepalived {

// Holds a password and nothing that could print it: no stream operator, no conversion to text. Its bytes are
// overwritten when it is destroyed, assigned to or moved from. Copies are secrets of their own.
class Secret {
 public:
  Secret() = default;
  explicit Secret(absl::string_view text);
  ~Secret();
  Secret(const Secret& other);
  Secret& operator=(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  // The bytes, for a digest. Valid until this secret changes or dies; never log them.
  [[nodiscard]] absl::Span<const std::uint8_t> bytes() const { return bytes_; }

  // In a time that does not tell where they differ.
  friend bool operator==(const Secret& a, const Secret& b);

 private:
  void Wipe();
  std::vector<std::uint8_t> bytes_;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_SECRET_H_
