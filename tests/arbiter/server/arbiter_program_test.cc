// The program as an operator meets it: exit codes, its one line on stderr, its start and its end.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

// A port that was free a moment ago.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

class ArbiterProgram : public testing::Test {
 protected:
  ArbiterProgram() {
    std::string pattern = testing::TempDir() + "arbiter.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ArbiterProgram() override {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  // Starts it with these flags; what it prints goes to out() and err().
  void Start(std::vector<std::string> flags) {
    flags.insert(flags.begin(), ARBITER_PROGRAM);
    for (const char* name : {"/out", "/err"}) {
      std::filesystem::remove(folder_ + name);  // of an earlier run
    }
    pid_ = fork();
    ASSERT_GE(pid_, 0);
    if (pid_ == 0) {
      Redirect(folder_ + "/out", STDOUT_FILENO);
      Redirect(folder_ + "/err", STDERR_FILENO);
      std::vector<char*> arguments;
      for (std::string& flag : flags) {
        arguments.push_back(flag.data());
      }
      arguments.push_back(nullptr);
      execv(ARBITER_PROGRAM, arguments.data());
      _exit(127);
    }
  }

  // With a folder and ports of its own.
  void StartServing(std::vector<std::string> flags = {}) {
    listen_ = "127.0.0.1:" + std::to_string(FreePort());
    flags.insert(flags.end(), {"--listen", listen_, "--metrics-listen", "", "--state-dir", folder_ + "/state"});
    Start(std::move(flags));
    ASSERT_TRUE(AwaitErr("started ")) << Err();
  }

  // The exit code; -1 when it was ended by a signal, -2 when it still runs after 30 s.
  int Wait() {
    for (int i = 0; i < 3000; ++i) {
      int state = 0;
      if (waitpid(pid_, &state, WNOHANG) == pid_) {
        pid_ = -1;
        return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return -2;
  }

  int Run(std::vector<std::string> flags) {
    Start(std::move(flags));
    return Wait();
  }

  bool AwaitErr(const std::string& text) {
    for (int i = 0; i < 3000; ++i) {
      if (Err().find(text) != std::string::npos) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  [[nodiscard]] std::string Out() const { return Content(folder_ + "/out"); }
  [[nodiscard]] std::string Err() const { return Content(folder_ + "/err"); }

  // stderr is this one line, about `text`.
  void ExpectOneLine(const std::string& text) const {
    const std::string err = Err();
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
    EXPECT_EQ(err.rfind("arbiter: ", 0), 0U) << err;
    EXPECT_NE(err.find(text), std::string::npos) << err;
  }

  std::string WriteFile(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
  std::string listen_;
  pid_t pid_ = -1;

 private:
  static void Redirect(const std::string& path, int to) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, to);
    close(fd);
  }
  static std::string Content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
};

TEST_F(ArbiterProgram, PrintsHelpAndVersion) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_NE(Out().find("--confirm-after DURATION"), std::string::npos) << Out();
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_EQ(Out().rfind("arbiter ", 0), 0U) << Out();
}

TEST_F(ArbiterProgram, RefusesAnUnknownFlag) {
  EXPECT_EQ(Run({"--frobnicate"}), 64);
  ExpectOneLine("--frobnicate");
}

TEST_F(ArbiterProgram, RefusesABadDuration) {
  EXPECT_EQ(Run({"--confirm-after", "250"}), 64);
  ExpectOneLine("confirm_after: '250' is not a duration (write 250ms, 3s or 1m)");
}

TEST_F(ArbiterProgram, SaysWhichConfigurationFileIsMissing) {
  EXPECT_EQ(Run({"--config", folder_ + "/none.yaml"}), 78);
  ExpectOneLine(folder_ + "/none.yaml: No such file or directory");
}

TEST_F(ArbiterProgram, ReadsNoConfigurationWithoutAnEnd) {
  EXPECT_EQ(Run({"--config", "/dev/zero"}), 78);
  ExpectOneLine("/dev/zero: is no regular file");
  ASSERT_EQ(mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(Run({"--config", folder_ + "/pipe"}), 78);
  ExpectOneLine(folder_ + "/pipe: is no regular file");
  EXPECT_EQ(Run({"--config", WriteFile("long.yaml", std::string((std::size_t{1} << 20) + 1, '#'))}), 78);
  ExpectOneLine("longer than 1048576 bytes");
}

TEST_F(ArbiterProgram, KeepsNoStateWhereOthersMayWrite) {
  const std::string state = folder_ + "/open";
  ASSERT_EQ(mkdir(state.c_str(), 0700), 0);
  ASSERT_EQ(chmod(state.c_str(), 0777), 0);
  EXPECT_EQ(Run({"--listen", "127.0.0.1:" + std::to_string(FreePort()), "--metrics-listen", "", "--state-dir", state}),
            1);
  ExpectOneLine("state directory " + state + " may be written by everybody: chmod go-w " + state);
}

TEST_F(ArbiterProgram, SaysTheLineOfAWrongKey) {
  const std::string path = WriteFile("a.yaml", "mode: enforce\nlisten_on: x\n");
  EXPECT_EQ(Run({"--config", path}), 78);
  ExpectOneLine(path + ":2: ");
}

TEST_F(ArbiterProgram, ChecksAConfigurationWithoutAStart) {
  const std::string good = WriteFile("good.yaml", "mode: observe\noperators: [ops]\nlimits:\n  nodes: 100\n");
  EXPECT_EQ(Run({"--config", good, "--check-config"}), 0);
  EXPECT_EQ(Out(), "configuration is fine\n");
  const std::string bad = WriteFile("bad.yaml", "mode: maybe\n");
  EXPECT_EQ(Run({"--config", bad, "--check-config"}), 78);
  ExpectOneLine(bad + ":1: mode: \"maybe\" is no mode: write enforce or observe");
}

TEST_F(ArbiterProgram, RefusesNotificationsWhoseFilesAreMissing) {
  const std::string path = WriteFile("a.yaml", "notifications:\n  - name: pager\n    command: [/nonexistent/page]\n");
  const std::string error = path + ":3: notifications[0].command: run /nonexistent/page: No such file or directory; ";
  EXPECT_EQ(Run({"--config", path, "--check-config"}), 78);
  ExpectOneLine(error);
  EXPECT_EQ(Run({"--config", path, "--metrics-listen", "", "--state-dir", folder_ + "/state"}), 78);
  ExpectOneLine(error);
}

TEST_F(ArbiterProgram, StaysOnLoopbackWithoutTls) {
  EXPECT_EQ(Run({"--listen", "0.0.0.0:" + std::to_string(FreePort())}), 78);
  ExpectOneLine("--insecure");
}

TEST_F(ArbiterProgram, SaysAloudThatItIsInsecure) {
  Start({"--listen", "0.0.0.0:" + std::to_string(FreePort()), "--insecure", "--metrics-listen", "", "--state-dir",
         folder_ + "/state"});
  EXPECT_TRUE(AwaitErr("INSECURE")) << Err();
}

TEST_F(ArbiterProgram, SaysWhichCertificateCannotBeRead) {
  EXPECT_EQ(Run({"--tls-cert", "/nonexistent.crt", "--tls-key", "/nonexistent.key", "--tls-ca", "/nonexistent.ca",
                 "--state-dir", folder_ + "/state", "--metrics-listen", "", "--listen",
                 "127.0.0.1:" + std::to_string(FreePort())}),
            78);
  ExpectOneLine("read TLS authority /nonexistent.ca: No such file or directory");
}

TEST_F(ArbiterProgram, SaysThatThePortIsInUse) {
  StartServing();
  const pid_t first = pid_;
  Start({"--listen", listen_, "--metrics-listen", "", "--state-dir", folder_ + "/other"});
  EXPECT_EQ(Wait(), 1);
  ExpectOneLine("listen on " + listen_ + ": Address already in use");
  pid_ = first;
}

TEST_F(ArbiterProgram, SaysThatAnotherArbiterUsesTheState) {
  StartServing();
  const pid_t first = pid_;
  Start({"--listen", "127.0.0.1:" + std::to_string(FreePort()), "--metrics-listen", "", "--state-dir",
         folder_ + "/state"});
  EXPECT_EQ(Wait(), 1);
  ExpectOneLine("another arbiter");
  pid_ = first;
}

TEST_F(ArbiterProgram, StopsCleanlyAndCountsItsTerms) {
  StartServing();
  EXPECT_NE(Err().find("term=1"), std::string::npos) << Err();
  kill(pid_, SIGTERM);
  EXPECT_EQ(Wait(), 0) << Err();
  EXPECT_NE(Err().find("stopping"), std::string::npos) << Err();
  StartServing();
  EXPECT_NE(Err().find("term=2"), std::string::npos) << Err();
  kill(pid_, SIGINT);
  EXPECT_EQ(Wait(), 0) << Err();
}

TEST_F(ArbiterProgram, ReloadsWhatItCanAndSaysWhatItCannot) {
  const std::string path = WriteFile("a.yaml", "log_level: info\n");
  StartServing({"--config", path});
  WriteFile("a.yaml", "log_level: debug\nconfirm_after: 1s\n");
  kill(pid_, SIGHUP);
  EXPECT_TRUE(AwaitErr("needs_restart=confirm_after")) << Err();
  WriteFile("a.yaml", "nonsense: 1\n");
  kill(pid_, SIGHUP);
  EXPECT_TRUE(AwaitErr("nothing changed")) << Err();
  kill(pid_, SIGTERM);
  EXPECT_EQ(Wait(), 0);
}

}  // namespace
