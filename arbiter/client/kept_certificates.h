// Certificate files that may change while a daemon runs.
#ifndef ARBITER_CLIENT_KEPT_CERTIFICATES_H_
#define ARBITER_CLIENT_KEPT_CERTIFICATES_H_

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "arbiter/client/tls_files.h"
#include "arbiter/process/descriptor.h"

namespace arbiter::process {
class Log;
}

namespace arbiter::client {

// gRPC takes whatever it finds in a file, and a key that does not fit ends every new connection. So it reads from
// copies in memory, and a copy is replaced only by a set that was found good: a botched copy of a renewed certificate
// changes nothing but the log.
class KeptCertificates {
 public:
  // OK: new ones were taken. Else why those that are there were not; the kept ones stay.
  using Report = std::function<void(const absl::Status& outcome)>;

  // Statuses of CheckTlsFiles.
  static absl::StatusOr<std::unique_ptr<KeptCertificates>> Open(const TlsFiles& files, absl::Time now);
  ~KeptCertificates();
  KeptCertificates(const KeptCertificates&) = delete;
  KeptCertificates& operator=(const KeptCertificates&) = delete;

  // The names of the copies, for this process.
  [[nodiscard]] const TlsFiles& kept() const { return kept_; }

  // Looks at the files once. nullopt: nothing to tell. What is not good is told when it is found a second time in a
  // row: a copy may just be under way.
  std::optional<absl::Status> Look(absl::Time now);

  // Looks every kLookEvery from now on, on a thread of its own, which `report` is called on. Once.
  static constexpr absl::Duration kLookEvery = absl::Seconds(5);
  void Watch(Report report);

 private:
  KeptCertificates(TlsFiles files, const TlsTexts& texts) : files_(std::move(files)), seen_(texts) {}

  absl::Status Keep(const TlsTexts& texts);

  const TlsFiles files_;
  TlsTexts seen_;         // what the files had at the last look
  absl::Status outcome_;  // of that
  bool told_ = true;
  std::array<process::Descriptor, 3> copies_;  // of cert, key, ca: memory files, each with the same number for ever
  TlsFiles kept_;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

// As a daemon has them: watched, and what comes of new files is a line of `log`, which outlives them. Null without TLS.
using Certificates = std::unique_ptr<KeptCertificates>;
absl::StatusOr<Certificates> KeepCertificates(const TlsFiles& files, const process::Log& log);

// No files for null.
TlsFiles KeptOf(const Certificates& certificates);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_KEPT_CERTIFICATES_H_
