// A thread that beats at a steady rate and listens to a socket between the beats: the frame of the lab's measurements.
#ifndef TESTS_LAB_METRONOME_H_
#define TESTS_LAB_METRONOME_H_

#include <functional>
#include <thread>

#include "tests/lab/instant.h"
#include "tests/lab/unique_fd.h"

namespace lab {

// Asks the kernel to run the current thread before ordinary ones, so that a busy machine does not blur what is
// measured. Where that is not allowed the figures are merely less exact.
void BePunctual();

// An eventfd: what a thread polls beside its sockets, and how it is told to end.
UniqueFd MakeStopSignal();
void SendStop(const UniqueFd& stop);

class Metronome {
 public:
  // Both functions are called on the thread only: `beat` every `interval` (a beat missed is not made up for), `hear`
  // when `socket` has something to read, which it must then take.
  Metronome(Duration interval, int socket, std::function<void()> beat, std::function<void()> hear);
  Metronome(const Metronome&) = delete;
  Metronome& operator=(const Metronome&) = delete;
  // Returns when the thread has ended.
  ~Metronome();

 private:
  void Loop();

  Duration interval_;
  int socket_;
  std::function<void()> beat_;
  std::function<void()> hear_;
  UniqueFd stop_;
  std::thread thread_;
};

}  // namespace lab

#endif  // TESTS_LAB_METRONOME_H_
