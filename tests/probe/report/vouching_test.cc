// What this node may do to an address, and on whose word: a row is an attack, or a mistake that has to stay healed.
#include "probe/report/vouching.h"

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using hold::RungKind;
using testing::HasSubstr;
using testing::IsEmpty;

class Vouchers : public NodeTest {
 protected:
  Vouchers() {
    AddLink(3, "docker0", "02:00:00:00:00:03");
    AddAddress(3, "172.17.0.1", 16);
    daemon = hold::DaemonState::kGone;
    actuators.insert({RungKind::kStopDaemon, RungKind::kExec});
  }

  // Nothing at all is done to it, and every rung says why.
  void ExpectLeftAlone(const std::string& vip, const std::string& why) {
    const VipView view = View(vip);
    EXPECT_THAT(view.state.not_ours, HasSubstr(why)) << vip;
    for (const hold::Rung& rung : view.state.rungs) {
      EXPECT_FALSE(rung.usable) << vip << " " << hold::NameOf(rung.kind);
      EXPECT_THAT(rung.reason, HasSubstr(why)) << vip << " " << hold::NameOf(rung.kind);
    }
    EXPECT_FALSE(view.report.Whole().vouched());
    EXPECT_THAT(view.report.Whole().not_ours(), HasSubstr(why));
  }
};

TEST_F(Vouchers, AreTheDaemonsFileAndOwnAdvertsAndOwnVips) {
  AddAddress(2, "192.168.1.212", 24, true);
  EXPECT_THAT(View().state.not_ours, IsEmpty());
  EXPECT_TRUE(Rung(RungKind::kGate).usable);
  EXPECT_TRUE(Rung(RungKind::kRemoveAddress).usable);
  EXPECT_TRUE(Report().vouched());
  AddAddress(2, "192.168.1.220", 24, true);
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.220")})};
  EXPECT_TRUE(Rung(RungKind::kRemoveAddress, "192.168.1.220").usable);
  AddAddress(2, "192.168.1.221", 24, true);
  named = own_names = {Ip("192.168.1.221")};
  EXPECT_TRUE(Rung(RungKind::kRemoveAddress, "192.168.1.221").usable);
}

TEST_F(Vouchers, AreNotTheAdvertsOfOthers) {
  for (const char* defect : {"", "wrong VRRP checksum"}) {
    heard = {Adverts("192.168.1.99", 66, 255, {Ip("172.17.0.1")})};
    if (*defect != 0) heard[0].defects = {defect};
    ExpectLeftAlone("172.17.0.1", "only other nodes name it");
  }
  heard[0].router.interface = "docker0";
  ExpectLeftAlone("172.17.0.1", "only other nodes name it");
}

TEST_F(Vouchers, AreNotTheGuestsThatThisHostBridges) {
  own = {Adverts("192.168.1.77", 9, 100, {Ip("172.17.0.1")})};  // it left by eth0, and not from an address of ours
  ExpectLeftAlone("172.17.0.1", "only other nodes name it");
}

TEST_F(Vouchers, AreNotTheClusterForWhatWasHereBefore) {
  known_elsewhere = {Ip("172.17.0.1")};
  ExpectLeftAlone("172.17.0.1", "own address before the cluster knew it");
}

TEST_F(Vouchers, LetTheGateShutOutWhatCameLaterAndNothingTakeItAway) {
  AddAddress(2, "192.168.1.240", 24, true);
  known_elsewhere = came_later = {Ip("192.168.1.240")};
  EXPECT_THAT(View("192.168.1.240").state.not_ours, IsEmpty());
  EXPECT_TRUE(Rung(RungKind::kGate, "192.168.1.240").usable);
  for (const RungKind kind : {RungKind::kRemoveAddress, RungKind::kTrackFile, RungKind::kStopDaemon, RungKind::kExec}) {
    EXPECT_FALSE(Rung(kind, "192.168.1.240").usable) << hold::NameOf(kind);
  }
  EXPECT_THAT(Rung(RungKind::kRemoveAddress, "192.168.1.240").reason, HasSubstr("only other nodes name it"));
  EXPECT_TRUE(Report("192.168.1.240").vouched());
}

TEST_F(Vouchers, NeverReachTheSourceOfOwnAdverts) {
  // A neighbour that calls this node's own address a VIP; before the first advert, and when the file says the source.
  known_elsewhere = came_later = {Ip("192.168.1.10")};
  own = {Adverts("192.168.1.10", 66, 90, {Ip("192.168.1.212")})};
  ExpectLeftAlone("192.168.1.10", "source of this node's own adverts");
  own.clear();
  came_later.clear();
  ExpectLeftAlone("192.168.1.10", "source of this node's own adverts");
  AddAddress(2, "192.168.1.30", 24, true);
  known_elsewhere = came_later = {Ip("192.168.1.30")};
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " unicast_src_ip 192.168.1.30\n"));
  ExpectLeftAlone("192.168.1.30", "source of this node's own adverts");
  Configure(Instance("VI_1", 66, "192.168.1.212/24", " mcast_src_ip 192.168.1.30\n"));
  ExpectLeftAlone("192.168.1.30", "source of this node's own adverts");
}

TEST_F(Vouchers, NeverReachWhatIsGuardedThoughTheDaemonNamesIt) {
  AddAddress(2, "192.168.1.212", 24, true);
  guarded[Ip("192.168.1.212")] = "not touched: it is listed under protect";
  ExpectLeftAlone("192.168.1.212", "listed under protect");
}

TEST_F(Vouchers, RemoveNothingFromAnInterfaceWhereNoInstanceThatNamesItAnswers) {
  AddAddress(3, "192.168.1.212", 32);
  EXPECT_TRUE(Rung(RungKind::kGate).usable);
  EXPECT_FALSE(Rung(RungKind::kRemoveAddress).usable);
  EXPECT_THAT(Rung(RungKind::kRemoveAddress).reason, HasSubstr("on docker0"));
  // What others say of the VIP makes no place a home for it.
  heard = {Adverts("172.17.0.9", 66, 255, {Ip("192.168.1.212")})};
  heard[0].router.interface = "docker0";
  EXPECT_FALSE(Rung(RungKind::kRemoveAddress).usable);
}

}  // namespace
}  // namespace probe::report
