// Connections to an arbiter.
#ifndef ARBITER_CLIENT_CHANNEL_H_
#define ARBITER_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "arbiter/client/tls_files.h"
#include "proto/value/endpoint.h"

namespace arbiter::client {

// What a handshake says of a server whose certificate was issued for another role than an arbiter's.
inline constexpr char kNotAnArbiters[] = "the peer's certificate is not an arbiter's";

// Plaintext when no file is named. With TLS: the server must have a certificate of the authority that names the host of
// the endpoint, and that deploy/certs issued for an arbiter where it issued it; ours is shown to it; files that change
// later are read anew. Statuses as of CheckTlsFiles.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const TlsFiles& files);

// Connects when it is first used, and again after a loss. A server whose host has died is found out within about 3 s
// while something is sent to it (TCP's user timeout), a frozen one within 13 s (HTTP/2 pings). Never through a proxy.
std::shared_ptr<grpc::Channel> MakeChannel(const Endpoint& endpoint,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// Plaintext over a connected socket, which the channel takes. It ends with the connection and makes no other.
std::shared_ptr<grpc::Channel> MakeChannelOver(int connection, const Endpoint& endpoint);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_CHANNEL_H_
