// The certificate, key and authority that a program names on its command line, and what can be wrong with them.
#ifndef ARBITER_CLIENT_TLS_FILES_H_
#define ARBITER_CLIENT_TLS_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace arbiter::client {

// PEM files. All empty: no TLS.
struct TlsFiles {
  std::string cert;  // this program's own, with what leads to the authority behind it
  std::string key;   // of the certificate, not encrypted
  std::string ca;    // whom to believe

  [[nodiscard]] bool empty() const { return cert.empty() && key.empty() && ca.empty(); }
};

// What is in them.
struct TlsTexts {
  std::string cert;
  std::string key;
  std::string ca;

  friend bool operator==(const TlsTexts&, const TlsTexts&) = default;
};

// NotFound or PermissionDenied names the file; InvalidArgument: one of the three is missing.
absl::StatusOr<TlsTexts> ReadTlsFiles(const TlsFiles& files);

// The other statuses of CheckTlsFiles, in the names of the files that the texts are from.
absl::Status CheckTls(const TlsFiles& files, const TlsTexts& texts, absl::Time now);

// Reads the files once and says in one line what is wrong with them: InvalidArgument (one of the three is missing),
// NotFound or PermissionDenied (cannot be read), FailedPrecondition (no PEM, the key is of another certificate, the
// certificate is expired at `now`), Unavailable (it is not yet valid: that passes).
absl::Status CheckTlsFiles(const TlsFiles& files, absl::Time now);

// The same for a file of authorities alone.
absl::Status CheckAuthority(const std::string& path);

// How often gRPC looks whether the files have changed; what it finds is used for every connection made afterwards.
inline constexpr unsigned kTlsReloadSeconds = 10;

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_TLS_FILES_H_
