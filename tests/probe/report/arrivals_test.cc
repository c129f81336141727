// Which addresses came here after the cluster had known them.
#include "probe/report/arrivals.h"

#include "tests/probe/report/node_fixture.h"

namespace probe::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Addresses : public NodeTest {
 protected:
  void Know(const std::set<arbiter::IpAddress>& vips, const std::set<arbiter::IpAddress>& held = {}) {
    arrivals.OnKnown(vips, held, table);
  }
  void Add(const std::string& ip) {
    AddAddress(2, ip, 24);
    arrivals.OnAddresses(table);
  }
  void Remove(const std::string& ip) {
    table.Apply(netlink::AddressGone{Ip(ip), 24, 2}, now);
    arrivals.OnAddresses(table);
  }

  Arrivals arrivals;
};

TEST_F(Addresses, ThatComeWhenTheClusterKnowsThemCameLater) {
  Know({Ip("192.168.1.240")});
  EXPECT_THAT(arrivals.later(), IsEmpty());
  Add("192.168.1.240");
  EXPECT_THAT(arrivals.later(), ElementsAre(Ip("192.168.1.240")));
}

TEST_F(Addresses, ThatWereHereStayOwnWhateverIsSaidOfThemAndHoweverOftenTheyGo) {
  Know({Ip("192.168.1.10")});
  EXPECT_THAT(arrivals.later(), IsEmpty());
  Remove("192.168.1.10");
  Add("192.168.1.10");
  EXPECT_THAT(arrivals.later(), IsEmpty());
  Know({});
  Remove("192.168.1.10");
  Know({Ip("192.168.1.10")});
  Add("192.168.1.10");
  EXPECT_THAT(arrivals.later(), IsEmpty());
}

TEST_F(Addresses, ThatCameLaterStaySoWhileTheArbiterStartsAnew) {
  Know({Ip("192.168.1.240")});
  Add("192.168.1.240");
  Know({});
  EXPECT_THAT(arrivals.later(), ElementsAre(Ip("192.168.1.240")));
  Know({Ip("192.168.1.240")});
  EXPECT_THAT(arrivals.later(), ElementsAre(Ip("192.168.1.240")));
}

TEST_F(Addresses, ThatAreHeldBackWereJudgedBefore) {
  Add("192.168.1.240");
  Know({Ip("192.168.1.240")}, {Ip("192.168.1.240")});
  EXPECT_THAT(arrivals.later(), ElementsAre(Ip("192.168.1.240")));
}

}  // namespace
}  // namespace probe::report
