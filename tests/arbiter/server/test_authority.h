// A certificate authority for tests: makes keys and certificates, and writes them as PEM files.
#ifndef TESTS_ARBITER_SERVER_TEST_AUTHORITY_H_
#define TESTS_ARBITER_SERVER_TEST_AUTHORITY_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "arbiter/client/tls_files.h"

namespace arbiter::server {

struct OpensslFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree>;
using CertificatePtr = std::unique_ptr<X509, OpensslFree>;

class TestAuthority {
 public:
  // Files are written into `folder`, which exists.
  TestAuthority(std::string folder, const std::string& name);

  // A certificate whose subject alternative names are `san` in the words of openssl ("DNS:a,IP:127.0.0.1"), valid from
  // an hour ago for `valid_seconds`, which may lie in the past. With a role its subject is as deploy/certs writes it.
  client::TlsFiles Issue(const std::string& name, const std::string& san, long valid_seconds = 3600,
                         const std::string& role = "");

  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }

 private:
  std::string folder_;
  std::string ca_file_;
  KeyPtr key_;
  CertificatePtr certificate_;
  long serial_ = 1;
};

}  // namespace arbiter::server

#endif  // TESTS_ARBITER_SERVER_TEST_AUTHORITY_H_
