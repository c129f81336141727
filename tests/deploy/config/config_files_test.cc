// The configuration files that are shipped: they load as they are, and with every key that they show.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "arbiter/config/v1/config.pb.h"
#include "arbiter/server/settings.h"
#include "proto/yaml/load_yaml.h"

namespace arbiter {
namespace {

using config::v1::ArbiterConfig;
using config::v1::ProbeConfig;

std::string ReadShipped(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(absl::StrCat(SHIPPED_CONFIG, "/", name)).rdbuf();
  return text.str();
}

// A key stands directly behind its '#', or two spaces behind it where it is nested; text stands one space behind.
std::string Uncommented(const std::string& text) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const bool text_line = line.size() < 2 || line[0] != '#' || (line[1] == ' ' && line.substr(1, 2) != "  ");
    absl::StrAppend(&out, text_line ? line : line.substr(1), "\n");
  }
  return out;
}

void Paths(const google::protobuf::Descriptor& type, const std::string& prefix, std::vector<std::string>* out) {
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string path = absl::StrCat(prefix, type.field(i)->name());
    out->push_back(path);
    // Of a list of messages each may show other keys.
    const char* const below = type.field(i)->is_repeated() ? "[*]." : ".";
    if (type.field(i)->message_type() != nullptr) Paths(*type.field(i)->message_type(), absl::StrCat(path, below), out);
  }
}

template <typename Config>
struct Loaded {
  Config config;
  YamlPlaces places;
  absl::Status status;
};

template <typename Config>
Loaded<Config> Load(const std::string& text) {
  Loaded<Config> loaded;
  loaded.status = LoadYaml(text, "f", &loaded.config, &loaded.places);
  return loaded;
}

template <typename Config>
void ExpectEveryKeyIsShown(const std::string& name) {
  const Loaded<Config> loaded = Load<Config>(Uncommented(ReadShipped(name)));
  ASSERT_TRUE(loaded.status.ok()) << loaded.status;
  std::vector<std::string> paths;
  Paths(*Config::descriptor(), "", &paths);
  for (const std::string& path : paths) {
    bool shown = false;
    for (const char* index : {"[0]", "[1]"}) {
      shown = shown || loaded.places.Of(absl::StrReplaceAll(path, {{"[*]", index}})) != "f";
    }
    EXPECT_TRUE(shown) << path << " is not in " << name;
  }
}

TEST(ShippedConfiguration, IsAllDefaultsAsItStands) {
  const Loaded<ArbiterConfig> arbiter = Load<ArbiterConfig>(ReadShipped("arbiter.yaml"));
  const Loaded<ProbeConfig> probe = Load<ProbeConfig>(ReadShipped("probe.yaml"));
  EXPECT_TRUE(arbiter.status.ok()) << arbiter.status;
  EXPECT_TRUE(probe.status.ok()) << probe.status;
  EXPECT_EQ(arbiter.config.ByteSizeLong(), 0U);
  EXPECT_EQ(probe.config.ByteSizeLong(), 0U);
}

TEST(ShippedConfiguration, ShowsEveryKeyOfTheArbiter) { ExpectEveryKeyIsShown<ArbiterConfig>("arbiter.yaml"); }

TEST(ShippedConfiguration, ShowsEveryKeyOfTheProbe) { ExpectEveryKeyIsShown<ProbeConfig>("probe.yaml"); }

TEST(ShippedConfiguration, ShowsTheArbitersTrueDefaults) {
  const Loaded<ArbiterConfig> shown = Load<ArbiterConfig>(Uncommented(ReadShipped("arbiter.yaml")));
  const auto settings = server::MakeSettings(shown.config, &shown.places);
  ASSERT_TRUE(settings.ok()) << settings.status();
  const auto defaults = server::MakeSettings({});
  // What the file calls examples differs, and nothing else does.
  EXPECT_EQ(server::NeedsRestart(*defaults, *settings), "id, tls, notifications");
  EXPECT_EQ(settings->log_level, defaults->log_level);
}

}  // namespace
}  // namespace arbiter
