#include "proto/model/rung.h"

namespace arbiter::model {

std::string NameOf(RungKind kind) {
  switch (kind) {
    case RungKind::kGate:
      return "gate";
    case RungKind::kTrackFile:
      return "track_file";
    case RungKind::kRemoveAddress:
      return "remove_address";
    case RungKind::kStopDaemon:
      return "stop_daemon";
    case RungKind::kExec:
      return "exec";
  }
  return "unknown";
}

}  // namespace arbiter::model
