#include "arbiter/server/notification_watch.h"

#include <string>
#include <utility>
#include <vector>

namespace arbiter::server {

NotificationWatch::NotificationWatch(notify::Notifier* notifier, EngineLoop* loop, const process::Log* log,
                                     const store::Remembered& remembered)
    : notifier_(notifier), loop_(loop) {
  notifier_->Start(remembered, {.keep = [loop](store::OutboxEntry entry) { loop->KeepNotification(std::move(entry)); },
                                .told = [loop](const store::Notification& told) { loop->KeepTold(told); },
                                .forget = [loop](const std::string& target,
                                                 const std::string& id) { loop->ForgetNotification(target, id); },
                                .say =
                                    [log](bool trouble, const std::string& target, const std::string& text) {
                                      log->Write(trouble ? process::LogLevel::kWarning : process::LogLevel::kInfo,
                                                 "notification", {{"target", target}, {"text", text}});
                                    }});
}

NotificationWatch::~NotificationWatch() { notifier_->Stop(); }

void NotificationWatch::Tick(core::Instant now) {
  if (!notifier_->has_targets()) return;
  notifier_->Tick(now);
  if (now < compare_at_) return;
  compare_at_ = now + kCompareEvery;
  const auto clusters =
      loop_->Look([](const core::Engine& engine, const ProbeRegistry&, core::Instant at) { return engine.View(at); });
  if (clusters.ok()) notifier_->OnClusters(*clusters);
}

}  // namespace arbiter::server
