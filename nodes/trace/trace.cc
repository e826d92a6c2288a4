#include "nodes/trace/trace.h"

#include <algorithm>

namespace plumbline::trace {
namespace {

// Filled by constructors before main, read-only afterwards; no run can change it.
const Probe* first_probe = nullptr;

}  // namespace

Probe::Probe(const char* name, Need need) : name_(name), need_(need), next_(first_probe) {
  first_probe = this;
}

const std::vector<const Probe*>& Probe::all() {
  static const std::vector<const Probe*> sorted = [] {
    std::vector<const Probe*> found;
    for (const Probe* probe = first_probe; probe != nullptr; probe = probe->next_) {
      found.push_back(probe);
    }
    std::sort(found.begin(), found.end(), [](const Probe* a, const Probe* b) {
      return std::string_view(a->name()) < std::string_view(b->name());
    });
    return found;
  }();
  return sorted;
}

std::size_t Probe::index() const {
  const auto& sorted = all();
  const auto found = std::lower_bound(
      sorted.begin(), sorted.end(), std::string_view(name_),
      [](const Probe* probe, std::string_view name) { return probe->name() < name; });
  return static_cast<std::size_t>(found - sorted.begin());
}

}  // namespace plumbline::trace
