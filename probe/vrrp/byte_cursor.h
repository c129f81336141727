// Reads foreign bytes. A cursor can only shrink, and no read can leave the bytes that it was given.
#ifndef PROBE_VRRP_BYTE_CURSOR_H_
#define PROBE_VRRP_BYTE_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace probe::vrrp {

using Bytes = std::span<const std::uint8_t>;

// A header of N bytes whose fields are read at places that the compiler has checked. A view: the packet must outlive
// it.
template <std::size_t N>
class FixedBytes {
 public:
  explicit FixedBytes(std::span<const std::uint8_t, N> bytes) : bytes_(bytes) {}

  template <std::size_t kAt>
  [[nodiscard]] std::uint8_t U8() const {
    static_assert(kAt + 1 <= N);
    return bytes_[kAt];
  }

  // Network order, as all that is wider than a byte here.
  template <std::size_t kAt>
  [[nodiscard]] std::uint16_t U16() const {
    static_assert(kAt + 2 <= N);
    return static_cast<std::uint16_t>((bytes_[kAt] << 8U) | bytes_[kAt + 1]);
  }

  // Copies the bytes from kAt into a trivially copyable value of exactly that size.
  template <std::size_t kAt, typename T>
  [[nodiscard]] T As() const {
    static_assert(kAt + sizeof(T) <= N);
    T value;
    std::memcpy(&value, bytes_.data() + kAt, sizeof(T));
    return value;
  }

  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  std::span<const std::uint8_t, N> bytes_;
};

// A view: the packet must outlive it.
class ByteCursor {
 public:
  explicit ByteCursor(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  // How many bytes were taken so far: where in the packet the next read happens.
  [[nodiscard]] std::size_t offset() const { return taken_; }
  [[nodiscard]] Bytes rest() const { return rest_; }

  // The next N bytes, or nothing (and nothing is taken) when fewer are left.
  template <std::size_t N>
  [[nodiscard]] std::optional<FixedBytes<N>> Take() {
    if (rest_.size() < N) return std::nullopt;
    FixedBytes<N> head(rest_.first<N>());
    rest_ = rest_.subspan(N);
    taken_ += N;
    return head;
  }

  // The same for a length known only now.
  [[nodiscard]] std::optional<Bytes> Take(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const Bytes head = rest_.first(count);
    rest_ = rest_.subspan(count);
    taken_ += count;
    return head;
  }

  // Forgets all but the next `count` bytes (Ethernet padding, say); no effect when fewer are left.
  void KeepOnly(std::size_t count) {
    if (count < rest_.size()) rest_ = rest_.first(count);
  }

 private:
  Bytes rest_;
  std::size_t taken_ = 0;
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_BYTE_CURSOR_H_
