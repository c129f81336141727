#include "arbiter/store/database_file.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "arbiter/store/database.h"
#include "arbiter/store/schema.h"

namespace arbiter::store {
namespace {

constexpr char kName[] = "arbiter.db";
constexpr char kFresh[] = "arbiter.db.new";
// Of every database. SQLite takes a file of none or one byte for a new one; what else is wrong it finds by itself.
constexpr std::size_t kHeaderBytes = 100;

// One file, closed: SQLite syncs it at the commit.
absl::Status MakeFresh(const process::PrivateDirectory& directory) {
  absl::Status status = directory.Remove(kFresh);
  status.Update(directory.Remove(absl::StrCat(kFresh, "-journal")));
  status.Update(directory.OpenOrMakeFile(kFresh).status());  // readable for its owner only: the store holds keys
  if (!status.ok()) return status;
  absl::StatusOr<Database> database = Database::Open(directory.PathOf(kFresh));
  if (!database.ok()) return database.status();
  status = database->Execute("PRAGMA synchronous = FULL");
  if (status.ok()) status = Migrate(*database, Migrations());
  return status;
}

}  // namespace

absl::StatusOr<std::string> FindOrMakeDatabase(const process::PrivateDirectory& directory) {
  const std::string path = directory.PathOf(kName);
  const absl::StatusOr<std::size_t> size = directory.SizeOf(kName);
  if (size.ok() && *size >= kHeaderBytes) return path;
  if (size.ok()) {
    return absl::DataLossError(absl::StrCat(path, ": has ", *size, " bytes, which no database has: it was cut off"));
  }
  if (!absl::IsNotFound(size.status())) return size.status();
  const absl::StatusOr<std::size_t> log = directory.SizeOf(absl::StrCat(kName, "-wal"));
  if (log.ok()) return absl::DataLossError(absl::StrCat(path, ": is gone, and its log ", path, "-wal is there"));
  if (!absl::IsNotFound(log.status())) return log.status();
  absl::Status status = MakeFresh(directory);
  if (status.ok()) status = directory.Rename(kFresh, kName);
  if (status.ok()) status = directory.Sync();
  if (!status.ok()) return status;
  return path;
}

}  // namespace arbiter::store
