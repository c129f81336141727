// A node that answers an arbiter by itself, as an honest probe does: each question with what it has said last, each
// directive by doing it. What its daemon then makes of that, a history says.
#ifndef TESTS_FUZZ_HONEST_NODE_H_
#define TESTS_FUZZ_HONEST_NODE_H_

#include "arbiter/core/effect.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/v1/probe_service.pb.h"

namespace fuzz {

class HonestNode {
 public:
  HonestNode();

  // What it has said of its VIPs holds from now on; of an affirmation also what its references and its segment said.
  void Said(const arbiter::v1::ProbeMessage& message);

  [[nodiscard]] arbiter::v1::ProbeMessage AnswerTo(const arbiter::core::AskAffirm& ask) const;
  // Its gates are as the directive wants them.
  arbiter::v1::ProbeMessage Obey(const arbiter::core::Directive& directive);

 private:
  arbiter::v1::Affirmation said_;
};

}  // namespace fuzz

#endif  // TESTS_FUZZ_HONEST_NODE_H_
