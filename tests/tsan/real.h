// A function of a library that a definition of ours stands in front of. Found at its first call.
#ifndef TESTS_TSAN_REAL_H_
#define TESTS_TSAN_REAL_H_

#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/base/options.h"

namespace tsan {

template <typename Signature>
class Real;

// Constant-initialised: libraries lock before main().
template <typename Result, typename... Arguments>
class Real<Result(Arguments...)> {
 public:
  // The symbol is `prefix`, the namespace absl where `suffix` is not empty, and `suffix`.
  constexpr explicit Real(const char* prefix, const char* suffix = "") : prefix_(prefix), suffix_(suffix) {}

  Result operator()(Arguments... arguments) {
    auto* found = found_.load(std::memory_order_acquire);
    if (found == nullptr) {
      found = Find();
      found_.store(found, std::memory_order_release);
    }
    return found(arguments...);
  }

 private:
  using Function = Result(Arguments...);

  Function* Find() const {
    const std::string name = suffix_[0] == '\0' ? prefix_ : prefix_ + Absl() + suffix_;
    void* found = dlsym(RTLD_NEXT, name.c_str());
    if (found == nullptr) {
      std::fprintf(stderr, "tests/tsan: no library has %s\n", name.c_str());
      std::abort();
    }
    return reinterpret_cast<Function*>(found);
  }

  // Its inline namespace differs from one distribution's release to the next.
  static std::string Absl() {
#define TESTS_TSAN_TEXT_(word) #word
#define TESTS_TSAN_TEXT(word) TESTS_TSAN_TEXT_(word)
    const std::string space = TESTS_TSAN_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);
#undef TESTS_TSAN_TEXT
#undef TESTS_TSAN_TEXT_
    return ABSL_OPTION_USE_INLINE_NAMESPACE == 0 ? "4absl" : "4absl" + std::to_string(space.size()) + space;
  }

  const char* prefix_;
  const char* suffix_;
  std::atomic<Function*> found_ = nullptr;
};

}  // namespace tsan

#endif  // TESTS_TSAN_REAL_H_
