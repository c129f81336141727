#include "tests/arbiter/server/test_authority.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <utility>

namespace arbiter::server {
namespace {

constexpr long kAnHour = 3600;

KeyPtr MakeKey() { return KeyPtr(EVP_EC_gen("P-256")); }

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, FileCloser>;

void WriteKey(const std::string& path, EVP_PKEY* key) {
  const FilePtr file(std::fopen(path.c_str(), "we"));
  ASSERT_EQ(PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr), 1) << path;
}

void WriteCertificate(const std::string& path, X509* certificate) {
  const FilePtr file(std::fopen(path.c_str(), "we"));
  ASSERT_EQ(PEM_write_X509(file.get(), certificate), 1) << path;
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void SetName(X509_NAME* name, const std::string& text, const char* field = "CN") {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                             0);
}

}  // namespace

TestAuthority::TestAuthority(std::string folder, const std::string& name)
    : folder_(std::move(folder)), ca_file_(folder_ + "/" + name + ".crt"), key_(MakeKey()), certificate_(X509_new()) {
  X509_set_version(certificate_.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), serial_);
  X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -kAnHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), kAnHour);
  SetName(X509_get_subject_name(certificate_.get()), name);
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  X509_set_pubkey(certificate_.get(), key_.get());
  AddExtension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  WriteCertificate(ca_file_, certificate_.get());
}

client::TlsFiles TestAuthority::Issue(const std::string& name, const std::string& san, long valid_seconds,
                                      const std::string& role) {
  const KeyPtr key = MakeKey();
  const CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial_);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kAnHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  if (!role.empty()) {
    SetName(X509_get_subject_name(certificate.get()), "arbiter", "O");
    SetName(X509_get_subject_name(certificate.get()), role, "OU");
  }
  SetName(X509_get_subject_name(certificate.get()), name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  X509_set_pubkey(certificate.get(), key.get());
  AddExtension(certificate.get(), NID_subject_alt_name, san);
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  client::TlsFiles files{folder_ + "/" + name + ".crt", folder_ + "/" + name + ".key", ca_file_};
  WriteCertificate(files.cert, certificate.get());
  WriteKey(files.key, key.get());
  return files;
}

}  // namespace arbiter::server
