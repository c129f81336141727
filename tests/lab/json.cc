#include "tests/lab/json.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace lab {

absl::StatusOr<Json> Json::Parse(const std::string& text) {
  google::protobuf::Value value;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &value);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("read JSON: ", status.ToString(), ", in: ", text.substr(0, 200)));
  }
  return Json(std::move(value));
}

Json Json::operator[](absl::string_view name) const {
  const auto& fields = value_.struct_value().fields();
  const auto field = fields.find(std::string(name));
  return field == fields.end() ? Json() : Json(field->second);
}

std::vector<Json> Json::items() const {
  std::vector<Json> items;
  for (const auto& value : value_.list_value().values()) items.emplace_back(value);
  return items;
}

Json Json::Find(const std::function<bool(const Json&)>& wanted) const {
  for (const Json& item : items()) {
    if (wanted(item)) return item;
  }
  return {};
}

Json Json::With(absl::string_view name, absl::string_view text) const {
  return Find([&](const Json& item) { return item[name].text() == text; });
}

std::string Json::text() const {
  switch (value_.kind_case()) {
    case google::protobuf::Value::kStringValue:
      return value_.string_value();
    case google::protobuf::Value::kNumberValue:
      return absl::StrCat(value_.number_value());
    case google::protobuf::Value::kBoolValue:
      return value_.bool_value() ? "true" : "false";
    case google::protobuf::Value::kNullValue:
    case google::protobuf::Value::kStructValue:
    case google::protobuf::Value::kListValue:
    case google::protobuf::Value::KIND_NOT_SET:
      return "";
  }
  return "";
}

double Json::number() const {
  double number = value_.number_value();
  if (value_.kind_case() == google::protobuf::Value::kStringValue) {
    static_cast<void>(absl::SimpleAtod(value_.string_value(), &number));
  }
  return number;
}

std::string Json::ToString() const {
  std::string text;
  static_cast<void>(google::protobuf::util::MessageToJsonString(value_, &text));
  return text;
}

}  // namespace lab
