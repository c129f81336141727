// Writes capture files for tests: byte by byte, so that a test can make each of them wrong.
#ifndef TESTS_PROBE_CAPTURE_PCAP_WRITER_H_
#define TESTS_PROBE_CAPTURE_PCAP_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/probe/vrrp/frame_builder.h"

namespace probe::capture {

inline constexpr std::uint32_t kLinkTypeEthernet = 1;
inline constexpr std::uint32_t kLinkTypePpp = 9;
inline constexpr std::uint32_t kLinkTypeRaw = 101;
inline constexpr std::uint32_t kLinkTypeLinuxSll = 113;
inline constexpr std::uint32_t kLinkTypeLinuxSll2 = 276;

// The bytes of a capture file with these frames, one a second from 2026-01-02T03:04:05Z on.
std::string PcapFile(std::uint32_t link_type, const std::vector<vrrp::Packet>& frames);
std::string PcapngFile(std::uint32_t link_type, const std::vector<vrrp::Packet>& frames);

// One interface of a pcapng file and the frames that came from it.
struct PcapngInterface {
  std::uint32_t link_type = kLinkTypeEthernet;
  std::uint32_t snapshot_length = 65'535;
  std::vector<vrrp::Packet> frames;
  std::string options = {};  // as they stand in the file
};

// The same with several interfaces, which take turns; `swapped` is in the byte order that is not ours.
std::string PcapngFile(const std::vector<PcapngInterface>& interfaces, bool swapped = false);

// The bytes compressed, in one member or frame.
std::string Gzip(const std::string& bytes);
std::string Zstd(const std::string& bytes);

// A file of its own for the running test; gone with it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& contents);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace probe::capture

#endif  // TESTS_PROBE_CAPTURE_PCAP_WRITER_H_
