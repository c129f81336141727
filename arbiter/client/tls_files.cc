#include "arbiter/client/tls_files.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "arbiter/process/regular_file.h"

namespace arbiter::client {
namespace {

struct OpensslDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using BioHandle = std::unique_ptr<BIO, OpensslDeleter>;
using CertificateHandle = std::unique_ptr<X509, OpensslDeleter>;
using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslDeleter>;

absl::StatusOr<std::string> ReadFile(const char* what, const std::string& path) {
  absl::StatusOr<std::string> text = process::ReadRegularFile(path);
  if (!text.ok()) {
    absl::string_view why = text.status().message();
    absl::ConsumePrefix(&why, "read ");
    return absl::Status(text.status().code(), absl::StrCat("read ", what, " ", why));
  }
  return text;
}

// A key without a password only: nobody is there to type one.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return 0; }

absl::StatusOr<CertificateHandle> CertificateIn(const std::string& text, const char* what, const std::string& path) {
  const BioHandle bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  CertificateHandle certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
  if (certificate == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat("read ", what, " ", path, ": no certificate in PEM form"));
  }
  return certificate;
}

absl::StatusOr<KeyHandle> KeyIn(const std::string& text, const std::string& path) {
  const BioHandle bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("read TLS key ", path, ": no private key in PEM form without a password"));
  }
  return key;
}

absl::Status CheckValidity(const std::string& path, const X509* certificate, absl::Time now) {
  std::time_t seconds = absl::ToTimeT(now);
  if (X509_cmp_time(X509_get0_notBefore(certificate), &seconds) > 0) {
    return absl::UnavailableError(
        absl::StrCat("certificate ", path, ": not yet valid; is this machine's clock right?"));
  }
  if (X509_cmp_time(X509_get0_notAfter(certificate), &seconds) < 0) {
    return absl::FailedPreconditionError(absl::StrCat("certificate ", path, ": expired; issue a new one"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlsTexts> ReadTlsFiles(const TlsFiles& files) {
  if (files.cert.empty() || files.key.empty() || files.ca.empty()) {
    return absl::InvalidArgumentError("TLS needs all three of --tls-cert, --tls-key and --tls-ca");
  }
  absl::StatusOr<std::string> ca = ReadFile("TLS authority", files.ca);
  if (!ca.ok()) {
    return ca.status();
  }
  absl::StatusOr<std::string> cert = ReadFile("TLS certificate", files.cert);
  if (!cert.ok()) {
    return cert.status();
  }
  absl::StatusOr<std::string> key = ReadFile("TLS key", files.key);
  if (!key.ok()) {
    return key.status();
  }
  return TlsTexts{*std::move(cert), *std::move(key), *std::move(ca)};
}

absl::Status CheckTls(const TlsFiles& files, const TlsTexts& texts, absl::Time now) {
  const absl::Status authority = CertificateIn(texts.ca, "TLS authority", files.ca).status();
  if (!authority.ok()) {
    return authority;
  }
  const absl::StatusOr<CertificateHandle> certificate = CertificateIn(texts.cert, "TLS certificate", files.cert);
  if (!certificate.ok()) {
    return certificate.status();
  }
  const absl::StatusOr<KeyHandle> key = KeyIn(texts.key, files.key);
  if (!key.ok()) {
    return key.status();
  }
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("TLS key ", files.key, ": is not the key of certificate ", files.cert));
  }
  return CheckValidity(files.cert, certificate->get(), now);
}

absl::Status CheckTlsFiles(const TlsFiles& files, absl::Time now) {
  const absl::StatusOr<TlsTexts> texts = ReadTlsFiles(files);
  return texts.ok() ? CheckTls(files, *texts, now) : texts.status();
}

absl::Status CheckAuthority(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile("TLS authority", path);
  return text.ok() ? CertificateIn(*text, "TLS authority", path).status() : text.status();
}

}  // namespace arbiter::client
