// arbctl: the map. Console -> command line (command_line.cc) -> one file a command -> Connection -> printers.
#include "arbiter/ctl/command_line.h"
#include "arbiter/ctl/console.h"

int main(int argc, char** argv) { return arbiter::ctl::Run(argc, argv, arbiter::ctl::ProcessConsole()); }
