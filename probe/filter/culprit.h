// What of a packet filter drops an advert, in words. Pure.
#ifndef PROBE_FILTER_CULPRIT_H_
#define PROBE_FILTER_CULPRIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/filter/advert_packet.h"
#include "probe/filter/ruleset.h"

namespace probe::filter {

struct Culprit {
  bool certain = false;  // else it may drop it
  std::string by;        // "nft rule `inet filter input ip protocol 112 drop`"
  std::string repair;

  friend bool operator==(const Culprit&, const Culprit&) = default;
};

inline constexpr std::size_t kMostCulprits = 3;

// The rule that drops `packet` for certain; else what may drop it: rules of which that depends on more than is known,
// and filters of tc (`tc`: by name), of which nothing is known but that they are there. A ruleset that could not be
// read says nothing.
std::vector<Culprit> CulpritsOf(const AdvertPacket& packet, const absl::StatusOr<Ruleset>& ruleset,
                                const std::vector<std::string>& tc);

// For another process, one list a question in its order. Control characters become blanks, long words are cut.
std::string WriteCulprits(const std::vector<std::vector<Culprit>>& answers);
// DataLoss where the text is not the whole of such answers to `questions` questions.
absl::StatusOr<std::vector<std::vector<Culprit>>> ReadCulprits(absl::string_view text, std::size_t questions);

}  // namespace probe::filter

#endif  // PROBE_FILTER_CULPRIT_H_
