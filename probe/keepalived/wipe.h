// Overwrites text that may hold a password. Apart from the daemon's own file, nothing of it should stay in memory.
#ifndef PROBE_KEEPALIVED_WIPE_H_
#define PROBE_KEEPALIVED_WIPE_H_

#include <string>

namespace probe::keepalived {

// Overwrites the characters, then empties the string. The compiler does not drop it.
void WipeText(std::string* text);

// Wipes the string it names when it goes out of scope. The string must outlive it.
class WipedAtEnd {
 public:
  explicit WipedAtEnd(std::string* text) : text_(text) {}
  ~WipedAtEnd() { WipeText(text_); }
  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;

 private:
  std::string* text_;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_WIPE_H_
