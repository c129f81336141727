#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/capture/pcap_handle.h"
#include "probe/capture/record_reader.h"

namespace probe::capture {
namespace {

// What libpcap's FILE reads from; it closes it.
struct Cookie {
  std::unique_ptr<ByteSource> source;
  absl::Status* damage;
};

ssize_t ReadCookie(void* cookie, char* into, std::size_t size) {
  auto* const self = static_cast<Cookie*>(cookie);
  const absl::StatusOr<std::size_t> count = self->source->Read({reinterpret_cast<std::uint8_t*>(into), size});
  if (count.ok()) return static_cast<ssize_t>(*count);
  *self->damage = count.status();
  errno = EIO;
  return -1;
}

int CloseCookie(void* cookie) {
  delete static_cast<Cookie*>(cookie);
  return 0;
}

class PcapRecords : public RecordReader {
 public:
  absl::Status Open(std::unique_ptr<ByteSource> source) {
    auto cookie = std::make_unique<Cookie>(Cookie{std::move(source), &damage_});
    std::FILE* const file = fopencookie(cookie.get(), "r", {&ReadCookie, nullptr, nullptr, &CloseCookie});
    if (file == nullptr) return absl::ErrnoToStatus(errno, "open the capture");
    static_cast<void>(cookie.release());  // now the file's
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    handle_.reset(pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error.data()));
    if (handle_ == nullptr) {
      std::fclose(file);
      return damage_.ok() ? absl::InvalidArgumentError(error.data()) : damage_;
    }
    const int dlt = pcap_datalink(handle_.get());
    return LinkTypeOf(dlt) ? absl::OkStatus() : absl::InvalidArgumentError(NotUnderstood(dlt));
  }

  absl::StatusOr<std::optional<Record>> Next() override {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int read = pcap_next_ex(handle_.get(), &header, &bytes);
    if (read == PCAP_ERROR_BREAK) return std::nullopt;  // the end of the file
    if (read != 1) return damage_.ok() ? absl::DataLossError(pcap_geterr(handle_.get())) : damage_;
    return Record{TimeOf(*header), {bytes, header->caplen}, header->len, pcap_datalink(handle_.get())};
  }

 private:
  absl::Status damage_;
  PcapHandle handle_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RecordReader>> OpenPcap(std::unique_ptr<ByteSource> source) {
  auto records = std::make_unique<PcapRecords>();
  if (absl::Status opened = records->Open(std::move(source)); !opened.ok()) return opened;
  return std::unique_ptr<RecordReader>(std::move(records));
}

}  // namespace probe::capture
