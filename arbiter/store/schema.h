// The tables, and the steps that bring an older file to them.
#ifndef ARBITER_STORE_SCHEMA_H_
#define ARBITER_STORE_SCHEMA_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "arbiter/store/database.h"

namespace arbiter::store {

// One step of the schema: brings a file of version `to - 1` to version `to`. A step that was released never changes.
struct Migration {
  int to = 0;
  const char* sql = "";
};

// All steps, from the empty file (version 0) on, without a gap.
absl::Span<const Migration> Migrations();

// Runs the steps that the file lacks, all in one transaction. FailedPrecondition for a file of a newer version or of
// another program, DataLoss for one that is damaged; then nothing was changed.
absl::Status Migrate(Database& database, absl::Span<const Migration> migrations);

}  // namespace arbiter::store

#endif  // ARBITER_STORE_SCHEMA_H_
