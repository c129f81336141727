// Packets out of a capture file, pcap or pcapng.
#ifndef PROBE_CAPTURE_CAPTURE_FILE_H_
#define PROBE_CAPTURE_CAPTURE_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/capture/packet_source.h"
#include "probe/capture/pcap_handle.h"

namespace probe::capture {

// Not thread-safe. Any bytes may be in the file; a bad one ends in a status, never in a crash.
class CaptureFile {
 public:
  // `path` "-" is standard input. NotFound, PermissionDenied, or InvalidArgument when it is no capture file or its link
  // type is not understood; the status names the file.
  static absl::StatusOr<CaptureFile> Open(const std::string& path);

  // Hands over each packet in the order of the file. DataLoss, with the number of the packet that cannot be read, when
  // the file is truncated or damaged; what came before it has been handed over.
  absl::Status ReadAll(PacketSink sink);

 private:
  CaptureFile(std::string name, PcapHandle handle, vrrp::LinkType link_type)
      : name_(std::move(name)), handle_(std::move(handle)), link_type_(link_type) {}

  std::string name_;
  PcapHandle handle_;
  vrrp::LinkType link_type_;
  std::uint64_t packets_ = 0;
};

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_CAPTURE_FILE_H_
