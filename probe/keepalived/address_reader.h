// Rows of virtual_ipaddress, virtual_ipaddress_excluded and unicast_peer.
#ifndef PROBE_KEEPALIVED_ADDRESS_READER_H_
#define PROBE_KEEPALIVED_ADDRESS_READER_H_

#include "probe/keepalived/keyword_table.h"

namespace probe::keepalived {

// Appends the rows. All must be of the instance's family, which the first one decides.
void ReadVirtualAddresses(const Block& block, const ReadContext& context, Instance* instance);

// Appends the rows; either family.
void ReadExcludedAddresses(const Block& block, const ReadContext& context, Instance* instance);

// Appends the peers, which must be of the instance's family.
void ReadPeers(const Block& block, const ReadContext& context, Instance* instance);

// Whether an address fits the instance; the first one decides for it.
bool TakesFamily(Instance* instance, const arbiter::IpAddress& address);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_ADDRESS_READER_H_
