#include "scenarios/workload/client_loop.h"
#include "scenarios/workload/workloads.h"

namespace plumbline::scenarios {
namespace {

class RegisterClient : public ClientLoop {
 public:
  using ClientLoop::ClientLoop;

 private:
  void operate(Yield& yield, std::uint64_t n) override {
    const std::string key = pick_key(n);
    const WorkloadSpec& spec = context_.slot.spec;
    const std::uint64_t kind = context_.random.below(key_for("workload.kind", n), 1'000'000);
    const auto reads = static_cast<std::uint64_t>(spec.read_ppm);
    const auto swaps = static_cast<std::uint64_t>(spec.cas_ppm);
    if (kind < reads) {
      note(key, client_.read(yield, key));
    } else if (kind < reads + swaps) {
      note(key, client_.compare_and_swap(yield, key, expected(key), unique_value(n)));
    } else {
      client_.write(yield, key, unique_value(n));
    }
  }

  void read_back(Yield& yield, const std::string& key) override { client_.read(yield, key); }

  // What this client last saw there, so that a fair share of the comparisons holds.
  std::optional<std::int64_t> expected(const std::string& key) const {
    const auto found = context_.slot.last_seen.find(key);
    return found == context_.slot.last_seen.end() ? std::nullopt
                                                  : std::optional<std::int64_t>(found->second);
  }
  void note(const std::string& key, std::optional<std::int64_t> seen) {
    if (seen) context_.slot.last_seen[key] = *seen;
  }
};

}  // namespace

std::unique_ptr<Node> make_register_client(ClientContext context) {
  return std::make_unique<RegisterClient>(std::move(context));
}

}  // namespace plumbline::scenarios
