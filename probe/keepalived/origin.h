// Where in the daemon's configuration something was written, so that advice can say: this file, this line.
#ifndef PROBE_KEEPALIVED_ORIGIN_H_
#define PROBE_KEEPALIVED_ORIGIN_H_

#include <concepts>
#include <memory>
#include <string>
#include <utility>

namespace probe::keepalived {

struct Origin {
  std::shared_ptr<const std::string> file;  // null only in a value that was never read
  int line = 0;                             // from 1

  // "/etc/keepalived/keepalived.conf:12", or "nowhere" for a value that was never read.
  [[nodiscard]] std::string ToString() const {
    return file == nullptr ? std::string("nowhere") : *file + ":" + std::to_string(line);
  }
};

// A value in force, and where it comes from. What nobody wrote has the daemon's default, and `at` is the line that
// opens the block in which it could be written.
template <typename T>
struct Setting {
  T value;
  Origin at;
  bool stated = false;

  Setting() requires std::default_initializable<T> : value() {}
  explicit Setting(T default_value) : value(std::move(default_value)) {}
  Setting(T stated_value, Origin where) : value(std::move(stated_value)), at(std::move(where)), stated(true) {}

  void State(T new_value, Origin where) {
    value = std::move(new_value);
    at = std::move(where);
    stated = true;
  }
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_ORIGIN_H_
