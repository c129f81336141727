// Who may do what over TLS: every peer against every kind of call.
#include "arbiter/server/access.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "arbiter/client/channel.h"
#include "arbiter/v1/operations_service.grpc.pb.h"
#include "tests/arbiter/server/test_arbiter.h"
#include "tests/arbiter/server/test_authority.h"
#include "tests/arbiter/server/test_probe.h"

namespace arbiter::server {
namespace {

using grpc::StatusCode;

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A folder that goes with the test program's run.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "access.XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class AccessTest : public testing::Test {
 protected:
  AccessTest()
      : authority_(folder_.path(), "ca"),
        stranger_(folder_.path(), "other-ca"),
        arbiter_(&store_, {.policy = {},
                           .limits = {},
                           .tls = authority_.Issue("server", "IP:127.0.0.1"),
                           .roles = {.operators = {"ops"}, .viewers = {"eyes"}}}) {}

  std::shared_ptr<grpc::Channel> ConnectWith(const client::TlsFiles& files) {
    const auto credentials = client::MakeCredentials(files);
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    return client::MakeChannel(arbiter_.endpoint(), *credentials);
  }

  // Believes our authority, but shows what `files` has.
  client::TlsFiles Believing(client::TlsFiles files) {
    files.ca = authority_.ca_file();
    return files;
  }

  template <typename Call>
  static StatusCode CodeOf(Call call) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return call(&context).error_code();
  }

  // What attach (as node a), status, release, demote and mode end with.
  std::string Row(const std::shared_ptr<grpc::Channel>& channel) {
    const auto stub = v1::OperationsService::NewStub(channel);
    v1::GetStatusResponse status;
    v1::ReleaseRequest release;
    release.set_node("z");
    release.set_vip("10.0.0.1");
    v1::ReleaseResponse released;
    v1::DemoteRequest demote;
    demote.set_node("z");
    demote.set_vip("10.0.0.1");
    v1::DemoteResponse demoted;
    v1::SetModeRequest mode;
    mode.set_mode(v1::MODE_OBSERVE);
    v1::SetModeResponse set;
    return Attach(channel) + " " + Name(CodeOf([&](auto* c) { return stub->GetStatus(c, {}, &status); })) + " " +
           Name(CodeOf([&](auto* c) { return stub->Release(c, release, &released); })) + " " +
           Name(CodeOf([&](auto* c) { return stub->Demote(c, demote, &demoted); })) + " " +
           Name(CodeOf([&](auto* c) { return stub->SetMode(c, mode, &set); }));
  }

  static std::string Attach(const std::shared_ptr<grpc::Channel>& channel) {
    const auto stub = v1::ProbeService::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const auto stream = stub->Attach(&context);
    v1::ProbeMessage message;
    *message.mutable_hello() = HelloOf("a");
    stream->Write(message);
    v1::ArbiterMessage answer;
    if (stream->Read(&answer)) {
      context.TryCancel();
      stream->Finish();
      return "ok";
    }
    return Name(stream->Finish().error_code());
  }

  static std::string Name(StatusCode code) {
    static const std::map<StatusCode, std::string> kNames = {{StatusCode::OK, "ok"},
                                                             {StatusCode::PERMISSION_DENIED, "denied"},
                                                             {StatusCode::UNAVAILABLE, "no-connection"},
                                                             {StatusCode::NOT_FOUND, "not-found"}};
    const auto found = kNames.find(code);
    return found == kNames.end() ? std::to_string(code) : found->second;
  }

  TemporaryFolder folder_;
  TestAuthority authority_;
  TestAuthority stranger_;
  store::MemoryStore store_;
  TestArbiter arbiter_;
};

//                                                                            attach status release demote mode
TEST_F(AccessTest, ANodeMayAttachAsItselfAndNothingElse) {
  EXPECT_EQ(Row(ConnectWith(authority_.Issue("a", "DNS:a"))), "ok denied denied denied denied");
}

TEST_F(AccessTest, ANodeMayNotAttachAsAnother) {
  EXPECT_EQ(Row(ConnectWith(authority_.Issue("b", "DNS:b"))), "denied denied denied denied denied");
}

TEST_F(AccessTest, AViewerMayLook) {
  EXPECT_EQ(Row(ConnectWith(authority_.Issue("eyes", "DNS:eyes"))), "denied ok denied denied denied");
}

