#include "tests/lab/node.h"

namespace lab {
namespace {

std::filesystem::path Made(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  return directory;
}

}  // namespace

Node::Node(const Host& host, const std::filesystem::path& directory, const std::string& arbiter,
           const std::string& cluster)
    : host_(host),
      directory_(Made(directory)),
      keepalived_(host, directory_),
      probe_(host, {.arbiter = arbiter,
                    .cluster = cluster,
                    .node = host.name(),
                    .keepalived_conf = keepalived_.config_path(),
                    .keepalived_pidfile = keepalived_.pid_path(),
                    .runtime_dir = directory_ / "run"}) {}

std::string Node::TrackFile(const std::string& owner) const {
  return (directory_ / "run" / (owner + ".demote")).string();
}

void Node::StartKeepalived() {
  keepalived_.Configure(config);
  keepalived_.Start();
}

void Node::ReloadKeepalived() {
  keepalived_.Configure(config);
  keepalived_.Reload();
}

}  // namespace lab
