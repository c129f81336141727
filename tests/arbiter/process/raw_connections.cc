#include "tests/arbiter/process/raw_connections.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace arbiter::process {

Descriptor ConnectTo(int port) {
  Descriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (fd.get() < 0 || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return {};
  }
  const timeval patience{10, 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return fd;
}

std::vector<Descriptor> ConnectMany(int port, int count, const std::string& bytes) {
  std::vector<Descriptor> connections;
  for (int i = 0; i < count; ++i) {
    Descriptor fd = ConnectTo(port);
    if (fd.get() >= 0 &&
        send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
      connections.push_back(std::move(fd));
    }
  }
  return connections;
}

bool IsClosed(const Descriptor& connection) {
  std::array<char, 4096> bytes{};
  ssize_t count = 0;
  do {
    count = recv(connection.get(), bytes.data(), bytes.size(), 0);
  } while (count > 0);
  return count == 0 || errno == ECONNRESET;
}

}  // namespace arbiter::process
