// arbctl diff FILE...: what an operator has before a roll-out, two files and no daemon.
#include "arbiter/ctl/compare_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "arbiter/ctl/command_line.h"
#include "arbiter/ctl/exit_code.h"

namespace arbiter::ctl {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kGood[] = R"(vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 66
    priority 100
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        192.168.1.211/24
        192.168.1.212/24
    }
}
)";

struct Printed {
  int code = -1;
  std::string out;
  std::string err;
};

class Files : public testing::Test {
 protected:
  Files() {
    folder_ = std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
    std::ofstream(Path(name)) << text;
    return Path(name);
  }

  // Nothing listens where it would ask an arbiter.
  static Printed Run(const std::vector<std::string>& words) {
    std::vector<const char*> argv = {"arbctl", "--server", "127.0.0.1:1", "diff"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::ostringstream out;
    std::ostringstream err;
    Printed printed;
    printed.code = ctl::Run(static_cast<int>(argv.size()), argv.data(),
                            Console{out, err, false, false, absl::UTCTimeZone(), {}, {}, {}});
    printed.out = out.str();
    printed.err = err.str();
    return printed;
  }

  // The first one is right, the other differs in this.
  Printed Change(const std::string& from, const std::string& to) const {
    std::string other = absl::StrReplaceAll(kGood, {{"priority 100", "priority 90"}});
    if (!from.empty()) other = absl::StrReplaceAll(other, {{from, to}});
    return Run({Write("a.conf", kGood), Write("b.conf", other)});
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Files, ThatAgreeHaveNoFault) {
  const Printed printed = Change("", "");
  EXPECT_EQ(printed.code, kDone) << printed.out << printed.err;
  EXPECT_THAT(printed.out, AllOf(HasSubstr("priority"), HasSubstr("no faults, 1 note")));
  EXPECT_THAT(printed.err, IsEmpty());
}

struct Mistake {
  std::string name;
  std::string from;
  std::string to;
  std::vector<std::string> says;
};

TEST_F(Files, EachMistakeIsNamedWithItsPlace) {
  const std::vector<Mistake> mistakes = {
      {"a wrong VIP",
       "192.168.1.212",
       "192.168.1.221",
       {"FAULT  virtual_ipaddress", "192.168.1.212 is not on b.conf", "192.168.1.221 is not on a.conf", "a.conf:11",
        "b.conf:11"}},
      {"another VRID",
       "virtual_router_id 66",
       "virtual_router_id 65",
       {"FAULT  virtual_router_id", "66", "65", "b.conf:3"}},
      {"another password", "secret", "terces", {"FAULT  auth_pass", "password 1", "password 2"}},
      {"a VIP that is missing", "        192.168.1.211/24\n", "", {"192.168.1.211 is not on b.conf"}},
      {"another interval", "priority 90", "priority 90\n    advert_int 3", {"FAULT  advert_int", "b.conf:5"}},
      {"peers on one side",
       "priority 90",
       "priority 90\n    unicast_peer {\n        192.168.1.1\n    }",
       {"FAULT  unicast_peer", "none (multicast)"}},
  };
  for (const Mistake& change : mistakes) {
    const Printed printed = Change(change.from, change.to);
    EXPECT_EQ(printed.code, kFailed) << change.name << "\n" << printed.out << printed.err;
    for (const std::string& text : change.says) EXPECT_THAT(printed.out, HasSubstr(text)) << change.name;
    EXPECT_THAT(printed.out, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("terces")))) << change.name;
  }
}

TEST_F(Files, WithoutAnInstanceAreAFault) {
  const Printed printed = Run({Write("a.conf", kGood), Write("b.conf", "global_defs {\n    router_id b\n}\n")});
  EXPECT_EQ(printed.code, kFailed);
  EXPECT_THAT(printed.err, HasSubstr("b.conf: has no vrrp_instance"));
  EXPECT_EQ(printed.out, "1 fault, no notes\n");
}

TEST_F(Files, ThatTheDaemonRefusesAreAFault) {
  const Printed printed = Change("    virtual_router_id 66\n", "");
  EXPECT_EQ(printed.code, kFailed);
  EXPECT_THAT(printed.err, HasSubstr("has no virtual_router_id"));
}

TEST_F(Files, OfOneNameAreCalledByTheirPaths) {
  const auto named = NameFiles({"x/keepalived.conf", "y/keepalived.conf", "z.conf"}, {});
  ASSERT_TRUE(named.ok());
  std::vector<std::string> names;
  for (const NodeFile& file : *named) names.push_back(file.node);
  EXPECT_THAT(names, ElementsAre("x/keepalived.conf", "y/keepalived.conf", "z.conf"));
}

TEST_F(Files, LinesForOneHostAreReadAsThatHostDoes) {
  std::string text = kGood;
  text = absl::StrReplaceAll(
      text, {{"    virtual_router_id 66\n", "    @db1 virtual_router_id 66\n    @db2 virtual_router_id 67\n"}});
  const std::string path = Write("both.conf", text);
  const Printed printed = Run({"--as", absl::StrCat("db1=", path), "--as", absl::StrCat("db2=", path)});
  EXPECT_EQ(printed.code, kFailed);
  EXPECT_THAT(printed.out, AllOf(HasSubstr("FAULT  virtual_router_id"), HasSubstr("db1"), HasSubstr("67")));
  const Printed unknown = Run({path, Write("a.conf", kGood)});
  EXPECT_THAT(unknown.err, HasSubstr("2 lines are for one host alone (@HOST) and left out: say whose file it is"));
}

