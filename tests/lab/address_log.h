// When addresses came and went, as the kernels of the hosts announced it.
#ifndef TESTS_LAB_ADDRESS_LOG_H_
#define TESTS_LAB_ADDRESS_LOG_H_

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/lab/host.h"
#include "tests/lab/instant.h"
#include "tests/lab/unique_fd.h"

namespace lab {

struct AddressEvent {
  Instant at;
  std::string host;
  std::string address;  // without prefix length
  bool added = false;   // RTM_NEWADDR, else RTM_DELADDR
};

// Listens on a thread of its own from construction on. All methods are thread-safe.
class AddressLog {
 public:
  explicit AddressLog(const std::vector<const Host*>& hosts);
  AddressLog(const AddressLog&) = delete;
  AddressLog& operator=(const AddressLog&) = delete;
  ~AddressLog();

  [[nodiscard]] std::vector<AddressEvent> Events() const;

  // Whether the last thing heard is that `host` has it.
  [[nodiscard]] bool Has(const std::string& host, const std::string& address) const;

  // The last time that it came to `host`, or went from it, not before `since`.
  [[nodiscard]] std::optional<Instant> LastAdded(const std::string& host, const std::string& address,
                                                 Instant since = {}) const;
  [[nodiscard]] std::optional<Instant> LastRemoved(const std::string& host, const std::string& address,
                                                   Instant since = {}) const;

 private:
  [[nodiscard]] std::optional<AddressEvent> Last(const std::function<bool(const AddressEvent&)>& wanted) const;
  [[nodiscard]] std::optional<Instant> LastChange(const std::string& host, const std::string& address, bool added,
                                                  Instant since) const;
  void Listen();
  void Record(const std::string& host, int socket);

  std::map<std::string, UniqueFd> sockets_;  // by host
  UniqueFd stop_;
  mutable std::mutex mutex_;
  std::vector<AddressEvent> events_;
  std::thread thread_;
};

}  // namespace lab

#endif  // TESTS_LAB_ADDRESS_LOG_H_
