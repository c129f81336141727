// "Did you mean ...?"
#ifndef PROTO_YAML_NEAREST_NAME_H_
#define PROTO_YAML_NEAREST_NAME_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace arbiter {

// The name that differs least from `wrong`; "" when none is near enough to have been meant.
std::string NearestName(absl::string_view wrong, absl::Span<const std::string> names);

}  // namespace arbiter

#endif  // PROTO_YAML_NEAREST_NAME_H_
