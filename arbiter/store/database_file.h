// The file of the arbiter's database: made once, whole, and never taken for a new one after that.
#ifndef ARBITER_STORE_DATABASE_FILE_H_
#define ARBITER_STORE_DATABASE_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "arbiter/process/private_directory.h"

namespace arbiter::store {

// The path of `arbiter.db` in that directory. Where there is none it is made, with the schema in it, under another name
// first: a process that dies in the middle leaves no database, not half of one. DataLoss where the file is cut off, or
// gone while its log is there: whoever cut it off, the arbiter must not begin anew as if nobody were held.
absl::StatusOr<std::string> FindOrMakeDatabase(const process::PrivateDirectory& directory);

}  // namespace arbiter::store

#endif  // ARBITER_STORE_DATABASE_FILE_H_
