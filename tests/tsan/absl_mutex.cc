// Tells ThreadSanitizer of absl::Mutex, CondVar and Notification. Debian's libabsl_synchronization is compiled without
// it, so that their locks are invisible and all that they guard looks like a race.
//
// These definitions stand in front of the library's, for our code and for other libraries (gRPC locks absl::Mutex too),
// and call the real ones. Between "pre" and "post" nothing is recorded: there the library evaluates Conditions, also
// those of other threads, when ThreadSanitizer holds the lock for released or not taken yet.
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "tests/tsan/real.h"

// Of ThreadSanitizer's runtime, and in none of its headers.
extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesEnd(const char* file, int line);

namespace {

using absl::Condition;
using absl::CondVar;
using absl::Duration;
using absl::Mutex;
using absl::Notification;
using absl::Time;
using tsan::Real;

// How deep this thread is in the library: what the library calls there is part of a call that is told already.
thread_local int depth = 0;

template <typename Result, typename... Arguments>
Result Inside(Real<Result(Arguments...)>& real, Arguments... arguments) {
  struct Deeper {
    Deeper() { ++depth; }
    ~Deeper() { --depth; }
  } const deeper;
  return real(arguments...);
}

constexpr unsigned kWrite = 0;
constexpr unsigned kRead = __tsan_mutex_read_lock;

// The library's lock, which returns once the mutex is held.
template <typename Result, typename... Arguments>
Result Take(unsigned flags, Real<Result(Mutex*, Arguments...)>& real, Mutex* mutex, Arguments... arguments) {
  if (depth > 0) return real(mutex, arguments...);
  struct Told {
    Told(Mutex* m, unsigned f) : mutex(m), flags(f) { __tsan_mutex_pre_lock(mutex, flags); }
    ~Told() { __tsan_mutex_post_lock(mutex, flags, 0); }
    Mutex* mutex;
    unsigned flags;
  } const told(mutex, flags);
  return Inside<Result, Mutex*, Arguments...>(real, mutex, arguments...);
}

bool TryToTake(unsigned flags, Real<bool(Mutex*)>& real, Mutex* mutex) {
  if (depth > 0) return real(mutex);
  flags |= __tsan_mutex_try_lock;
  __tsan_mutex_pre_lock(mutex, flags);
  const bool taken = Inside<bool, Mutex*>(real, mutex);
  __tsan_mutex_post_lock(mutex, taken ? flags : flags | __tsan_mutex_try_lock_failed, 0);
  return taken;
}

void Release(unsigned flags, Real<void(Mutex*)>& real, Mutex* mutex) {
  if (depth > 0) return real(mutex);
  __tsan_mutex_pre_unlock(mutex, flags);
  Inside<void, Mutex*>(real, mutex);
  __tsan_mutex_post_unlock(mutex, flags);
}

// A wait that lets go of the mutex, which is held for writing, and takes it again.
template <typename Result, typename... Arguments>
Result Wait(Mutex* mutex, Real<Result(Arguments...)>& real, Arguments... arguments) {
  if (depth > 0) return real(arguments...);
  struct Told {
    explicit Told(Mutex* m) : mutex(m) { __tsan_mutex_pre_unlock(mutex, kWrite); }
    ~Told() {
      __tsan_mutex_post_unlock(mutex, kWrite);
      __tsan_mutex_pre_lock(mutex, kWrite);
      __tsan_mutex_post_lock(mutex, kWrite, 0);
    }
    Mutex* mutex;
  } const told(mutex);
  return Inside<Result, Arguments...>(real, arguments...);
}

constinit Real<void(Mutex*)> real_destroy("_ZN", "5MutexD1Ev");
constinit Real<void(Mutex*)> real_lock("_ZN", "5Mutex4LockEv");
constinit Real<void(Mutex*)> real_unlock("_ZN", "5Mutex6UnlockEv");
constinit Real<bool(Mutex*)> real_try_lock("_ZN", "5Mutex7TryLockEv");
constinit Real<void(Mutex*)> real_reader_lock("_ZN", "5Mutex10ReaderLockEv");
constinit Real<void(Mutex*)> real_reader_unlock("_ZN", "5Mutex12ReaderUnlockEv");
constinit Real<bool(Mutex*)> real_reader_try_lock("_ZN", "5Mutex13ReaderTryLockEv");

using When = void(Mutex*, const Condition&);
using WhenTimeout = bool(Mutex*, const Condition&, Duration);
using WhenDeadline = bool(Mutex*, const Condition&, Time);
// How the library names the types of its arguments.
#define CONDITION "ERKNS0_9ConditionE"
constinit Real<When> real_await("_ZN", "5Mutex5Await" CONDITION);
constinit Real<WhenTimeout> real_await_timeout("_ZN", "5Mutex16AwaitWithTimeout" CONDITION "NS0_8DurationE");
constinit Real<WhenDeadline> real_await_deadline("_ZN", "5Mutex17AwaitWithDeadline" CONDITION "NS0_4TimeE");
constinit Real<When> real_lock_when("_ZN", "5Mutex8LockWhen" CONDITION);
constinit Real<WhenTimeout> real_lock_timeout("_ZN", "5Mutex19LockWhenWithTimeout" CONDITION "NS0_8DurationE");
constinit Real<WhenDeadline> real_lock_deadline("_ZN", "5Mutex20LockWhenWithDeadline" CONDITION "NS0_4TimeE");
#undef CONDITION

constinit Real<void(CondVar*, Mutex*)> real_wait("_ZN", "7CondVar4WaitEPNS0_5MutexE");
constinit Real<bool(CondVar*, Mutex*, Duration)> real_wait_timeout(
    "_ZN", "7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
constinit Real<bool(CondVar*, Mutex*, Time)> real_wait_deadline("_ZN",
                                                                "7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");

constinit Real<void(Notification*)> real_notify("_ZN", "12Notification6NotifyEv");
constinit Real<void(const Notification*)> real_notified("_ZNK", "12Notification19WaitForNotificationEv");
constinit Real<bool(const Notification*, Duration)> real_notified_timeout(
    "_ZNK", "12Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
constinit Real<bool(const Notification*, Time)> real_notified_deadline(
    "_ZNK", "12Notification31WaitForNotificationWithDeadlineENS0_4TimeE");

// A notification has its own order: who sees it given does not always lock.
void Acquire(const Notification* notification) { __tsan_acquire(const_cast<Notification*>(notification)); }

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

Mutex::~Mutex() {
  // Not as the write that it is: gRPC counts the users of what it destroys in atomics that are not seen. Of a mutex of
  // ours its memory's end is told, by operator delete.
  AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  __tsan_mutex_destroy(this, 0);
  AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
  Inside<void, Mutex*>(real_destroy, this);
}
void Mutex::Lock() { Take(kWrite, real_lock, this); }
void Mutex::Unlock() { Release(kWrite, real_unlock, this); }
bool Mutex::TryLock() { return TryToTake(kWrite, real_try_lock, this); }
void Mutex::ReaderLock() { Take(kRead, real_reader_lock, this); }
void Mutex::ReaderUnlock() { Release(kRead, real_reader_unlock, this); }
bool Mutex::ReaderTryLock() { return TryToTake(kRead, real_reader_try_lock, this); }

void Mutex::Await(const Condition& c) { Wait<void, Mutex*, const Condition&>(this, real_await, this, c); }
bool Mutex::AwaitWithTimeout(const Condition& c, Duration timeout) {
  return Wait<bool, Mutex*, const Condition&, Duration>(this, real_await_timeout, this, c, timeout);
}
bool Mutex::AwaitWithDeadline(const Condition& c, Time deadline) {
  return Wait<bool, Mutex*, const Condition&, Time>(this, real_await_deadline, this, c, deadline);
}
void Mutex::LockWhen(const Condition& c) { Take<void, const Condition&>(kWrite, real_lock_when, this, c); }
bool Mutex::LockWhenWithTimeout(const Condition& c, Duration timeout) {
  return Take<bool, const Condition&, Duration>(kWrite, real_lock_timeout, this, c, timeout);
}
bool Mutex::LockWhenWithDeadline(const Condition& c, Time deadline) {
  return Take<bool, const Condition&, Time>(kWrite, real_lock_deadline, this, c, deadline);
}

void CondVar::Wait(Mutex* mutex) { ::Wait<void, CondVar*, Mutex*>(mutex, real_wait, this, mutex); }
bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  return ::Wait<bool, CondVar*, Mutex*, Duration>(mutex, real_wait_timeout, this, mutex, timeout);
}
bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  return ::Wait<bool, CondVar*, Mutex*, Time>(mutex, real_wait_deadline, this, mutex, deadline);
}

void Notification::Notify() {
  __tsan_release(this);
  real_notify(this);
}
void Notification::WaitForNotification() const {
  real_notified(this);
  Acquire(this);
}
bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  const bool given = real_notified_timeout(this, timeout);
  Acquire(this);
  return given;
}
bool Notification::WaitForNotificationWithDeadline(Time deadline) const {
  const bool given = real_notified_deadline(this, deadline);
  Acquire(this);
  return given;
}

ABSL_NAMESPACE_END
}  // namespace absl
