#include "probe/capture/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace probe::capture {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

struct FileCloser {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

// What the system says, and nothing before it.
absl::Status OfErrno() {
  const absl::Status status = absl::ErrnoToStatus(errno, "");
  return {status.code(), absl::StripPrefix(status.message(), ": ")};
}

class FileBytes : public ByteSource {
 public:
  explicit FileBytes(FileHandle file) : file_(std::move(file)) {}

  absl::StatusOr<std::size_t> Read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::fread(into.data(), 1, into.size(), file_.get());
    if (count == 0 && !into.empty() && std::ferror(file_.get()) != 0) return OfErrno();
    return count;
  }

 private:
  FileHandle file_;
};

class PutBackBytes : public ByteSource {
 public:
  PutBackBytes(std::span<const std::uint8_t> bytes, std::unique_ptr<ByteSource> rest)
      : first_(bytes.begin(), bytes.end()), rest_(std::move(rest)) {}

  absl::StatusOr<std::size_t> Read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min(into.size(), first_.size() - taken_);
    std::copy_n(first_.begin() + static_cast<std::ptrdiff_t>(taken_), count, into.begin());
    taken_ += count;
    if (count == into.size()) return count;
    const absl::StatusOr<std::size_t> more = rest_->Read(into.subspan(count));
    if (more.ok()) return count + *more;
    return count > 0 ? absl::StatusOr<std::size_t>(count) : more;
  }

 private:
  std::vector<std::uint8_t> first_;
  std::size_t taken_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// What both decompressors have in common: compressed bytes come in pieces, and damage is told once all before it is.
class Decompressed : public ByteSource {
 public:
  explicit Decompressed(std::unique_ptr<ByteSource> compressed) : compressed_(std::move(compressed)), piece_(kPiece) {}

  absl::StatusOr<std::size_t> Read(std::span<std::uint8_t> into) override {
    std::size_t filled = 0;
    while (filled < into.size() && status_.ok() && !ended_) {
      const absl::StatusOr<std::size_t> count = Step(into.subspan(filled));
      if (count.ok()) {
        filled += *count;
      } else {
        status_ = count.status();
      }
    }
    if (filled == 0 && !status_.ok()) return status_;
    return filled;
  }

 protected:
  // Decompresses what there is into the front of `into`; how much that was.
  virtual absl::StatusOr<std::size_t> Decompress(std::span<std::uint8_t> into) = 0;

  std::span<const std::uint8_t> input_;
  bool between_ = true;  // no member or frame is begun

 private:
  absl::StatusOr<std::size_t> Step(std::span<std::uint8_t> into) {
    if (input_.empty()) {
      const absl::StatusOr<std::size_t> more = compressed_->Read(piece_);
      if (!more.ok()) return more.status();
      input_ = std::span<const std::uint8_t>(piece_).first(*more);
      // What is left inside of the decompressor comes out before the end does.
      const absl::StatusOr<std::size_t> last = *more > 0 ? 0 : between_ ? 0 : Decompress(into);
      if (*more > 0 || !last.ok() || *last > 0) return last;
      ended_ = true;
      return between_ ? absl::StatusOr<std::size_t>(0) : absl::DataLossError("the compressed file is truncated");
    }
    return Decompress(into);
  }

  std::unique_ptr<ByteSource> compressed_;
  std::vector<std::uint8_t> piece_;
  absl::Status status_;
  bool ended_ = false;
};

class GzipBytes : public Decompressed {
 public:
  explicit GzipBytes(std::unique_ptr<ByteSource> compressed) : Decompressed(std::move(compressed)) {
    constexpr int kGzipOnly = 15 + 16;
    usable_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~GzipBytes() override { inflateEnd(&stream_); }

 protected:
  absl::StatusOr<std::size_t> Decompress(std::span<std::uint8_t> into) override {
    if (!usable_) return absl::ResourceExhaustedError("no memory to decompress with");
    if (between_ && inflateReset(&stream_) != Z_OK) return absl::InternalError("reset the decompressor");
    between_ = false;
    stream_.next_in = const_cast<Bytef*>(input_.data());  // zlib's older interface; it does not write there
    stream_.avail_in = static_cast<uInt>(input_.size());
    stream_.next_out = into.data();
    stream_.avail_out = static_cast<uInt>(std::min(into.size(), kPiece));
    const std::size_t room = stream_.avail_out;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input_ = input_.last(stream_.avail_in);
    if (result == Z_STREAM_END) between_ = true;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return room - stream_.avail_out;
    return absl::DataLossError(absl::StrCat("decompress: ", stream_.msg != nullptr ? stream_.msg : zError(result)));
  }

 private:
  z_stream stream_{};
  bool usable_ = false;
};

struct ZstdCloser {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class ZstdBytes : public Decompressed {
 public:
  explicit ZstdBytes(std::unique_ptr<ByteSource> compressed)
      : Decompressed(std::move(compressed)), stream_(ZSTD_createDStream()) {}

 protected:
  absl::StatusOr<std::size_t> Decompress(std::span<std::uint8_t> into) override {
    if (stream_ == nullptr) return absl::ResourceExhaustedError("no memory to decompress with");
    ZSTD_inBuffer in{input_.data(), input_.size(), 0};
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream_.get(), &out, &in);
    input_ = input_.subspan(in.pos);
    if (ZSTD_isError(result) != 0) return absl::DataLossError(absl::StrCat("decompress: ", ZSTD_getErrorName(result)));
    between_ = result == 0;
    return out.pos;
  }

 private:
  std::unique_ptr<ZSTD_DStream, ZstdCloser> stream_;
};

}  // namespace

std::unique_ptr<ByteSource> PutBack(std::span<const std::uint8_t> bytes, std::unique_ptr<ByteSource> source) {
  return std::make_unique<PutBackBytes>(bytes, std::move(source));
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path) {
  FileHandle file(path == "-" ? stdin : std::fopen(path.c_str(), "re"));
  if (file == nullptr) return OfErrno();
  std::unique_ptr<ByteSource> source = std::make_unique<FileBytes>(std::move(file));
  std::array<std::uint8_t, 4> head{};
  const absl::StatusOr<std::size_t> count = source->Read(head);
  if (!count.ok()) return count.status();
  const std::span<const std::uint8_t> begin = std::span<const std::uint8_t>(head).first(*count);
  source = PutBack(begin, std::move(source));
  constexpr std::array<std::uint8_t, 2> kGzip = {0x1f, 0x8b};
  constexpr std::array<std::uint8_t, 4> kZstd = {0x28, 0xb5, 0x2f, 0xfd};
  if (*count >= kGzip.size() && std::equal(kGzip.begin(), kGzip.end(), head.begin())) {
    source = std::make_unique<GzipBytes>(std::move(source));
  } else if (*count == kZstd.size() && head == kZstd) {
    source = std::make_unique<ZstdBytes>(std::move(source));
  }
  return source;
}

}  // namespace probe::capture
