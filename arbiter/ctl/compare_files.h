// Configuration files compared as they lie there: no arbiter, no daemon, no root.
#ifndef ARBITER_CTL_COMPARE_FILES_H_
#define ARBITER_CTL_COMPARE_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// A file of one node.
struct NodeFile {
  std::string node;  // how it is called in what is printed
  std::string host;  // what lines that begin with @ are compared with; empty: it is not known
  std::string path;
};

// `files` are paths, `as` are NAME=FILE: that file is the one of host NAME. A path alone is called by its name, or by
// as much of it as tells it from the others. InvalidArgument where two are called alike, where NAME= is missing, and
// for fewer than two.
absl::StatusOr<std::vector<NodeFile>> NameFiles(absl::Span<const std::string> files, absl::Span<const std::string> as);

struct Comparison {
  v1::GetDiffResponse diff;           // without a cluster
  std::vector<std::string> problems;  // what is wrong with one of the files, or could not be compared; a line each
  int faults = 0;                     // differences and files that break VRRP
};

// FailedPrecondition for a file that cannot be read. Passwords are compared, and in no text.
absl::StatusOr<Comparison> CompareFiles(const std::vector<NodeFile>& files);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_COMPARE_FILES_H_
