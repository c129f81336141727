// Inputs that are histories (script.proto), and how libFuzzer's are changed where it means something.
#ifndef TESTS_FUZZ_SCRIPT_H_
#define TESTS_FUZZ_SCRIPT_H_

#include <cstddef>
#include <cstdint>

#include "google/protobuf/message.h"

namespace fuzz {

// A broken promise ends the run.
void Require(bool promise);

// What cannot be read of the text is left out.
void ReadScript(const std::uint8_t* data, std::size_t size, google::protobuf::Message* script);

// LLVMFuzzerCustomMutator for texts of that message: reads `data`, changes a few things, and writes it back, no longer
// than `most`. Returns the new length.
std::size_t MutateScript(google::protobuf::Message* script, std::uint8_t* data, std::size_t size, std::size_t most,
                         unsigned seed);

// As it comes out of a stream: false for what no stream lets in (text that is no UTF-8).
bool Transmit(google::protobuf::Message* message);

}  // namespace fuzz

#endif  // TESTS_FUZZ_SCRIPT_H_
