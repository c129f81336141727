#include "proto/yaml/load_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <exception>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "proto/yaml/nearest_name.h"
#include "proto/yaml/scalar.h"

namespace arbiter {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kLargestText = std::size_t{1} << 20;

int LineOf(const YAML::Mark& mark) { return mark.line < 0 ? 1 : mark.line + 1; }

std::vector<std::string> KeysOf(const Descriptor& type) {
  std::vector<std::string> keys;
  for (int i = 0; i < type.field_count(); ++i) {
    if (!type.field(i)->is_map()) keys.push_back(type.field(i)->name());
  }
  return keys;
}

// Notes where the newest document begins and nothing else.
class DocumentStart final : public YAML::EventHandler {
 public:
  [[nodiscard]] const YAML::Mark& mark() const { return mark_; }

  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

 private:
  YAML::Mark mark_;
};

}  // namespace

// Walks a document along the message's descriptor: the schema, not the text, decides how deep it goes.
class YamlLoader {
 public:
  YamlLoader(absl::string_view name, YamlPlaces* places) : places_(places) { places_->name_ = std::string(name); }

  absl::Status Load(absl::string_view text, Message* out) {
    if (text.size() > kLargestText) {
      return absl::InvalidArgumentError(absl::StrCat(places_->name_, ": larger than ", kLargestText, " bytes"));
    }
    if (absl::Status status = CheckOneDocument(text); !status.ok()) return status;
    const YAML::Node document = YAML::Load(std::string(text));
    return document.IsNull() ? absl::OkStatus() : LoadMessage(document, "", out);
  }

  [[nodiscard]] absl::Status Error(const YAML::Mark& mark, absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(places_->name_, ":", LineOf(mark), ": ", what));
  }

 private:
  // yaml-cpp ends a document where a token fits nowhere (a stray comma), and YAML::Load() is silent about what follows;
  // YAML::LoadAll() does not get past such a token, for ever. So documents are asked for one by one, and two are too
  // many.
  [[nodiscard]] absl::Status CheckOneDocument(absl::string_view text) const {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    DocumentStart start;
    if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return absl::OkStatus();
    return Error(start.mark(), "this is no part of the document that came before: one file is one document");
  }

  absl::Status LoadMessage(const YAML::Node& node, const std::string& path, Message* out) {
    if (!node.IsMap()) {
      return Error(node.Mark(), absl::StrCat(path.empty() ? "this" : path, " must be a block of keys (key: value)"));
    }
    for (const auto& entry : node) {
      if (absl::Status status = LoadEntry(entry.first, entry.second, path, out); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status LoadEntry(const YAML::Node& key, const YAML::Node& value, const std::string& path, Message* out) {
    if (!key.IsScalar()) return Error(key.Mark(), "a key must be a name");
    const std::string& name = key.Scalar();
    const std::string full = path.empty() ? name : absl::StrCat(path, ".", name);
    const FieldDescriptor* field = out->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_map()) return Unknown(key, full, *out->GetDescriptor());
    const auto [first, fresh] = places_->lines_.try_emplace(full, LineOf(key.Mark()));
    if (!fresh) return Error(key.Mark(), absl::StrCat("'", full, "' is here twice, first on line ", first->second));
    if (value.IsNull()) {
      return Error(key.Mark(),
                   absl::StrCat("'", full, "' has no value: leave the key out for its default",
                                field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()
                                    ? ", write \"\" for an empty text"
                                    : ""));
    }
    return field->is_repeated() ? LoadList(value, *field, full, out) : LoadValue(value, *field, full, out);
  }

  absl::Status LoadList(const YAML::Node& value, const FieldDescriptor& field, const std::string& path, Message* out) {
    if (!value.IsSequence()) {
      return Error(value.Mark(), absl::StrCat("'", path, "' must be a list: write [one, two]"));
    }
    std::size_t index = 0;
    for (const YAML::Node& element : value) {
      const std::string place = absl::StrCat(path, "[", index++, "]");
      places_->lines_.try_emplace(place, LineOf(element.Mark()));
      if (absl::Status status = LoadValue(element, field, place, out); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status LoadValue(const YAML::Node& value, const FieldDescriptor& field, const std::string& path, Message* out) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message* nested = field.is_repeated() ? out->GetReflection()->AddMessage(out, &field)
                                            : out->GetReflection()->MutableMessage(out, &field);
      return LoadMessage(value, path, nested);
    }
    if (value.IsScalar() && PutScalar(value.Scalar(), field, out)) return absl::OkStatus();
    const std::string got = value.IsScalar() ? absl::StrCat(", not '", value.Scalar(), "'") : "";
    return Error(value.Mark(), absl::StrCat("'", path, "' must be ", KindOf(field), got));
  }

  [[nodiscard]] absl::Status Unknown(const YAML::Node& key, absl::string_view full, const Descriptor& type) const {
    const std::string nearest = NearestName(key.Scalar(), KeysOf(type));
    const std::string hint = nearest.empty() ? "" : absl::StrCat(" (did you mean '", nearest, "'?)");
    return Error(key.Mark(), absl::StrCat("unknown key '", full, "'", hint));
  }

  YamlPlaces* places_;
};

std::string YamlPlaces::Of(absl::string_view path) const {
  const auto line = lines_.find(std::string(path));
  return line == lines_.end() ? name_ : absl::StrCat(name_, ":", line->second);
}

bool YamlPlaces::Has(absl::string_view path) const { return lines_.find(std::string(path)) != lines_.end(); }

absl::Status LoadYaml(absl::string_view text, absl::string_view name, Message* out, YamlPlaces* places) {
  out->Clear();
  *places = YamlPlaces();
  YamlLoader loader(name, places);
  // yaml-cpp reports by exceptions; they end here.
  try {
    return loader.Load(text, out);
  } catch (const YAML::Exception& error) {
    return loader.Error(error.mark, error.msg);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": ", error.what()));
  }
}

absl::Status LoadYaml(absl::string_view text, absl::string_view name, Message* out) {
  YamlPlaces places;
  return LoadYaml(text, name, out, &places);
}

}  // namespace arbiter
