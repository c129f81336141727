// Whole capture files.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "probe/capture/capture_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int memory = memfd_create("capture", MFD_CLOEXEC);
  if (ftruncate(memory, 0) != 0 || pwrite(memory, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  auto file = probe::capture::CaptureFile::Open("/proc/self/fd/" + std::to_string(memory));
  if (file.ok()) static_cast<void>(file->ReadAll([](const probe::capture::Packet&) {}));
  return 0;
}
