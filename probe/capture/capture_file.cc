#include "probe/capture/capture_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::capture {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

absl::Status NotUnderstood(const std::string& name, int dlt) {
  const char* const dlt_name = pcap_datalink_val_to_name(dlt);
  return absl::InvalidArgumentError(absl::StrCat("read ", name, ": link type ",
                                                 dlt_name != nullptr ? dlt_name : absl::StrCat(dlt).c_str(),
                                                 " is not understood (Ethernet, LINUX_SLL, LINUX_SLL2 and RAW are)"));
}

}  // namespace

absl::StatusOr<CaptureFile> CaptureFile::Open(const std::string& path) {
  const bool standard_input = path == "-";
  std::string name = standard_input ? "standard input" : path;
  FileHandle file(standard_input ? stdin : std::fopen(path.c_str(), "re"));
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("read ", name));
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  PcapHandle handle(pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO, error.data()));
  if (handle == nullptr) {
    if (standard_input) static_cast<void>(file.release());
    return absl::InvalidArgumentError(absl::StrCat("read ", name, ": ", error.data()));
  }
  static_cast<void>(file.release());  // now the handle's; libpcap leaves stdin open
  const std::optional<vrrp::LinkType> link_type = LinkTypeOf(pcap_datalink(handle.get()));
  if (!link_type) return NotUnderstood(name, pcap_datalink(handle.get()));
  return CaptureFile(std::move(name), std::move(handle), *link_type);
}

absl::Status CaptureFile::ReadAll(PacketSink sink) {
  while (true) {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int read = pcap_next_ex(handle_.get(), &header, &bytes);
    if (read == PCAP_ERROR_BREAK) return absl::OkStatus();  // the end of the file
    if (read != 1) {
      return absl::DataLossError(
          absl::StrCat("read ", name_, ", packet ", packets_ + 1, ": ", pcap_geterr(handle_.get())));
    }
    ++packets_;
    vrrp::ParseResult content = vrrp::ParseFrame({bytes, header->caplen}, header->len, link_type_);
    vrrp::Direction direction = vrrp::Direction::kUnknown;
    if (const auto* advert = std::get_if<vrrp::Advertisement>(&content)) direction = advert->origin.direction;
    if (const auto* carp = std::get_if<vrrp::CarpAdvertisement>(&content)) direction = carp->origin.direction;
    sink(Packet{TimeOf(*header), direction, std::move(content)});
  }
}

}  // namespace probe::capture