// There is no cluster and no node yet: whoever may ask is told so. A mode for all is taken, for those to come.
TEST_F(AccessTest, AnOperatorMayLookAndAct) {
  EXPECT_EQ(Row(ConnectWith(authority_.Issue("ops", "DNS:ops"))), "denied ok not-found not-found ok");
}

TEST_F(AccessTest, AWrongAuthorityGetsNoConnection) {
  EXPECT_EQ(Row(ConnectWith(Believing(stranger_.Issue("ops2", "DNS:ops")))),
            "no-connection no-connection no-connection no-connection no-connection");
}

TEST_F(AccessTest, AnExpiredCertificateGetsNoConnection) {
  const client::TlsFiles expired = authority_.Issue("late", "DNS:ops", -60);
  EXPECT_EQ(client::MakeCredentials(expired).status().message(),
            "certificate " + expired.cert + ": expired; issue a new one");
  // A client that does not check its own certificate.
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = Content(expired.ca);
  options.pem_cert_chain = Content(expired.cert);
  options.pem_private_key = Content(expired.key);
  EXPECT_EQ(Row(client::MakeChannel(arbiter_.endpoint(), grpc::SslCredentials(options))),
            "no-connection no-connection no-connection no-connection no-connection");
}

TEST_F(AccessTest, NoCertificateGetsNoConnection) {
  EXPECT_EQ(Row(client::MakeChannel(arbiter_.endpoint(), *client::MakeCredentials({}))),
            "no-connection no-connection no-connection no-connection no-connection");
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = Content(authority_.ca_file());
  EXPECT_EQ(Row(client::MakeChannel(arbiter_.endpoint(), grpc::SslCredentials(options))),
            "no-connection no-connection no-connection no-connection no-connection");
}

TEST_F(AccessTest, ARefusalSaysWhatTheCertificateNames) {
  const auto stub = v1::OperationsService::NewStub(ConnectWith(authority_.Issue("a", "DNS:a,DNS:a.example")));
  grpc::ClientContext context;
  v1::GetStatusResponse response;
  EXPECT_EQ(stub->GetStatus(&context, {}, &response).error_message(),
            "the certificate names a, a.example, which is neither an operator nor a viewer in the arbiter's "
            "configuration (operators, viewers)");
}

