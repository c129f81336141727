#include "arbiter/ctl/json.h"

#include "google/protobuf/util/json_util.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {

std::string ToJson(const google::protobuf::Message& message, JsonLayout layout) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = layout == JsonLayout::kDocument;
  std::string out;
  // Fails only for messages of google.protobuf.Any, which the contract has none of, and for times out of range.
  const auto status = google::protobuf::util::MessageToJsonString(message, &out, options);
  if (!status.ok()) return "{}\n";
  if (out.empty() || out.back() != '\n') out += '\n';
  return PrintableJson(out);
}

}  // namespace arbiter::ctl
