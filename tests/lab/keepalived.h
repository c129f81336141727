// A real keepalived in a host's namespace.
#ifndef TESTS_LAB_KEEPALIVED_H_
#define TESTS_LAB_KEEPALIVED_H_

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/lab/host.h"
#include "tests/lab/keepalived_config.h"
#include "tests/lab/process.h"

namespace lab {

// keepalived is two processes: a parent, and the VRRP child that holds the VIPs.
class Keepalived {
 public:
  // Its files (configuration, pid files) are put into `directory`, which exists. `host` outlives it.
  Keepalived(const Host& host, const std::filesystem::path& directory);
  // Kills what runs, at once; the addresses go with the namespace.
  ~Keepalived();
  Keepalived(const Keepalived&) = delete;
  Keepalived& operator=(const Keepalived&) = delete;

  [[nodiscard]] std::string config_path() const { return (directory_ / "keepalived.conf").string(); }
  [[nodiscard]] std::string pid_path() const { return (directory_ / "keepalived.pid").string(); }

  // Writes the configuration file; Start or Reload makes it count.
  void Configure(const KeepalivedConfig& config);

  // Returns once the VRRP child has written its pid file.
  void Start();
  void Reload();  // SIGHUP

  // SIGTERM, and waits until it has gone (priority-0 adverts, VIPs removed).
  void Stop();
  // SIGKILL to both without a chance to tidy up: the VIP is left behind.
  void Kill();

  // SIGSTOP to both, as a paused machine; SIGCONT.
  void Freeze();
  void Thaw();

  [[nodiscard]] std::string Log() const;

 private:
  [[nodiscard]] pid_t Child() const;  // 0 when there is none
  void SignalBoth(int number);

  const Host& host_;
  std::filesystem::path directory_;
  std::unique_ptr<Process> parent_;
};

}  // namespace lab

#endif  // TESTS_LAB_KEEPALIVED_H_
