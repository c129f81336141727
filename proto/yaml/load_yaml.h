// A YAML file onto a protobuf message: the message is the schema, and a key that is not in it is an error.
#ifndef PROTO_YAML_LOAD_YAML_H_
#define PROTO_YAML_LOAD_YAML_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace arbiter {

// Where each value stands, for the checks that come after loading (ranges, durations).
class YamlPlaces {
 public:
  // "FILE:LINE" of a value ("confirm_after", "tls.cert", "vips[2]"), "FILE" of one that the file does not have.
  [[nodiscard]] std::string Of(absl::string_view path) const;
  // Whether the file has it: for a list this is what tells an empty one from none.
  [[nodiscard]] bool Has(absl::string_view path) const;

 private:
  friend class YamlLoader;
  std::string name_;
  std::map<std::string, int, std::less<>> lines_;  // from 1
};

// Replaces *out by what `text` says; `name` is the file's, for errors. An empty text gives the empty message.
//
// Keys are the field names as the .proto file writes them. Nested messages are maps, repeated fields are lists, a list
// may not stand where one value is wanted nor the other way round. Booleans are true and false. Enum values are written
// as in the .proto file. A key without a value is an error, as are unknown keys, duplicate keys, values of another type
// and numbers out of range: InvalidArgument "FILE:LINE: what is wrong and what it should be". Then *out is unspecified.
// At most 1 MiB. `map` fields are not supported and are refused like unknown keys.
absl::Status LoadYaml(absl::string_view text, absl::string_view name, google::protobuf::Message* out);

// The same, and tells where each value stands.
absl::Status LoadYaml(absl::string_view text, absl::string_view name, google::protobuf::Message* out,
                      YamlPlaces* places);

}  // namespace arbiter

#endif  // PROTO_YAML_LOAD_YAML_H_
