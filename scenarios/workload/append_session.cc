#include "scenarios/workload/client_loop.h"
#include "scenarios/workload/workloads.h"

namespace plumbline::scenarios {
namespace {

// R-raft-25: whatever is retried takes effect at most once. A token that is there twice, or an
// acknowledged one that is not there, is what a mistake in sessions looks like.
class AppendSessionClient : public ClientLoop {
 public:
  using ClientLoop::ClientLoop;

 private:
  void operate(Yield& yield, std::uint64_t n) override {
    const std::string key = pick_key(n);
    const auto reads = static_cast<std::uint64_t>(context_.slot.spec.read_ppm);
    if (context_.random.chance(key_for("workload.kind", n), reads)) {
      client_.read_list(yield, key);
    } else {
      client_.append(yield, key, unique_value(n));
    }
  }

  void read_back(Yield& yield, const std::string& key) override { client_.read_list(yield, key); }
};

}  // namespace

std::unique_ptr<Node> make_append_session_client(ClientContext context) {
  context.store.session = true;
  return std::make_unique<AppendSessionClient>(std::move(context));
}

}  // namespace plumbline::scenarios
