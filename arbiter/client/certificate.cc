#include "arbiter/client/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace arbiter::client {
namespace {

constexpr char kNodeScheme[] = "arbiter://";
constexpr char kOurOrganization[] = "arbiter";  // as deploy/certs writes it

struct OpensslDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(char* text) const { OPENSSL_free(text); }
};
template <typename T>
using Handle = std::unique_ptr<T, OpensslDeleter>;

// A NUL within stays in the text, which is no name then.
std::string TextOf(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// Every value that the subject has of this kind.
std::vector<std::string> OfSubject(const X509* certificate, int nid) {
  std::vector<std::string> values;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int i = X509_NAME_get_index_by_NID(subject, nid, -1); i >= 0; i = X509_NAME_get_index_by_NID(subject, nid, i)) {
    values.push_back(TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i))));
  }
  return values;
}

void ReadNames(const X509* certificate, Certificate* into) {
  const Handle<GENERAL_NAMES> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) into->names.push_back(TextOf(name->d.dNSName));
    if (name->type == GEN_EMAIL) into->mails.push_back(TextOf(name->d.rfc822Name));
    if (name->type != GEN_URI) continue;
    const std::string uri = TextOf(name->d.uniformResourceIdentifier);
    absl::string_view node = uri;
    if (absl::ConsumePrefix(&node, kNodeScheme)) into->nodes.emplace_back(node);
  }
}

// Of several units none is the role.
std::string RoleOf(const X509* certificate) {
  const std::vector<std::string> organizations = OfSubject(certificate, NID_organizationName);
  std::vector<std::string> units = OfSubject(certificate, NID_organizationalUnitName);
  const bool ours = organizations.size() == 1 && organizations.front() == kOurOrganization;
  return ours && units.size() == 1 ? std::move(units.front()) : "";
}

std::string SerialOf(const X509* certificate) {
  const Handle<BIGNUM> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  const Handle<char> text(number == nullptr ? nullptr : BN_bn2hex(number.get()));
  return text == nullptr ? "" : PlainSerial(text.get());
}

}  // namespace

absl::StatusOr<Certificate> ReadCertificate(absl::string_view pem) {
  const Handle<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Handle<X509> read(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (read == nullptr) return absl::InvalidArgumentError("no certificate in PEM form");
  Certificate certificate;
  ReadNames(read.get(), &certificate);
  certificate.role = RoleOf(read.get());
  certificate.serial = SerialOf(read.get());
  return certificate;
}

std::string PlainSerial(absl::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == ':') continue;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return "";
    if (c != '0' || !plain.empty()) plain += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return plain;
}

}  // namespace arbiter::client
