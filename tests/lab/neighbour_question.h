// "Who has this address?" on an Ethernet, in both address families, and how to know an answer. Used by the witness.
#ifndef TESTS_LAB_NEIGHBOUR_QUESTION_H_
#define TESTS_LAB_NEIGHBOUR_QUESTION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "proto/value/ip_address.h"
#include "tests/lab/unique_fd.h"

namespace lab {

// A socket for asking, made in the current namespace and bound to its VRRP leg; `from` is the leg's own address.
UniqueFd OpenQuestionSocket(const arbiter::IpAddress& from);

// Sends one ARP request (RFC 826) or neighbour solicitation (RFC 4861, section 4.3). A failure to send is a question
// that nobody answers.
void SendQuestion(int socket, const arbiter::IpAddress& from, const arbiter::IpAddress& target);

// Whether an Ethernet frame is an ARP reply or a neighbour advertisement for `target`, sent to `asker`.
bool IsAnswer(absl::Span<const std::uint8_t> frame, const arbiter::IpAddress& target, const arbiter::IpAddress& asker);

}  // namespace lab

#endif  // TESTS_LAB_NEIGHBOUR_QUESTION_H_
