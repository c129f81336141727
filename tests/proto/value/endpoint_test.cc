#include "proto/value/endpoint.h"

#include <gtest/gtest.h>

namespace arbiter {
namespace {

TEST(Endpoint, IsReadAndWritten) {
  for (const char* text : {"192.0.2.1:7430", "[2001:db8::1]:7430", "witness.example:1", "localhost:65535"}) {
    const auto endpoint = ParseEndpoint(text);
    ASSERT_TRUE(endpoint.ok()) << text << ": " << endpoint.status();
    EXPECT_EQ(endpoint->ToString(), text);
  }
}

TEST(Endpoint, IsRefusedWhenItIsNoHostAndPort) {
  for (const char* text :
       {"", "7430", "host", "host:", ":7430", "host:0", "host:65536", "host:-1", "host:+1", "host:1x",
        "2001:db8::1:7430", "[::1]", "[::1]7430", "[host]:1", "a b:1", "http://a:1", "host:1,other:2"}) {
    EXPECT_EQ(ParseEndpoint(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Endpoints, AreSeparatedByCommas) {
  const auto endpoints = ParseEndpoints("a:1, [::1]:2");
  ASSERT_TRUE(endpoints.ok()) << endpoints.status();
  ASSERT_EQ(endpoints->size(), 2U);
  EXPECT_EQ((*endpoints)[1], (Endpoint{"::1", 2}));
  EXPECT_FALSE(ParseEndpoints("a:1,").ok());
  EXPECT_FALSE(ParseEndpoints("").ok());
}

TEST(Endpoint, KnowsLoopback) {
  EXPECT_TRUE((Endpoint{"127.0.0.1", 1}).IsLoopback());
  EXPECT_TRUE((Endpoint{"127.1.2.3", 1}).IsLoopback());
  EXPECT_TRUE((Endpoint{"::1", 1}).IsLoopback());
  EXPECT_TRUE((Endpoint{"localhost", 1}).IsLoopback());
  EXPECT_FALSE((Endpoint{"0.0.0.0", 1}).IsLoopback());
  EXPECT_FALSE((Endpoint{"::", 1}).IsLoopback());
  EXPECT_FALSE((Endpoint{"127.example", 1}).IsLoopback());
}

}  // namespace
}  // namespace arbiter