TEST_F(Files, AreReadWithAllThatTheyInclude) {
  Write("conf.d/vips.conf", "virtual_ipaddress {\n    192.168.1.211/24\n    192.168.1.99/24\n}\n");
  const std::string text = absl::StrReplaceAll(
      kGood, {{"    virtual_ipaddress {\n        192.168.1.211/24\n        192.168.1.212/24\n    }\n",
               "    include conf.d/vips.conf\n"}});
  const Printed printed = Run({Write("a.conf", kGood), Write("b.conf", text)});
  EXPECT_THAT(printed.out, AllOf(HasSubstr("192.168.1.99 is not on a.conf"), HasSubstr("conf.d/vips.conf:3")));
}

TEST_F(Files, ThatCannotBeReadAreSaidToBeSo) {
  const Printed printed = Run({Write("a.conf", kGood), Path("none.conf")});
  EXPECT_EQ(printed.code, kWrongConfiguration);
  EXPECT_THAT(printed.err, AllOf(HasSubstr("none.conf"), HasSubstr("No such file")));
  EXPECT_THAT(Run({Path(""), Path("a.conf")}).err, HasSubstr(testing::TempDir()));
}

TEST_F(Files, NeedACompanionAndNamesOfTheirOwn) {
  const std::string path = Write("a.conf", kGood);
  EXPECT_THAT(Run({path}).err, HasSubstr("one file: give two or more"));
  EXPECT_THAT(Run({path, path}).err, HasSubstr("is there twice"));
  EXPECT_THAT(Run({path, "--as", "db1"}).err, HasSubstr("write NAME=FILE"));
  EXPECT_EQ(Run({path, "--as", "=x"}).code, kUsage);
}

TEST_F(Files, AreComparedAsJsonToo) {
  const Printed printed = Run({"-o", "json", Write("a.conf", kGood), Write("b.conf", kGood)});
  EXPECT_EQ(printed.code, kDone);
  EXPECT_THAT(printed.out, AllOf(HasSubstr("\"differences\""), HasSubstr("equal: the higher primary address wins")));
}

TEST_F(Files, OfALongListOnlyWhatIsOddIsShown) {
  std::string a = "vrrp_instance VI {\n    interface eth0\n    virtual_router_id 7\n    virtual_ipaddress {\n";
  for (int i = 1; i <= 250; ++i) absl::StrAppend(&a, "        10.0.0.", i, "/24\n");
  a += "    }\n}\n";
  const std::string b = absl::StrReplaceAll(a, {{"10.0.0.177/", "10.0.1.177/"}});
  const Printed printed = Run({Write("a.conf", a), Write("b.conf", b)});
  EXPECT_THAT(printed.out, AllOf(HasSubstr("250 addresses, of them not everywhere: 10.0.0.177 "),
                                 HasSubstr("b.conf:181"), Not(HasSubstr("10.0.0.176"))));
}

TEST_F(Files, ThatHaveNothingInCommonAreToldInAFewLines) {
  std::string a = "vrrp_instance VI {\n    interface eth0\n    virtual_router_id 7\n    virtual_ipaddress {\n";
  for (int i = 1; i <= 20; ++i) absl::StrAppend(&a, "        10.0.0.", i, "/24\n");
  a += "    }\n}\n";
  const std::string b = absl::StrReplaceAll(a, {{"10.0.0.", "10.0.1."}});
  const Printed printed = Run({Write("a.conf", a), Write("b.conf", b)});
  EXPECT_THAT(printed.out, AllOf(HasSubstr("10.0.0.8 is not on b.conf, and so on (32 more)"),
                                 HasSubstr("10.0.0.8 and 12 more"), Not(HasSubstr("10.0.0.9 "))));
}

TEST_F(Files, FiftyInstancesAndTwoHundredAndFiftyAddressesAreCompared) {
  std::string a;
  for (int i = 1; i <= 50; ++i) {
    absl::StrAppend(&a, "vrrp_instance VI_", i, " {\n    interface eth0\n    virtual_router_id ", i,
                    "\n    priority 100\n    virtual_ipaddress {\n");
    for (int j = 1; j <= 5; ++j) absl::StrAppend(&a, "        10.0.", i, ".", j, "/24\n");
    a += "    }\n}\n";
  }
  const std::string b = absl::StrReplaceAll(a, {{"10.0.33.4/24", "10.0.33.44/24"}, {"priority 100", "priority 90"}});
  const Printed printed = Run({Write("a.conf", a), Write("b.conf", b)});
  EXPECT_THAT(printed.out, AllOf(HasSubstr("10.0.33.4 is not on b.conf, 10.0.33.44 is not on a.conf"),
                                 HasSubstr("1 fault, 50 notes")));
}

}  // namespace
}  // namespace arbiter::ctl
