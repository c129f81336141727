#include "probe/report/change_log.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

namespace probe::report {
namespace {

// Maps in one order, so that equal messages have equal bytes.
std::string Bytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    (void)message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

bool ChangeLog::TellVip(const arbiter::v1::VipReport& report) {
  arbiter::v1::VipReport ageless = report;
  ageless.clear_configured_for();
  ageless.clear_gate_shut_for();
  std::string bytes = Bytes(ageless);
  std::string& told = vips_[report.address()];
  if (told == bytes) return false;
  told = std::move(bytes);
  return true;
}

bool ChangeLog::Forget(const std::string& vip) { return vips_.erase(vip) > 0; }

bool ChangeLog::TellNode(const arbiter::v1::NodeReport& report) {
  std::string bytes = Bytes(report);
  if (bytes == node_) return false;
  node_ = std::move(bytes);
  return true;
}

void ChangeLog::Clear() {
  vips_.clear();
  node_.clear();
}

}  // namespace probe::report
