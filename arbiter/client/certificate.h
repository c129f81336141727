// What a certificate says of its owner.
#ifndef ARBITER_CLIENT_CERTIFICATE_H_
#define ARBITER_CLIENT_CERTIFICATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter::client {

// Names are subject alternative names, by their type: what is written as another type, or in the common name alone, is
// no name. Whether to believe it is the handshake's business.
struct Certificate {
  std::vector<std::string> names;  // DNS
  std::vector<std::string> mails;  // e-mail
  std::vector<std::string> nodes;  // "CLUSTER/NAME", each a URI arbiter://CLUSTER/NAME
  std::string role;    // what deploy/certs issued it for ("node", "arbiter", ...); empty: another authority's
  std::string serial;  // hexadecimal, as PlainSerial makes it
};

// The first certificate in a PEM text. InvalidArgument: there is none.
absl::StatusOr<Certificate> ReadCertificate(absl::string_view pem);

// A serial number in one form, whatever tool wrote it: lower case, without colons and leading zeros. Empty for what is
// no hexadecimal number.
std::string PlainSerial(absl::string_view text);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_CERTIFICATE_H_
