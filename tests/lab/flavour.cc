#include "tests/lab/flavour.h"

#include "absl/strings/str_cat.h"

namespace lab {

InstanceConfig InstanceOf(const Flavour& flavour, int priority) {
  return {.priority = priority,
          .version = flavour.version,
          .advert_int = absl::StrCat(std::chrono::duration<double>(flavour.advert_interval).count()),
          .virtual_ipaddress = {flavour.vip_in_config()},
          .use_vmac = flavour.use_vmac,
          .vmac_xmit_base = flavour.vmac_xmit_base};
}

}  // namespace lab
