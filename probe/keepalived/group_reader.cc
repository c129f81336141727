#include "probe/keepalived/group_reader.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "probe/keepalived/ignored_keywords.h"
#include "probe/keepalived/track_reader.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

// Every word in the braces is a member, however the lines are broken.
void ReadMembers(const Block& block, const ReadContext& context, SyncGroup* group) {
  if (!group->members.empty()) {
    context.log->Add(Kind::kConflict, block.at,
                     absl::StrCat("vrrp_sync_group ", group->name, " has members already: the daemon skips this list"));
    return;
  }
  for (const Block& row : block.children) {
    for (const std::string& name : row.words) {
      group->members.push_back({name, row.at});
    }
  }
}

void ReadInterfaces(const Block& block, const ReadContext& context, SyncGroup* group) {
  ReadTrackedInterfaces(block, context, &group->interfaces);
}

void ReadScripts(const Block& block, const ReadContext& context, SyncGroup* group) {
  ReadTrackedScripts(block, context, &group->scripts);
}

void ReadFiles(const Block& block, const ReadContext& context, SyncGroup* group) {
  ReadTrackedFiles(block, context, &group->files);
}

void ReadGroupNotify(const Block& block, const ReadContext& context, SyncGroup* group) {
  ReadNotify(block, context, &group->notify);
}

void ReadKeepsWeights(const Block& /*block*/, const ReadContext& /*context*/, SyncGroup* group) {
  group->keeps_weights = true;
}

constexpr Keyword<SyncGroup> kGroupKeywords[] = {
    {"group", &ReadMembers},
    {"track_interface", &ReadInterfaces},
    {"track_script", &ReadScripts},
    {"track_file", &ReadFiles},
    {"notify", &ReadGroupNotify},
    {"notify_master", &ReadGroupNotify},
    {"notify_backup", &ReadGroupNotify},
    {"notify_fault", &ReadGroupNotify},
    {"notify_stop", &ReadGroupNotify},
    {"sync_group_tracking_weight", &ReadKeepsWeights},
    {"global_tracking", &ReadKeepsWeights},
};

}  // namespace

void ReadGroup(const Block& block, const ReadContext& context, Config* config) {
  if (block.words.size() != 2 || !context.names->groups.insert(block.words[1]).second) {
    context.log->CountSkipped(block.CountStatements());
    context.log->Add(Kind::kConflict, block.at,
                     block.words.size() == 2 ? absl::StrCat("vrrp_sync_group ", block.Word(1),
                                                            " is defined above: the daemon skips this one")
                                             : "vrrp_sync_group needs exactly one name: the daemon skips the block");
    return;
  }
  SyncGroup group;
  group.name = block.words[1];
  group.at = block.at;
  ReadStatements<SyncGroup>(block, kGroupKeywords, IgnoredInGroup(), context, &group);
  config->groups.push_back(std::move(group));
}

}  // namespace probe::keepalived
