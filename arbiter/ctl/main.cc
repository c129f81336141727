// arbctl: the map. Console -> command line (command_line.cc) -> one file a command -> Connection -> printers.
#include "arbiter/client/grpc_errors.h"
#include "arbiter/ctl/command_line.h"
#include "arbiter/ctl/console.h"

int main(int argc, char** argv) {
  const arbiter::client::GrpcErrors dropped(nullptr);  // the status of the question says it
  return arbiter::ctl::Run(argc, argv, arbiter::ctl::ProcessConsole());
}
