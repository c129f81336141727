// What of the packet filter stands in the way of a VIP's adverts: what there is to ask, and how the answer is told.
#ifndef PROBE_REPORT_ADVERT_FILTERS_H_
#define PROBE_REPORT_ADVERT_FILTERS_H_

#include <optional>
#include <string>
#include <vector>

#include "arbiter/v1/report.pb.h"
#include "probe/filter/advert_path.h"
#include "probe/filter/culprit.h"
#include "probe/report/facts.h"
#include "probe/report/instance_view.h"

namespace probe::report {

// Of adverts that are on the wire and not delivered; `on`: the interface as its segment sees it. nullopt where nothing
// is to be explained: no daemon waits for them, they have defects, or come behind an authentication header, or by the
// macvlan of a virtual router.
std::optional<filter::AdvertPath> WayIn(const RouterAdverts& adverts, const std::string& on,
                                        const InstanceView& instance, const Facts& facts);

// Of what an instance sends that has the VIP and of which nothing gets onto the wire (`state`).
std::vector<filter::AdvertPath> WaysOut(const hold::VipState& state, const InstanceView& instance);

using FilterMessages = google::protobuf::RepeatedPtrField<arbiter::v1::AdvertFilter>;
void PutFilters(const std::vector<filter::Culprit>& culprits, FilterMessages* messages);

}  // namespace probe::report

#endif  // PROBE_REPORT_ADVERT_FILTERS_H_
