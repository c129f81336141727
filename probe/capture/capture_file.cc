#include "probe/capture/capture_file.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/capture/byte_source.h"
#include "probe/capture/pcap_handle.h"

namespace probe::capture {
namespace {

constexpr std::array<std::uint8_t, 4> kPcapng = {0x0a, 0x0d, 0x0d, 0x0a};

absl::Status At(const std::string& where, const absl::Status& status) {
  const absl::string_view what = status.message();
  return {status.code(), absl::StrCat("read ", where, what.empty() ? "" : ": ", what)};
}

}  // namespace

absl::StatusOr<CaptureFile> CaptureFile::Open(const std::string& path) {
  std::string name = path == "-" ? "standard input" : path.empty() ? "''" : path;
  absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenBytes(path);
  if (!source.ok()) return At(name, source.status());
  std::array<std::uint8_t, kPcapng.size()> head{};
  const absl::StatusOr<std::size_t> count = (*source)->Read(head);
  if (!count.ok()) return At(name, count.status());
  *source = PutBack(std::span<const std::uint8_t>(head).first(*count), *std::move(source));
  if (*count == head.size() && head == kPcapng) return CaptureFile(std::move(name), OpenPcapng(*std::move(source)));
  absl::StatusOr<std::unique_ptr<RecordReader>> pcap = OpenPcap(*std::move(source));
  if (!pcap.ok()) return At(name, pcap.status());
  return CaptureFile(std::move(name), *std::move(pcap));
}

absl::Status CaptureFile::ReadAll(PacketSink sink) {
  while (true) {
    const absl::StatusOr<std::optional<Record>> record = records_->Next();
    if (!record.ok()) return At(absl::StrCat(name_, ", packet ", packets_ + 1), record.status());
    if (!record->has_value()) return WhatWasPassedOver();
    ++packets_;
    const std::optional<vrrp::LinkType> link_type = LinkTypeOf((*record)->link_type);
    if (!link_type) {
      ++passed_over_;
      other_link_type_ = (*record)->link_type;
      continue;
    }
    vrrp::ParseResult content = vrrp::ParseFrame((*record)->bytes, (*record)->original_length, *link_type);
    vrrp::Direction direction = vrrp::Direction::kUnknown;
    if (const auto* advert = std::get_if<vrrp::Advertisement>(&content)) direction = advert->origin.direction;
    if (const auto* carp = std::get_if<vrrp::CarpAdvertisement>(&content)) direction = carp->origin.direction;
    sink(Packet{(*record)->time, direction, std::move(content)});
  }
}

absl::Status CaptureFile::WhatWasPassedOver() const {
  if (passed_over_ == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("read ", name_, ": ", passed_over_, " of ", packets_,
                                                 " packets passed over: ", NotUnderstood(other_link_type_)));
}

}  // namespace probe::capture
