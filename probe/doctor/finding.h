// What a check of the doctor found.
#ifndef PROBE_DOCTOR_FINDING_H_
#define PROBE_DOCTOR_FINDING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace probe::doctor {

// From good to bad. Proof of a fault outranks missing proof, and missing proof outranks good news.
enum class Verdict : std::uint8_t { kOk, kCouldNotLook, kWarning, kFault };

struct Finding {
  std::string check;    // a stable name: "packet-filter"
  std::string subject;  // what was looked at: an instance, an interface, a script; may be empty
  Verdict verdict = Verdict::kOk;
  std::string evidence;  // what was seen, in words that an operator can check
  std::string repair;    // what to do about it; empty where nothing is wrong
};

using Findings = std::vector<Finding>;

inline void Append(Findings more, Findings* all) {
  for (Finding& finding : more) all->push_back(std::move(finding));
}

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_FINDING_H_
