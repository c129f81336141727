#include "arbiter/client/kept_certificates.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "arbiter/process/exit_code.h"
#include "arbiter/process/log.h"
#include "arbiter/process/write.h"

namespace arbiter::client {

absl::StatusOr<std::unique_ptr<KeptCertificates>> KeptCertificates::Open(const TlsFiles& files, absl::Time now) {
  const absl::StatusOr<TlsTexts> texts = ReadTlsFiles(files);
  if (!texts.ok()) {
    return texts.status();
  }
  if (absl::Status checked = CheckTls(files, *texts, now); !checked.ok()) {
    return checked;
  }
  auto certificates = std::unique_ptr<KeptCertificates>(new KeptCertificates(files, *texts));
  if (absl::Status kept = certificates->Keep(*texts); !kept.ok()) {
    return kept;
  }
  return certificates;
}

KeptCertificates::~KeptCertificates() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_one();
    thread_.join();
  }
}

// A number that gRPC reads from is pointed to another file in one step, so it never reads half of one. Between the key
// and the certificate it may read a pair that does not fit, once, and reads again ten seconds later.
absl::Status KeptCertificates::Keep(const TlsTexts& texts) {
  const std::array<const std::string*, 3> contents = {&texts.cert, &texts.key, &texts.ca};
  const std::array<std::string*, 3> names = {&kept_.cert, &kept_.key, &kept_.ca};
  for (std::size_t i = 0; i < copies_.size(); ++i) {
    absl::StatusOr<process::Descriptor> fresh = process::MemoryFile("certificate", *contents[i]);
    if (!fresh.ok()) {
      return fresh.status();
    }
    if (!copies_[i].ok()) {
      copies_[i] = *std::move(fresh);
      *names[i] = absl::StrCat("/proc/self/fd/", copies_[i].get());
    } else if (dup3(fresh->get(), copies_[i].get(), O_CLOEXEC) < 0) {
      return absl::ErrnoToStatus(errno, "keep a certificate in memory");
    }
  }
  return absl::OkStatus();
}

// What was not good is judged again each time: a certificate that is not yet valid becomes so, in the same file.
std::optional<absl::Status> KeptCertificates::Look(absl::Time now) {
  const absl::StatusOr<TlsTexts> texts = ReadTlsFiles(files_);
  if (texts.ok() && outcome_.ok() && *texts == seen_) {
    return std::nullopt;
  }
  absl::Status outcome = texts.ok() ? CheckTls(files_, *texts, now) : texts.status();
  if (outcome.ok()) {
    outcome = Keep(*texts);
  }
  const bool again = !outcome.ok() && outcome == outcome_;
  const bool told = std::exchange(told_, outcome.ok() || again);
  seen_ = texts.ok() ? *texts : TlsTexts();
  outcome_ = outcome;
  return outcome.ok() || (again && !told) ? std::optional(outcome) : std::nullopt;
}

void KeptCertificates::Watch(Report report) {
  thread_ = std::thread([this, report = std::move(report)] {
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, absl::ToChronoNanoseconds(kLookEvery), [this] { return stopping_; })) {
      if (const std::optional<absl::Status> outcome = Look(absl::Now()); outcome.has_value()) {
        report(*outcome);
      }
    }
  });
}

absl::StatusOr<Certificates> KeepCertificates(const TlsFiles& files, const process::Log& log) {
  if (files.empty()) return Certificates();
  absl::StatusOr<Certificates> certificates = KeptCertificates::Open(files, absl::Now());
  if (!certificates.ok()) return process::ConfigurationError(certificates.status());
  (*certificates)->Watch([&log](const absl::Status& outcome) {
    if (outcome.ok()) return log.Info("certificates", {{"text", "new ones were taken"}});
    log.Error("certificates",
              {{"text", "new ones are not taken, and the old ones stay"}, {"error", std::string(outcome.message())}});
  });
  return certificates;
}

TlsFiles KeptOf(const Certificates& certificates) {
  return certificates == nullptr ? TlsFiles() : certificates->kept();
}

}  // namespace arbiter::client
