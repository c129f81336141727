// The verdict on a contest: who of those that affirmed survives, and whose gates shut for a while for its sake.
//
// Shutting a gate takes milliseconds, is undone in less, and harms nobody, since the survivor has just affirmed.
#ifndef ARBITER_CORE_VERDICT_H_
#define ARBITER_CORE_VERDICT_H_

#include <string>

#include "arbiter/core/context.h"

namespace arbiter::core {

// Judges by the round that is over. What the survivor does not hold becomes a matter of its own and is judged there.
void Judge(Context& ctx, Matter& matter);

// Answers the operator who ordered a demotion, if anybody did.
void AnswerOperator(Context& ctx, Matter& matter, Code code, const std::string& message);
void RefuseOperator(Context& ctx, Matter& matter);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_VERDICT_H_
