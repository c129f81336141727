// The links of this host that an advert passes through. Pure.
#ifndef PROBE_FILTER_LINKS_H_
#define PROBE_FILTER_LINKS_H_

#include "probe/filter/advert_packet.h"
#include "probe/netlink/address_table.h"

namespace probe::filter {

// Writes down what its interface is, and what lies below it. An interface that the table does not have is left alone.
void PutLinks(const netlink::AddressTable& table, AdvertPacket* packet);

}  // namespace probe::filter

#endif  // PROBE_FILTER_LINKS_H_
