#include "arbiter/server/store_writer.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace arbiter::server {
namespace {

constexpr absl::Duration kTryAgainAfter = absl::Seconds(1);
// Of those beyond, while the disk takes nothing, receivers may hear twice after a restart.
constexpr std::ptrdiff_t kMaxDelivered = 10'000;

}  // namespace

StoreWriter::StoreWriter(store::Store* store, const process::Log* log, Answer answer)
    : store_(store), log_(log), answer_(std::move(answer)), thread_([this] { Run(); }) {}

StoreWriter::~StoreWriter() { Stop(); }

void StoreWriter::WriteIncident(core::IncidentRecord incident, std::uint64_t ticket) {
  const absl::MutexLock lock(&mutex_);
  std::string id = incident.id;
  pending_.incidents.insert_or_assign(std::move(id), std::move(incident));
  if (ticket != 0) {
    pending_.tickets.push_back(ticket);
  }
  fresh_ = true;
}

void StoreWriter::WriteMode(const core::ModeRecord& record) {
  const absl::MutexLock lock(&mutex_);
  pending_.modes.insert_or_assign(record.cluster, record);
  fresh_ = true;
}

void StoreWriter::Audit(store::AuditEntry entry) {
  const absl::MutexLock lock(&mutex_);
  pending_.audit.push_back(std::move(entry));
  TrimAudit();
  fresh_ = true;
}

void StoreWriter::WriteOutbox(store::OutboxEntry entry) {
  const absl::MutexLock lock(&mutex_);
  pending_.outbox.push_back(std::move(entry));
  fresh_ = true;
}

void StoreWriter::Delivered(const std::string& target, const std::string& id) {
  const absl::MutexLock lock(&mutex_);
  Forget(pending_, target, id);
  // It may be in the write that is under way, or on the disk.
  pending_.delivered.emplace_back(target, id);
  fresh_ = true;
}

void StoreWriter::WriteTold(const store::Notification& notification) {
  const absl::MutexLock lock(&mutex_);
  pending_.told.insert_or_assign(store::ThingOf(notification), notification);
  fresh_ = true;
}

void StoreWriter::Forget(Pending& work, const std::string& target, const std::string& id) {
  std::erase_if(work.outbox,
                [&](const store::OutboxEntry& entry) { return entry.target == target && entry.notification.id == id; });
}

void StoreWriter::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

std::uint64_t StoreWriter::LostAudit() const {
  const absl::MutexLock lock(&mutex_);
  return lost_audit_;
}

void StoreWriter::Run() {
  bool stopping = false;
  while (!stopping) {
    Pending work;
    {
      const absl::MutexLock lock(&mutex_);
      const absl::Condition has_work(this, &StoreWriter::HasWork);
      if (pending_.empty()) {
        mutex_.Await(has_work);
      } else if (!fresh_) {
        mutex_.AwaitWithTimeout(has_work, kTryAgainAfter);
      }
      stopping = stopping_;
      fresh_ = false;
      work = std::exchange(pending_, {});
    }
    Pending left = Write(std::move(work));
    const absl::MutexLock lock(&mutex_);
    PutBack(std::move(left));
  }
}

StoreWriter::Pending StoreWriter::Write(Pending work) {
  if (work.empty()) {
    return work;
  }
  store::Batch batch;
  for (const auto& [id, incident] : work.incidents) {
    batch.incidents.push_back(incident);
  }
  for (const auto& [cluster, record] : work.modes) {
    batch.modes.push_back(record);
  }
  batch.audit.assign(work.audit.begin(), work.audit.end());
  batch.outbox = work.outbox;
  batch.delivered = work.delivered;
  for (const auto& [thing, notification] : work.told) {
    batch.told.push_back(notification);
  }
  const absl::Status status = store_->Write(batch);
  for (const std::uint64_t ticket : std::exchange(work.tickets, {})) {
    answer_(ticket, status);
  }
  if (status.ok()) {
    if (std::exchange(failing_, false)) {
      log_->Info("store", {{"state", "writes again"}});
    }
    return {};
  }
  if (!std::exchange(failing_, true)) {
    log_->Error("store",
                {{"state", "cannot write; no hold is ordered, and notifications are in memory only, until it can"},
                 {"error", status.ToString()}});
  }
  return work;
}

void StoreWriter::PutBack(Pending work) {
  // What came meanwhile is newer and stays.
  pending_.incidents.merge(work.incidents);
  pending_.modes.merge(work.modes);
  pending_.told.merge(work.told);
  pending_.audit.insert(pending_.audit.begin(), std::make_move_iterator(work.audit.begin()),
                        std::make_move_iterator(work.audit.end()));
  TrimAudit();
  for (const auto& [target, id] : pending_.delivered) {
    Forget(work, target, id);
  }
  pending_.outbox.insert(pending_.outbox.begin(), std::make_move_iterator(work.outbox.begin()),
                         std::make_move_iterator(work.outbox.end()));
  pending_.delivered.insert(pending_.delivered.end(), std::make_move_iterator(work.delivered.begin()),
                            std::make_move_iterator(work.delivered.end()));
  if (std::ssize(pending_.delivered) > kMaxDelivered) {
    pending_.delivered.erase(pending_.delivered.begin(), pending_.delivered.end() - kMaxDelivered);
  }
}

void StoreWriter::TrimAudit() {
  while (pending_.audit.size() > kMaxAudit) {
    pending_.audit.pop_front();
    ++lost_audit_;
  }
}

}  // namespace arbiter::server
