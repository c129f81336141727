// The bytes of a file, decompressed when it is compressed.
#ifndef PROBE_CAPTURE_BYTE_SOURCE_H_
#define PROBE_CAPTURE_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace probe::capture {

// Not thread-safe.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // Fills `into`, and returns how much of it: less only at the end. What comes before damage is returned first, and the
  // damage, DataLoss, by the next call.
  virtual absl::StatusOr<std::size_t> Read(std::span<std::uint8_t> into) = 0;
};

// `path` "-" is standard input. Whether it is compressed, by gzip or zstd, is seen by how it begins. An error of the
// system when it cannot be opened or read.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path);

// `source` with bytes in front that have been read from it already.
std::unique_ptr<ByteSource> PutBack(std::span<const std::uint8_t> bytes, std::unique_ptr<ByteSource> source);

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_BYTE_SOURCE_H_
