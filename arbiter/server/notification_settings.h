// The targets of notifications, out of the configuration.
#ifndef ARBITER_SERVER_NOTIFICATION_SETTINGS_H_
#define ARBITER_SERVER_NOTIFICATION_SETTINGS_H_

#include <functional>
#include <string>
#include <vector>

#include "arbiter/config/v1/config.pb.h"
#include "arbiter/notify/target.h"

namespace arbiter::server {

// Calls `fail` for each value that is wrong, with its key ("notifications[1].webhook.url") and how it should be.
std::vector<notify::Target> ReadNotificationTargets(
    const config::v1::ArbiterConfig& config,
    const std::function<void(const std::string& key, const std::string&)>& fail);

// The files that the targets name: authorities, tokens, commands. Calls `fail` for each that could not be used now,
// with its key, what is wrong and how to mend it.
void CheckNotificationFiles(const std::vector<notify::Target>& targets,
                            const std::function<void(const std::string& key, const std::string&)>& fail);

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_NOTIFICATION_SETTINGS_H_
