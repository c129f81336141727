// Packets out of a capture file, pcap or pcapng, plain or compressed.
#ifndef PROBE_CAPTURE_CAPTURE_FILE_H_
#define PROBE_CAPTURE_CAPTURE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/capture/packet_source.h"
#include "probe/capture/record_reader.h"

namespace probe::capture {

// Not thread-safe. Any bytes may be in the file; a bad one ends in a status, never in a crash.
class CaptureFile {
 public:
  // `path` "-" is standard input. NotFound, PermissionDenied, or InvalidArgument when it is no capture file, or a pcap
  // whose link type is not understood; the status names the file.
  static absl::StatusOr<CaptureFile> Open(const std::string& path);

  // Hands over each packet in the order of the file. DataLoss, with the number of the packet that cannot be read, when
  // the file is truncated or damaged, and InvalidArgument, with their number, when packets were passed over whose link
  // type is not understood; all others have been handed over.
  absl::Status ReadAll(PacketSink sink);

 private:
  CaptureFile(std::string name, std::unique_ptr<RecordReader> records)
      : name_(std::move(name)), records_(std::move(records)) {}
  [[nodiscard]] absl::Status WhatWasPassedOver() const;

  std::string name_;
  std::unique_ptr<RecordReader> records_;
  std::uint64_t packets_ = 0;
  std::uint64_t passed_over_ = 0;
  int other_link_type_ = 0;  // of the last packet that was passed over
};

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_CAPTURE_FILE_H_
