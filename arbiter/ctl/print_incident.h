// Incidents: many as a table, one in full.
#ifndef ARBITER_CTL_PRINT_INCIDENT_H_
#define ARBITER_CTL_PRINT_INCIDENT_H_

#include <string>

#include "absl/time/time.h"
#include "arbiter/ctl/print_status.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// A row for each, in the order given.
std::string IncidentsText(const v1::ListIncidentsResponse& incidents, absl::TimeZone zone, const Look& look);

// What happened, why, what to do, and when each thing was.
std::string IncidentText(const v1::Incident& incident, absl::TimeZone zone, const Look& look);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PRINT_INCIDENT_H_
