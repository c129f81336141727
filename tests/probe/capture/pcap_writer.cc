#include "tests/probe/capture/pcap_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

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

TemporaryFile::TemporaryFile(const std::string& contents) : path_(testing::TempDir() + "capture-XXXXXX") {
  const int fd = mkstemp(path_.data());
  EXPECT_GE(fd, 0);
  EXPECT_EQ(write(fd, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
  close(fd);
}

TemporaryFile::~TemporaryFile() { unlink(path_.c_str()); }

}  // namespace probe::capture
