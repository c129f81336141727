// Asks a network for the owner of a VIP many times a second, and sees at the switch which host's port answers.
#ifndef TESTS_LAB_ANSWER_WITNESS_H_
#define TESTS_LAB_ANSWER_WITNESS_H_

#include <mutex>
#include <set>
#include <string>

#include "proto/value/ip_address.h"
#include "tests/lab/answer_record.h"
#include "tests/lab/host.h"
#include "tests/lab/metronome.h"
#include "tests/lab/unique_fd.h"

namespace lab {

// Asks as clients do: an ARP request, or a neighbour solicitation, with its host's own address as the sender. Judges by
// the switch port, for under `use_vmac` every router answers with the same link-layer address. An answer that the port
// loses counts as none. Works on a thread of its own from construction on; the methods are thread-safe.
class AnswerWitness {
 public:
  // Asks from `host`, which needs nothing but its VRRP leg and outlives this.
  AnswerWitness(const Host& host, const std::string& vip, int questions_per_second = 50);
  AnswerWitness(const AnswerWitness&) = delete;
  AnswerWitness& operator=(const AnswerWitness&) = delete;
  ~AnswerWitness() = default;

  [[nodiscard]] AnswerRecord Record() const;
  [[nodiscard]] std::set<std::string> Latest() const;

 private:
  void Ask();
  void Hear();

  const Host& host_;
  arbiter::IpAddress vip_;
  arbiter::IpAddress own_address_;
  UniqueFd question_;  // in the host's namespace
  UniqueFd ports_;     // in the switch's: every frame that enters a port
  mutable std::mutex mutex_;
  AnswerRecord record_;
  Metronome metronome_;  // last: its thread uses the rest
};

}  // namespace lab

#endif  // TESTS_LAB_ANSWER_WITNESS_H_
