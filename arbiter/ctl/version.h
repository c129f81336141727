// Which arbctl this is.
#ifndef ARBITER_CTL_VERSION_H_
#define ARBITER_CTL_VERSION_H_

namespace arbiter::ctl {

inline constexpr char kVersion[] = ARBITER_VERSION;

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_VERSION_H_
