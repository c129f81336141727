#include "probe/report/compact.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

namespace probe::report {
namespace {

using arbiter::v1::VipReport;

VipReport Join(const VipReport& own, const VipReport* common) {
  VipReport whole;
  if (common != nullptr) whole = *common;
  whole.MergeFrom(own);
  whole.clear_shared();
  for (arbiter::v1::Rung& rung : *whole.mutable_rungs()) {
    if (rung.scope().empty()) rung.add_scope(whole.address());
  }
  return whole;
}

}  // namespace

VipReport ReportParts::Whole() const { return Join(own, common.get()); }

std::shared_ptr<const VipReport> SharedReports::Keep(VipReport common) {
  std::weak_ptr<const VipReport>& kept = kept_[BytesOf(common)];
  if (auto known = kept.lock()) return known;
  auto fresh = std::make_shared<const VipReport>(std::move(common));
  kept = fresh;
  if (kept_.size() > look_again_at_) DropUnused();
  return fresh;
}

void SharedReports::DropUnused() {
  std::erase_if(kept_, [](const auto& entry) { return entry.second.expired(); });
  look_again_at_ = 2 * kept_.size() + 64;
}

ReportWriter::ReportWriter(std::uint32_t protocol, Reports* vips, Reports* shared)
    : in_parts_(protocol >= kSharedReportsSince), vips_(vips), shared_(shared) {}

VipReport ReportWriter::Form(const ReportParts& report) {
  if (!in_parts_ || report.common == nullptr) return report.Whole();
  const auto [index, is_new] = written_.try_emplace(report.common, 0);
  if (is_new) {
    std::uint32_t& by_bytes = written_bytes_[BytesOf(*report.common)];
    if (by_bytes == 0) {
      *shared_->Add() = *report.common;
      by_bytes = static_cast<std::uint32_t>(shared_->size());
    }
    index->second = by_bytes;
  }
  VipReport form = report.own;
  form.set_shared(index->second);
  return form;
}

VipReport Expand(const VipReport& report, const ReportWriter::Reports& shared) {
  const auto index = static_cast<int>(report.shared());
  return Join(report, index > 0 && index <= shared.size() ? &shared.at(index - 1) : nullptr);
}

std::string BytesOf(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    (void)message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace probe::report
