#include "probe/daemon/sniff_command.h"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <memory>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/process/exit_code.h"
#include "probe/capture/capture_file.h"
#include "probe/capture/tap.h"
#include "probe/netlink/unique_fd.h"
#include "probe/vrrp/advert_text.h"

namespace probe::daemon {
namespace {

using capture::Packet;
using capture::Tap;
using netlink::UniqueFd;

int Fail(const absl::Status& status, std::ostream& err) {
  err << "sniff: " << std::string(status.message()) << "\n" << std::flush;
  return absl::IsPermissionDenied(status) ? arbiter::process::kExitNotPermitted : arbiter::process::kExitFailed;
}

absl::Status NotWritten() { return absl::UnavailableError("write: the output is closed or full"); }

// Writes a line for each advert, and keeps count of what could not be read.
class Printer {
 public:
  Printer(bool json, std::ostream& out) : json_(json), out_(out) {}

  void Print(const std::string& interface, const Packet& packet) {
    const vrrp::Sighting sighting{packet.time, interface, packet.direction};
    if (const auto* advert = std::get_if<vrrp::Advertisement>(&packet.content)) Write(*advert, sighting);
    if (const auto* carp = std::get_if<vrrp::CarpAdvertisement>(&packet.content)) Write(*carp, sighting);
    if (const auto* malformed = std::get_if<vrrp::Malformed>(&packet.content)) Count(*malformed);
  }

  // One line for each way in which packets could not be read.
  void Summarise(std::ostream& err) const {
    for (const Tally& tally : malformed_) {
      if (tally.count == 0) continue;
      err << "sniff: " << tally.count << (tally.count == 1 ? " packet" : " packets") << " not readable ("
          << std::string(NameOf(tally.last.reason)) << "): " << ToText(tally.last) << "\n";
    }
  }

 private:
  struct Tally {
    std::uint64_t count = 0;
    vrrp::Malformed last;
  };

  template <typename Advert>
  void Write(const Advert& advert, const vrrp::Sighting& sighting) {
    out_ << (json_ ? ToJson(advert, sighting) : ToText(advert, sighting)) << "\n";
  }

  void Count(const vrrp::Malformed& malformed) {
    Tally& tally = malformed_[static_cast<std::size_t>(malformed.reason)];
    ++tally.count;
    tally.last = malformed;
  }

  bool json_;
  std::ostream& out_;
  std::array<Tally, vrrp::kMalformedReasons> malformed_;
};

int ReadFile(const SniffOptions& options, std::ostream& out, std::ostream& err) {
  absl::StatusOr<capture::CaptureFile> file = capture::CaptureFile::Open(*options.read);
  if (!file.ok()) return Fail(file.status(), err);
  Printer printer(options.json, out);
  const absl::Status read = file->ReadAll([&printer](const Packet& packet) { printer.Print("", packet); });
  const bool written = out.flush().good();
  printer.Summarise(err);
  if (!written) return Fail(NotWritten(), err);
  return read.ok() ? 0 : Fail(read, err);
}

// SIGINT and SIGTERM as a descriptor, for as long as this lives.
class StopSignals {
 public:
  StopSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
    fd_ = UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() {
    signalfd_siginfo taken{};
    while (read(fd_.get(), &taken, sizeof taken) > 0) {
      // The signal has done its work; unblocking must not deliver it a second time.
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

std::vector<std::string> EthernetLikeInterfaces() {
  std::set<std::string> names;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_PACKET || (at->ifa_flags & IFF_UP) == 0) continue;
    const auto* link = reinterpret_cast<const sockaddr_ll*>(at->ifa_addr);
    if (link->sll_hatype == ARPHRD_ETHER) names.insert(at->ifa_name);
  }
  freeifaddrs(first);
  return {names.begin(), names.end()};
}

struct Listener {
  std::string interface;
  std::unique_ptr<Tap> tap;
};

// Prints until it is told to stop, or until no interface is left.
class Live {
 public:
  Live(const SniffOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err), printer_(options.json, out) {}

