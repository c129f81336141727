// Messages as JSON documents: the protobuf JSON mapping.
#ifndef ARBITER_CTL_JSON_H_
#define ARBITER_CTL_JSON_H_

#include <cstdint>
#include <string>

#include "google/protobuf/message.h"

namespace arbiter::ctl {

enum class JsonLayout : std::uint8_t {
  kDocument,  // indented, for one answer
  kLine,      // for one of many
};

// Fields that hold their default are there too (`advertising: false`, empty lists), so that a script need not guess;
// messages that are not set are not. Ends with a newline.
std::string ToJson(const google::protobuf::Message& message, JsonLayout layout = JsonLayout::kDocument);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_JSON_H_