TEST_F(AccessTest, AnOpenStreamOfEventsEndsWithTheRoleThatAllowedIt) {
  const auto viewer = v1::OperationsService::NewStub(ConnectWith(authority_.Issue("eyes", "DNS:eyes")));
  const auto ops = v1::OperationsService::NewStub(ConnectWith(authority_.Issue("ops", "DNS:ops")));
  core::Note note;
  note.text = "1";
  arbiter_.events().Append(note, absl::UnixEpoch());
  v1::WatchEventsRequest request;
  request.set_follow(true);
  request.set_backlog(1);
  grpc::ClientContext of_viewer;
  grpc::ClientContext of_ops;
  for (grpc::ClientContext* context : {&of_viewer, &of_ops}) {
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  }
  const auto viewed = viewer->WatchEvents(&of_viewer, request);
  const auto followed = ops->WatchEvents(&of_ops, request);
  v1::Event event;
  ASSERT_TRUE(viewed->Read(&event));
  ASSERT_TRUE(followed->Read(&event));

  arbiter_.access().SetRoles({.operators = {"ops"}, .viewers = {}});
  arbiter_.events().WakeAll();
  EXPECT_FALSE(viewed->Read(&event)) << event.text();
  EXPECT_EQ(viewed->Finish().error_code(), StatusCode::PERMISSION_DENIED);
  note.text = "2";
  arbiter_.events().Append(note, absl::UnixEpoch());
  ASSERT_TRUE(followed->Read(&event));
  EXPECT_EQ(event.text(), "2");

  arbiter_.access().SetRoles({.operators = {}, .viewers = {}});
  arbiter_.events().Append(note, absl::UnixEpoch());
  EXPECT_FALSE(followed->Read(&event)) << "asked before each event, woken or not";
  EXPECT_EQ(followed->Finish().error_code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(AccessTest, ANameOfAnotherTypeOrInTheCommonNameAloneIsNone) {
  EXPECT_EQ(Row(ConnectWith(authority_.Issue("a", "URI:a,email:a"))), "denied denied denied denied denied");
  EXPECT_EQ(Row(ConnectWith(authority_.Issue("ops", "IP:192.0.2.1"))), "denied denied denied denied denied");
}

TEST_F(AccessTest, ANodesStreamEndsWhenItMayNoLongerAttach) {
  TestProbe probe(ConnectWith(authority_.Issue("a", "DNS:a", 3600, "node")));
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {}));
  arbiter_.probes().EndUnwelcome();
  EXPECT_EQ(arbiter_.probes().streams(), 1U);
  arbiter_.access().SetRoles({.operators = {}, .viewers = {}, .nodes = {"other/*"}, .deny = {}});
  arbiter_.probes().EndUnwelcome();
  EXPECT_EQ(probe.AwaitEnd().error_code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(AccessTest, AClientRefusesAServerWhoseCertificateIsNotAnArbiters) {
  const auto credentials = client::MakeCredentials(authority_.Issue("ops", "DNS:ops"));
  for (const char* role : {"node", "operator", "arbiter"}) {
    TestArbiter server(&store_, {.policy = {},
                                 .limits = {},
                                 .tls = authority_.Issue("server", "IP:127.0.0.1", 3600, role),
                                 .roles = {.operators = {"ops"}}});
    const auto stub = v1::OperationsService::NewStub(client::MakeChannel(server.endpoint(), *credentials));
    v1::GetStatusResponse response;
    EXPECT_EQ(CodeOf([&](auto* c) { return stub->GetStatus(c, {}, &response); }),
              std::string(role) == "arbiter" ? StatusCode::OK : StatusCode::UNAVAILABLE)
        << role;
  }
}

TEST(Door, IsShutToProcessesOfOtherUsers) {
  store::MemoryStore store;
  for (const bool ours : {true, false}) {
    const TestArbiter arbiter(
        &store,
        {.policy = {}, .limits = {}, .tls = {}, .roles = {}, .only = client::Uids{ours ? geteuid() : geteuid() + 1}});
    const auto stub = v1::OperationsService::NewStub(arbiter.Connect());
    v1::GetStatusResponse response;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    EXPECT_EQ(stub->GetStatus(&context, {}, &response).error_code(), ours ? StatusCode::OK : StatusCode::UNAVAILABLE);
  }
}

TEST_F(AccessTest, AClientRefusesAServerOfAnotherName) {
  TestArbiter impostor(&store_,
                       {.policy = {}, .limits = {}, .tls = authority_.Issue("other", "IP:192.0.2.1"), .roles = {}});
  const auto credentials = client::MakeCredentials(authority_.Issue("ops", "DNS:ops"));
  const auto stub = v1::OperationsService::NewStub(client::MakeChannel(impostor.endpoint(), *credentials));
  v1::GetStatusResponse response;
  EXPECT_EQ(CodeOf([&](auto* c) { return stub->GetStatus(c, {}, &response); }), StatusCode::UNAVAILABLE);
}

// Passwords are compared by fingerprints with a key of the cluster: whoever has it can try passwords at home.
TEST_F(AccessTest, AFingerprintKeyGoesToNodesOfItsClusterOnly) {
  const TestArbiter arbiter(&store_, {.policy = {},
                                      .limits = {},
                                      .tls = authority_.Issue("server2", "IP:127.0.0.1"),
                                      .roles = {.nodes = {"prod/a", "test/b"}}});
  const auto key_for = [&](const std::string& node, const std::string& cluster) -> std::string {
    const auto credentials = client::MakeCredentials(authority_.Issue(node, "DNS:" + node));
    TestProbe probe(client::MakeChannel(arbiter.endpoint(), *credentials));
    probe.Say(HelloOf(node, "i1", cluster));
    const auto welcome = probe.Await([](const auto& one) { return one.has_welcome(); });
    return welcome.has_value() ? welcome->welcome().fingerprint_key() : "";
  };
  const std::string prod = key_for("a", "prod");
  const std::string test = key_for("b", "test");
  EXPECT_EQ(prod.size(), 32U);
  EXPECT_EQ(test.size(), 32U);
  EXPECT_NE(prod, test);
  EXPECT_EQ(key_for("b", "prod"), "");
  EXPECT_EQ(key_for("a", "test"), "");
}

TEST_F(AccessTest, ACertificateThatNamesNoClusterIsOfTheFirstInWhichItAttached) {
  const auto end_of = [&](const client::TlsFiles& files, const std::string& cluster) {
    TestProbe probe(ConnectWith(files));
    if (probe.Attach(HelloOf("a", "i1", cluster), {})) return grpc::Status::OK;
    return probe.AwaitEnd();
  };
  const auto files = authority_.Issue("a", "DNS:a");
  EXPECT_TRUE(end_of(files, "prod").ok());
  const grpc::Status elsewhere = end_of(files, "test");
  EXPECT_EQ(elsewhere.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_NE(elsewhere.error_message().find("has attached in cluster prod first"), std::string::npos)
      << elsewhere.error_message();
  EXPECT_TRUE(end_of(files, "prod").ok());
  // A new certificate is another one, and the operator's list is a stronger word.
  EXPECT_TRUE(end_of(authority_.Issue("a", "DNS:a"), "test").ok());
  arbiter_.access().SetRoles({.operators = {}, .viewers = {}, .nodes = {"test/a", "prod/*"}, .deny = {}});
  EXPECT_TRUE(end_of(files, "test").ok());
}

TEST_F(AccessTest, WhatTheClusterOfANodeRestsOnIsShown) {
  TestProbe first(ConnectWith(authority_.Issue("a", "DNS:a")));
  TestProbe named(ConnectWith(authority_.Issue("b", "DNS:b,URI:arbiter://prod/b")));
  ASSERT_TRUE(first.Attach(HelloOf("a", "i1", "prod"), {}));
  ASSERT_TRUE(named.Attach(HelloOf("b", "i1", "prod"), {}));
  const auto ops = v1::OperationsService::NewStub(ConnectWith(authority_.Issue("ops", "DNS:ops")));
  const auto certificates = [&] {
    grpc::ClientContext context;
    v1::ListNodesResponse response;
    EXPECT_TRUE(ops->ListNodes(&context, {}, &response).ok());
    std::vector<std::string> texts;
    for (const v1::NodeDetail& node : response.nodes()) texts.push_back(node.certificate());
    return texts;
  };
  EXPECT_TRUE(Eventually([&] { return certificates().size() == 2; }));
  EXPECT_THAT(certificates(),
              testing::ElementsAre(testing::EndsWith(", names no cluster: taken in prod alone, where it came first"),
                                   testing::EndsWith(", names its cluster")));
}

TEST(Access, RolesCanChange) {
  Access access(true, {});
  Peer peer;
  peer.authenticated = true;
  peer.certificate.names = {"ops"};
  EXPECT_FALSE(access.MayAct(peer).ok());
  access.SetRoles({.operators = {"ops"}, .viewers = {}});
  EXPECT_TRUE(access.MayAct(peer).ok());
  EXPECT_TRUE(access.MayLook(peer).ok());
}

Peer Named(const std::string& name, const std::string& role = "") {
  Peer peer;
  peer.authenticated = true;
  peer.certificate.names = {name};
  peer.certificate.role = role;
  return peer;
}

TEST(Access, AnOperatorOrViewerIsNoNode) {
  const Access access(true, {.operators = {"ops"}, .viewers = {"eyes"}, .nodes = {}});
  EXPECT_TRUE(access.MayAttach(Named("a"), {"prod", "a"}).ok());
  EXPECT_FALSE(access.MayAttach(Named("ops"), {"prod", "ops"}).ok());
  EXPECT_FALSE(access.MayAttach(Named("eyes"), {"prod", "eyes"}).ok());
}

TEST(Access, ACertificateOfAnotherRoleIsNoNodesAlsoOnceItsNameIsNoLongerListed) {
  const Access access(true, {});
  EXPECT_TRUE(access.MayAttach(Named("a", "node"), {"prod", "a"}).ok());
  EXPECT_FALSE(access.MayAttach(Named("eyes", "viewer"), {"prod", "eyes"}).ok());
}

TEST(Access, OfListedNodesEachIsOfItsCluster) {
  const Access access(true, {.operators = {}, .viewers = {}, .nodes = {"prod/a", "test/*"}});
  EXPECT_TRUE(access.MayAttach(Named("a"), {"prod", "a"}).ok());
  EXPECT_TRUE(access.MayAttach(Named("b"), {"test", "b"}).ok());
  EXPECT_FALSE(access.MayAttach(Named("b"), {"prod", "b"}).ok());
  EXPECT_FALSE(access.MayAttach(Named("a"), {"other", "a"}).ok());
}

TEST(Access, ANodesCertificateNeitherLooksNorActsAndAViewersDoesNotAct) {
  const Access access(true, {.operators = {"a", "eyes", "ops"}, .viewers = {"b"}});
  EXPECT_FALSE(access.MayLook(Named("a", "node")).ok());
  EXPECT_FALSE(access.MayAct(Named("a", "node")).ok());
  EXPECT_FALSE(access.MayLook(Named("b", "node")).ok());
  EXPECT_FALSE(access.MayAct(Named("eyes", "viewer")).ok());
  EXPECT_TRUE(access.MayAct(Named("ops", "operator")).ok());
  EXPECT_TRUE(access.MayLook(Named("b", "viewer")).ok());
  EXPECT_TRUE(access.MayAct(Named("ops")).ok()) << "another authority says nothing about roles";
}

TEST(Access, ANodeWithAClusterInItsCertificateIsOfThatClusterOnly) {
  const Access access(true, {});
  Peer peer = Named("a", "node");
  peer.certificate.nodes = {"prod/a"};
  EXPECT_TRUE(access.MayAttach(peer, {"prod", "a"}).ok());
  const absl::Status refused = access.MayAttach(peer, {"test", "a"});
  EXPECT_EQ(refused.message(),
            "the certificate is for prod/a, not for test/a: give the probe the cluster of its certificate (--cluster), "
            "or issue one with `arbiter-certs node test/a`");
  peer.certificate.nodes = {"prod/b"};
  EXPECT_FALSE(access.MayAttach(peer, {"prod", "a"}).ok()) << "the names in it have to agree";
}

TEST(Access, OnlyADnsNameMakesANodeAndAMailAddressMayNameAPerson) {
  const Access access(true, {.operators = {"alice@example.org"}, .viewers = {}});
  Peer peer;
  peer.authenticated = true;
  peer.certificate.mails = {"a", "alice@example.org"};
  peer.certificate.nodes = {"prod/a"};
  EXPECT_FALSE(access.MayAttach(peer, {"prod", "a"}).ok());
  EXPECT_TRUE(access.MayAct(peer).ok());
}

TEST(Access, WhatIsDeniedMayDoNothing) {
  Peer peer = Named("ops");
  peer.certificate.serial = "4f3a";
  Peer node = Named("a", "node");
  node.certificate.nodes = {"prod/a"};
  node.certificate.serial = "1";
  Access access(true, {.operators = {"ops"}, .viewers = {}});
  for (const char* denied : {"ops", "serial:4f3a"}) {
    access.SetRoles({.operators = {"ops"}, .viewers = {}, .nodes = {}, .deny = {denied}});
    EXPECT_FALSE(access.MayAct(peer).ok()) << denied;
    EXPECT_FALSE(access.MayLook(peer).ok()) << denied;
    EXPECT_TRUE(access.MayAttach(node, {"prod", "a"}).ok()) << denied;
  }
  for (const char* denied : {"a", "prod/a", "serial:1"}) {
    access.SetRoles({.operators = {"ops"}, .viewers = {}, .nodes = {}, .deny = {denied}});
    EXPECT_FALSE(access.MayAttach(node, {"prod", "a"}).ok()) << denied;
    EXPECT_TRUE(access.MayAct(peer).ok()) << denied;
  }
}

TEST(Access, AnUnauthenticatedPeerHasNoNames) {
  const Access access(true, {.operators = {"ops"}, .viewers = {}});
  Peer peer;
  peer.certificate.names = {"ops", "a"};
  EXPECT_FALSE(access.MayAct(peer).ok());
  EXPECT_FALSE(access.MayLook(peer).ok());
  EXPECT_FALSE(access.MayAttach(peer, {"prod", "a"}).ok());
}

}  // namespace
}  // namespace arbiter::server
