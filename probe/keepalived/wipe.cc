#include "probe/keepalived/wipe.h"

#include <openssl/crypto.h>

namespace probe::keepalived {

void WipeText(std::string* text) {
  OPENSSL_cleanse(text->data(), text->size());
  text->clear();
}

}  // namespace probe::keepalived
