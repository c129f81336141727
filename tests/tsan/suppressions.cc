// What ThreadSanitizer is told to overlook, with the reason: never a function of ours. Mind that `race:` matches any
// frame of a stack, and that our callbacks run below gRPC's.
#include <sanitizer/tsan_interface.h>

extern "C" const char* __tsan_default_suppressions() {
  return R"(
# Compiled without ThreadSanitizer: it sees what these libraries hand to malloc, memcpy and system calls, but not their
# atomics and locks. (The rest of absl has no locks.)
called_from_lib:libgrpc.so
called_from_lib:libgrpc++.so
called_from_lib:libgrpc++_reflection.so
called_from_lib:libgpr.so
called_from_lib:libprotobuf.so
called_from_lib:libabsl_synchronization.so
called_from_lib:libabsl_graphcycles_internal.so
called_from_lib:libabsl_status.so
called_from_lib:libabsl_cord.so
called_from_lib:libabsl_strings.so
called_from_lib:libabsl_time_zone.so
called_from_lib:libcurl.so
called_from_lib:libsqlite3.so
called_from_lib:libssl.so
called_from_lib:libcrypto.so

# Who has a logger is counted inside libspdlog as well, whose thread hands the last line's share back.
race:std::_Sp_counted_ptr_inplace<spdlog::async_logger
)";
}
