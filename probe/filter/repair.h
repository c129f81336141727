// What to do about a rule that drops adverts. Pure.
#ifndef PROBE_FILTER_REPAIR_H_
#define PROBE_FILTER_REPAIR_H_

#include <string>

#include "probe/filter/advert_packet.h"
#include "probe/filter/filter_walk.h"

namespace probe::filter {

// A command that lets `packet` pass there, in the words of whoever looks after the table.
std::string RepairOf(const DropPlace& place, const AdvertPacket& packet);

}  // namespace probe::filter

#endif  // PROBE_FILTER_REPAIR_H_
