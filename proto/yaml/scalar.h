// One scalar of a YAML file into one field of a message.
#ifndef PROTO_YAML_SCALAR_H_
#define PROTO_YAML_SCALAR_H_

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace arbiter {

// Sets the field, or adds to it where it is repeated. False when the text is no value of the field's type; then nothing
// was changed. The field is no message.
bool PutScalar(const std::string& text, const google::protobuf::FieldDescriptor& field,
               google::protobuf::Message* message);

// What the field takes, for an error: "a whole number".
std::string KindOf(const google::protobuf::FieldDescriptor& field);

}  // namespace arbiter

#endif  // PROTO_YAML_SCALAR_H_
