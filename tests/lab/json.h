// Reading a JSON document as a test does: by names, with nothing for what is not there.
#ifndef TESTS_LAB_JSON_H_
#define TESTS_LAB_JSON_H_

#include <google/protobuf/struct.pb.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lab {

// A value in a document, or nothing. Copies are deep and cheap enough for a test.
class Json {
 public:
  // Nothing.
  Json() = default;
  explicit Json(google::protobuf::Value value) : value_(std::move(value)) {}

  // InvalidArgument names what is wrong.
  static absl::StatusOr<Json> Parse(const std::string& text);

  [[nodiscard]] bool present() const { return value_.kind_case() != google::protobuf::Value::KIND_NOT_SET; }

  // A member of an object; nothing when there is none.
  Json operator[](absl::string_view name) const;

  // The items of a list; none for anything else.
  [[nodiscard]] std::vector<Json> items() const;
  // The first item that `wanted` accepts, or nothing.
  [[nodiscard]] Json Find(const std::function<bool(const Json&)>& wanted) const;
  // The first item whose member `name` has this text.
  [[nodiscard]] Json With(absl::string_view name, absl::string_view text) const;

  // A string as it is, a number in its shortest form, true or false; empty for anything else.
  [[nodiscard]] std::string text() const;
  // A number, or a string that is one (64-bit integers are strings in the protobuf mapping); 0 for anything else.
  [[nodiscard]] double number() const;
  [[nodiscard]] bool truth() const { return value_.bool_value(); }

  // The whole value as JSON text on one line.
  [[nodiscard]] std::string ToString() const;

 private:
  google::protobuf::Value value_;
};

}  // namespace lab

#endif  // TESTS_LAB_JSON_H_
