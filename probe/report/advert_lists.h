// What the advert tracker knows, as reports need it.
#ifndef PROBE_REPORT_ADVERT_LISTS_H_
#define PROBE_REPORT_ADVERT_LISTS_H_

#include <vector>

#include "probe/observe/advert_tracker.h"
#include "probe/report/facts.h"

namespace probe::report {

struct AdvertLists {
  std::vector<RouterAdverts> own;    // sent by this host
  std::vector<RouterAdverts> heard;  // of other routers, those that fell silent last
};

AdvertLists ListAdverts(const observe::AdvertTracker& tracker);

}  // namespace probe::report

#endif  // PROBE_REPORT_ADVERT_LISTS_H_
