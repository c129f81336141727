#include "tests/fuzz/script.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::TextFormat;

class Silent : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int /*line*/, int /*column*/, const std::string& /*message*/) override {}
};

constexpr std::array kTexts = {"",
                               "192.168.1.212",
                               "192.168.1.213",
                               "192.168.1.220",
                               "192.168.1.1",
                               "192.168.1.2",
                               "192.168.1.3",
                               "192.168.1.10",
                               "fd00::1",
                               "172.17.0.1",
                               "a",
                               "b",
                               "c",
                               "prod",
                               "eth0",
                               "VI_1",
                               "G",
                               "1-1",
                               "2-1",
                               "192.168.1.0/24"};
constexpr std::array<std::int64_t, 14> kNumbers = {0,
                                                   1,
                                                   2,
                                                   3,
                                                   66,
                                                   67,
                                                   100,
                                                   255,
                                                   256,
                                                   1000,
                                                   -1,
                                                   std::numeric_limits<std::int32_t>::max(),
                                                   315'576'000'000,
                                                   std::numeric_limits<std::int64_t>::max()};

// Every message of the script, the script first.
void Collect(Message* message, std::vector<Message*>* all) {
  all->push_back(message);
  const Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Collect(reflection->MutableMessage(message, field), all);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      Collect(reflection->MutableRepeatedMessage(message, field, i), all);
    }
  }
}

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  void ChangeOneThing(Message* script) {
    all_.clear();
    Collect(script, &all_);
    Message* message = OneIn(3) ? script : all_[Below(all_.size())];
    const Reflection* reflection = message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(*message, &fields);
    if (fields.empty() || OneIn(2)) {
      const auto* type = message->GetDescriptor();
      if (type->field_count() == 0) return;
      fields = {type->field(static_cast<int>(Below(static_cast<std::size_t>(type->field_count()))))};
    }
    const FieldDescriptor* field = fields[Below(fields.size())];
    if (field->is_repeated()) {
      ChangeList(message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ChangeMessage(message, field);
    } else if (OneIn(8)) {
      reflection->ClearField(message, field);
    } else {
      SetScalar(message, field);
    }
  }

  bool OneIn(std::size_t n) { return Below(n) == 0; }

 private:
  std::size_t Below(std::size_t n) { return random_() % n; }

  void ChangeList(Message* message, const FieldDescriptor* field) {
    const Reflection* reflection = message->GetReflection();
    const int size = reflection->FieldSize(*message, field);
    const auto any = [&] { return static_cast<int>(Below(static_cast<std::size_t>(size))); };
    switch (size == 0 ? 0 : Below(4)) {
      case 0:
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          Borrow(reflection->AddMessage(message, field));
        } else {
          AddScalar(message, field);
        }
        if (size > 0) reflection->SwapElements(message, field, any(), size);
        return;
      case 1:
        reflection->SwapElements(message, field, any(), size - 1);
        return reflection->RemoveLast(message, field);
      case 2:
        return reflection->SwapElements(message, field, any(), any());
      default:
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return;  // there are those for themselves
        reflection->SwapElements(message, field, any(), size - 1);
        reflection->RemoveLast(message, field);
        return AddScalar(message, field);
    }
  }

  void ChangeMessage(Message* message, const FieldDescriptor* field) {
    const Reflection* reflection = message->GetReflection();
    if (reflection->HasField(*message, field) && OneIn(2)) return reflection->ClearField(message, field);
    // A copy first: to make the field may end another one of a oneof, and with it whom it borrows from.
    const std::unique_ptr<Message> fresh(reflection->GetMessage(*message, field).New());
    Borrow(fresh.get());
    reflection->MutableMessage(message, field)->CopyFrom(*fresh);
  }

  // Becomes a copy of another message of its type in the script, where there is one; mostly.
  void Borrow(Message* message) {
    std::vector<const Message*> alike;
    for (const Message* other : all_) {
      if (other->GetDescriptor() == message->GetDescriptor()) alike.push_back(other);
    }
    if (alike.empty() || OneIn(4)) return;
    message->CopyFrom(*std::unique_ptr<Message>(Copied(*alike[Below(alike.size())])));
  }

  static Message* Copied(const Message& from) {
    Message* copy = from.New();
    copy->CopyFrom(from);
    return copy;
  }

  std::int64_t Number(std::int64_t now) {
    switch (Below(4)) {
      case 0:
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(now) + (OneIn(2) ? 1U : ~std::uint64_t{0}));
      case 1:
        return static_cast<std::int64_t>((std::uint64_t{random_()} << 32U) | random_());
      default:
        return kNumbers.at(Below(kNumbers.size()));
    }
  }

  std::string Text(std::string now) {
    if (!OneIn(8)) return kTexts.at(Below(kTexts.size()));
    if (OneIn(4)) return std::string(2'000, 'x');
    const std::size_t at = Below(now.size() + 1);
    return now.insert(at, 1, static_cast<char>(random_()));
  }

  int EnumValue(const FieldDescriptor* field) {
    const auto* type = field->enum_type();
    if (OneIn(16)) return 99;
    return type->value(static_cast<int>(Below(static_cast<std::size_t>(type->value_count()))))->number();
  }

  void SetScalar(Message* message, const FieldDescriptor* field) {
    const Reflection* reflection = message->GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection->SetInt32(message, field,
                                    static_cast<std::int32_t>(Number(reflection->GetInt32(*message, field))));
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection->SetInt64(message, field, Number(reflection->GetInt64(*message, field)));
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection->SetUInt32(message, field,
                                     static_cast<std::uint32_t>(Number(reflection->GetUInt32(*message, field))));
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection->SetUInt64(
            message, field,
            static_cast<std::uint64_t>(Number(static_cast<std::int64_t>(reflection->GetUInt64(*message, field)))));
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection->SetBool(message, field, !reflection->GetBool(*message, field));
      case FieldDescriptor::CPPTYPE_ENUM:
        return reflection->SetEnumValue(message, field, EnumValue(field));
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection->SetString(message, field, Text(reflection->GetString(*message, field)));
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return;  // no scalar of ours
    }
  }

  // Lists of ours that are of no messages are of texts and of members of enums.
  void AddScalar(Message* message, const FieldDescriptor* field) {
    const Reflection* reflection = message->GetReflection();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) reflection->AddString(message, field, Text(""));
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) reflection->AddEnumValue(message, field, EnumValue(field));
  }

  std::minstd_rand random_;
  std::vector<Message*> all_;
};

}  // namespace

void Require(bool promise) {
  if (!promise) std::abort();
}

void ReadScript(const std::uint8_t* data, std::size_t size, Message* script) {
  google::protobuf::SetLogHandler(nullptr);
  Silent errors;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.ParseFromString(std::string(reinterpret_cast<const char*>(data), size), script);
}

std::size_t MutateScript(Message* script, std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  ReadScript(data, size, script);
  Mutator mutator(seed);
  do {
    mutator.ChangeOneThing(script);
  } while (!mutator.OneIn(3));
  std::string text;
  TextFormat::PrintToString(*script, &text);
  if (text.size() > most) return size;
  std::memcpy(data, text.data(), text.size());
  return text.size();
}

bool Transmit(Message* message) {
  std::string bytes;
  return message->SerializeToString(&bytes) && message->ParseFromString(bytes);
}

}  // namespace fuzz