  int Run() {
    poll_fd_ = UniqueFd(epoll_create1(EPOLL_CLOEXEC));
    if (!Watch(signals_.fd(), kStop) || (options_.stop_fd >= 0 && !Watch(options_.stop_fd, kStop))) {
      return Fail(absl::ErrnoToStatus(errno, "watch for signals"), err_);
    }
    if (const absl::Status opened = OpenAll(); !opened.ok()) return Fail(opened, err_);
    const auto name = [](std::string* text, const Listener& listener) { absl::StrAppend(text, listener.interface); };
    err_ << "sniff: listening on " << absl::StrJoin(listeners_, ", ", name) << "; Ctrl-C ends\n" << std::flush;
    const int code = Loop();
    const bool written = out_.flush().good();
    printer_.Summarise(err_);
    for (const Listener& listener : listeners_) ReportLoss(listener);
    return written || code != 0 ? code : Fail(NotWritten(), err_);
  }

 private:
  static constexpr std::uint64_t kStop = ~std::uint64_t{0};

  bool Watch(int fd, std::uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    return epoll_ctl(poll_fd_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  }

  absl::Status OpenAll() {
    const bool chosen = !options_.interfaces.empty();
    absl::Status first = absl::NotFoundError("no Ethernet-like interface is up (`ip link` lists them)");
    for (const std::string& interface : chosen ? options_.interfaces : EthernetLikeInterfaces()) {
      absl::Status opened = Open(interface);
      if (opened.ok()) continue;
      if (chosen || absl::IsPermissionDenied(opened)) return opened;
      err_ << "sniff: " << std::string(opened.message()) << "\n";  // it went away or down just now
      first = opened;
    }
    return listeners_.empty() ? first : absl::OkStatus();
  }

  absl::Status Open(const std::string& interface) {
    absl::StatusOr<std::unique_ptr<Tap>> tap = Tap::Open(interface, {.claims = false, .promiscuous = true});
    if (!tap.ok()) return tap.status();
    if (!Watch((*tap)->fd(), listeners_.size())) return absl::ErrnoToStatus(errno, absl::StrCat("watch ", interface));
    listeners_.push_back({interface, *std::move(tap)});
    return absl::OkStatus();
  }

  int Loop() {
    std::array<epoll_event, 16> events{};
    while (true) {
      const int count = epoll_wait(poll_fd_.get(), events.data(), static_cast<int>(events.size()), -1);
      if (count < 0 && errno != EINTR) return Fail(absl::ErrnoToStatus(errno, "wait for packets"), err_);
      for (int i = 0; i < count; ++i) {
        const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
        if (key == kStop) return 0;
        Drain(listeners_[key]);
      }
      if (!out_.flush()) return Fail(NotWritten(), err_);
      if (std::all_of(listeners_.begin(), listeners_.end(), [](const Listener& l) { return l.tap == nullptr; })) {
        return arbiter::process::kExitFailed;
      }
    }
  }

  void Drain(Listener& listener) {
    const absl::Status drained =
        listener.tap->Drain([&](const Packet& packet) { printer_.Print(listener.interface, packet); });
    if (drained.ok()) return;
    Fail(drained, err_);
    ReportLoss(listener);
    listener.tap.reset();
  }

  void ReportLoss(const Listener& listener) {
    if (listener.tap == nullptr) return;
    const std::uint64_t dropped = listener.tap->Loss().dropped;
    if (dropped > 0) err_ << "sniff: " << listener.interface << ": " << dropped << " packets lost by the kernel\n";
  }

  const SniffOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  Printer printer_;
  StopSignals signals_;
  UniqueFd poll_fd_;
  std::vector<Listener> listeners_;
};

}  // namespace

int RunSniff(const SniffOptions& options, std::ostream& out, std::ostream& err) {
  if (!options.read.has_value()) return Live(options, out, err).Run();
  if (options.interfaces.empty()) return ReadFile(options, out, err);
  err << "sniff: listening and reading a file exclude each other: give either an interface or a file\n";
  return arbiter::process::kExitUsage;
}

}  // namespace probe::daemon
