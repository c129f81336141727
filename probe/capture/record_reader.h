// The packets of a capture file, one after the other, not parsed yet.
#ifndef PROBE_CAPTURE_RECORD_READER_H_
#define PROBE_CAPTURE_RECORD_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "probe/capture/byte_source.h"

namespace probe::capture {

struct Record {
  absl::Time time;
  std::span<const std::uint8_t> bytes;  // until the next one is read
  std::size_t original_length = 0;
  int link_type = 0;  // libpcap's DLT
};

// Not thread-safe.
class RecordReader {
 public:
  RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;
  virtual ~RecordReader() = default;

  // Nothing at the end of the file. DataLoss where it is truncated or damaged.
  virtual absl::StatusOr<std::optional<Record>> Next() = 0;
};

// pcap, by libpcap. InvalidArgument when it is none, or its link type is not understood.
absl::StatusOr<std::unique_ptr<RecordReader>> OpenPcap(std::unique_ptr<ByteSource> source);

// pcapng. libpcap refuses files whose interfaces differ in link type or snapshot length, so it is not asked.
std::unique_ptr<RecordReader> OpenPcapng(std::unique_ptr<ByteSource> source);

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_RECORD_READER_H_
