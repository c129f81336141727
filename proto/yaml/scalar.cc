#include "proto/yaml/scalar.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace arbiter {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename Value>
using Write = void (Reflection::*)(Message*, const FieldDescriptor*, Value) const;

struct Slot {
  Message* message;
  const FieldDescriptor* field;

  template <typename Value>
  bool Put(Write<Value> set, Write<Value> add, Value value) const {
    (message->GetReflection()->*(field->is_repeated() ? add : set))(message, field, value);
    return true;
  }

  template <typename Value>
  bool PutNumber(const std::string& text, Write<Value> set, Write<Value> add) const {
    Value value = 0;
    return absl::SimpleAtoi(text, &value) && Put(set, add, value);
  }
};

bool PutReal(const std::string& text, const Slot& slot) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return false;
  if (slot.field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    return slot.Put(&Reflection::SetDouble, &Reflection::AddDouble, value);
  }
  return slot.Put(&Reflection::SetFloat, &Reflection::AddFloat, static_cast<float>(value));
}

bool PutBool(const std::string& text, const Slot& slot) {
  return (text == "true" || text == "false") && slot.Put(&Reflection::SetBool, &Reflection::AddBool, text == "true");
}

bool PutEnum(const std::string& text, const Slot& slot) {
  const EnumValueDescriptor* value = slot.field->enum_type()->FindValueByName(text);
  return value != nullptr && slot.Put(&Reflection::SetEnum, &Reflection::AddEnum, value);
}

std::string NamesOf(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return absl::StrJoin(names, ", ");
}

}  // namespace

bool PutScalar(const std::string& text, const FieldDescriptor& field, Message* message) {
  const Slot slot{message, &field};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return slot.PutNumber<std::int32_t>(text, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return slot.PutNumber<std::int64_t>(text, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return slot.PutNumber<std::uint32_t>(text, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return slot.PutNumber<std::uint64_t>(text, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return PutReal(text, slot);
    case FieldDescriptor::CPPTYPE_BOOL:
      return PutBool(text, slot);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(text, slot);
    case FieldDescriptor::CPPTYPE_STRING:
      return slot.Put<std::string>(&Reflection::SetString, &Reflection::AddString, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
  }
  return false;
}

std::string KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return "a whole number";
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "a whole number that is not negative";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("one of ", NamesOf(*field.enum_type()));
    case FieldDescriptor::CPPTYPE_STRING:
      return "a text";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "a block of keys";
  }
  return "";
}

}  // namespace arbiter
