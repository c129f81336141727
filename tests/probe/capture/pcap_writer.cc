#include "tests/probe/capture/pcap_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace probe::capture {
namespace {

constexpr std::uint32_t kStart = 1767323045;
constexpr std::uint32_t kSnapLength = 65'535;

void Append32(std::string& file, std::uint32_t number) {
  file.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void AppendBytes(std::string& file, const vrrp::Packet& frame) { file.append(frame.begin(), frame.end()); }

void AppendBlock(std::string& file, std::uint32_t type, std::string body) {
  body.resize((body.size() + 3) / 4 * 4);
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  Append32(file, type);
  Append32(file, length);
  file += body;
  Append32(file, length);
}

}  // namespace

std::string PcapFile(std::uint32_t link_type, const std::vector<vrrp::Packet>& frames) {
  std::string file;
  for (const std::uint32_t number : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, kSnapLength, link_type}) Append32(file, number);
  std::uint32_t time = kStart;
  for (const vrrp::Packet& frame : frames) {
    const auto length = static_cast<std::uint32_t>(frame.size());
    for (const std::uint32_t number : {time++, 0U, length, length}) Append32(file, number);
    AppendBytes(file, frame);
  }
  return file;
}

std::string PcapngFile(std::uint32_t link_type, const std::vector<vrrp::Packet>& frames) {
  std::string file;
  std::string section;
  for (const std::uint32_t number : {0x1a2b3c4dU, 0x00000001U, 0xffffffffU, 0xffffffffU}) Append32(section, number);
  AppendBlock(file, 0x0a0d0d0a, section);
  std::string interface;
  for (const std::uint32_t number : {link_type, kSnapLength}) Append32(interface, number);
  AppendBlock(file, 1, interface);
  std::uint64_t microseconds = std::uint64_t{kStart} * 1'000'000;
  for (const vrrp::Packet& frame : frames) {
    std::string packet;
    const auto length = static_cast<std::uint32_t>(frame.size());
    for (const std::uint32_t number : {0U, static_cast<std::uint32_t>(microseconds >> 32U),
                                       static_cast<std::uint32_t>(microseconds), length, length}) {
      Append32(packet, number);
    }
    AppendBytes(packet, frame);
    AppendBlock(file, 6, packet);
    microseconds += 1'000'000;
  }
  return file;
}

namespace {

// Appends numbers of 32 bits in one byte order or the other.
class NumberWriter {
 public:
  explicit NumberWriter(bool swapped) : swapped_(swapped) {}

  void Add(std::string& file, std::uint32_t number) const { Append32(file, Ordered(number)); }
  [[nodiscard]] std::uint32_t Ordered(std::uint32_t number) const {
    return swapped_ ? __builtin_bswap32(number) : number;
  }
  void AddBlock(std::string& file, std::uint32_t type, std::string body) const {
    body.resize((body.size() + 3) / 4 * 4);
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    Add(file, type);
    Add(file, length);
    file += body;
    Add(file, length);
  }

 private:
  bool swapped_;
};

void AddPacket(const NumberWriter& writer, std::uint32_t interface, const vrrp::Packet& frame, std::string& file) {
  constexpr std::uint64_t kMicroseconds = std::uint64_t{kStart} * 1'000'000;
  const auto length = static_cast<std::uint32_t>(frame.size());
  std::string packet;
  for (const std::uint32_t number : {interface, static_cast<std::uint32_t>(kMicroseconds >> 32U),
                                     static_cast<std::uint32_t>(kMicroseconds), length, length}) {
    writer.Add(packet, number);
  }
  AppendBytes(packet, frame);
  writer.AddBlock(file, 6, packet);
}

}  // namespace

std::string PcapngFile(const std::vector<PcapngInterface>& interfaces, bool swapped) {
  const NumberWriter writer(swapped);
  std::string file;
  std::string section;
  for (const std::uint32_t number : {0x1a2b3c4dU, swapped ? 0x00010000U : 1U, 0xffffffffU, 0xffffffffU}) {
    writer.Add(section, number);
  }
  writer.AddBlock(file, 0x0a0d0d0a, section);
  std::size_t most = 0;
  for (const PcapngInterface& one : interfaces) {
    std::string body;
    writer.Add(body, swapped ? one.link_type << 16U : one.link_type);
    writer.Add(body, one.snapshot_length);
    writer.AddBlock(file, 1, body + one.options);
    most = std::max(most, one.frames.size());
  }
  for (std::size_t turn = 0; turn < most; ++turn) {
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
      if (turn < interfaces[i].frames.size()) {
        AddPacket(writer, static_cast<std::uint32_t>(i), interfaces[i].frames[turn], file);
      }
    }
  }
  return file;
}

std::string Gzip(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input = bytes;
  std::string output(bytes.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

std::string Zstd(const std::string& bytes) {
  std::string output(ZSTD_compressBound(bytes.size()), '\0');
  output.resize(ZSTD_compress(output.data(), output.size(), bytes.data(), bytes.size(), 3));
  return output;
}

TemporaryFile::TemporaryFile(const std::string& contents) : path_(testing::TempDir() + "capture-XXXXXX") {
  const int fd = mkstemp(path_.data());
  EXPECT_GE(fd, 0);
  EXPECT_EQ(write(fd, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
  close(fd);
}

TemporaryFile::~TemporaryFile() { unlink(path_.c_str()); }

}  // namespace probe::capture
