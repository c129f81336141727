#include "tests/lab/lab.h"

#include <signal.h>
#include <unistd.h>

#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/lab/check.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

// Names are arblab-PID-NUMBER-PART.
constexpr char kStem[] = "arblab-";

bool IsLeftover(const std::string& name) {
  if (!absl::StartsWith(name, kStem)) return false;
  const std::vector<std::string> parts = absl::StrSplit(name, '-');
  pid_t pid = 0;
  if (parts.size() < 3 || !absl::SimpleAtoi(parts[1], &pid)) return false;
  return kill(pid, 0) != 0;
}

fs::path MemoryPath() {
  const fs::path memory = "/dev/shm";
  std::error_code error;
  return fs::is_directory(memory, error) ? memory : fs::temp_directory_path();
}

std::vector<std::string> NamesIn(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

void RemoveLeftovers() {
  for (const std::string& name : NamesIn("/run/netns")) {
    if (IsLeftover(name)) RemoveNetNamespace(name);
  }
  std::error_code gone_already;
  for (const fs::path& place : {fs::temp_directory_path(), MemoryPath()}) {
    for (const std::string& name : NamesIn(place)) {
      if (IsLeftover(name)) fs::remove_all(place / name, gone_already);
    }
  }
}

// Free as long as no lab of this process has taken its directory.
std::string FreePrefix() {
  for (int number = 1;; ++number) {
    std::string prefix = absl::StrCat(kStem, getpid(), "-", number);
    std::error_code error;
    if (fs::create_directory(fs::temp_directory_path() / prefix, error)) return prefix;
    if (error) {
      Check(absl::InternalError(absl::StrCat("make the lab's directory ", prefix, ": ", error.message())));
      return prefix;
    }
  }
}

}  // namespace

Lab::Lab(const LabOptions& options) {
  RemoveLeftovers();
  prefix_ = FreePrefix();
  directory_ = fs::temp_directory_path() / prefix_;
  runtime_directory_ = MemoryPath() / (prefix_ + "-run");
  std::error_code error;
  fs::create_directory(runtime_directory_, error);
  if (error) Check(absl::InternalError(absl::StrCat("make ", runtime_directory_.string(), ": ", error.message())));
  vrrp_ = std::make_unique<Network>(prefix_ + "-net", 1, options.vrrp);
  if (options.management_network) management_ = std::make_unique<Network>(prefix_ + "-mnet", 2);
}

Lab::~Lab() {
  hosts_.clear();
  segments_.clear();
  management_.reset();
  vrrp_.reset();
  std::error_code error;
  fs::remove_all(directory_, error);
  fs::remove_all(runtime_directory_, error);
}

Host& Lab::Make(const std::string& name, int number) {
  auto& host = hosts_[name];
  host = std::make_unique<Host>(name, absl::StrCat(prefix_, "-", name), number);
  if (management_ != nullptr) host->AttachManagement(*management_);
  return *host;
}

Host& Lab::AddHost(const std::string& name, int number, Network& segment) {
  Host& host = Make(name, number);
  host.AttachVrrp(segment);
  return host;
}

Network& Lab::AddSegment(const Subnet& subnet) {
  const int number = static_cast<int>(segments_.size()) + 3;  // after the first two networks
  segments_.push_back(std::make_unique<Network>(absl::StrCat(prefix_, "-net", number), number, subnet));
  return *segments_.back();
}

Host& Lab::AddManagementHost(const std::string& name, int number) {
  Host& host = Make(name, number);
  if (management_ == nullptr) host.AttachVrrp(*vrrp_);
  return host;
}

}  // namespace lab
