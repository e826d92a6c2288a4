#pragma once

#include <cstdint>
#include <map>

namespace plumbline::scenarios {

// What several faults do to one thing at a time: each lays its effect on a target, and what is in
// force is all of them together. So a link stays cut until both of two overlapping partitions have
// ended.
template <class Target, class Effect>
class Overlay {
 public:
  void put(const Target& target, std::uint32_t fault, Effect effect) {
    layers_[target][fault] = effect;
  }
  bool has(const Target& target) const { return layers_.count(target) != 0; }
  bool has(const Target& target, std::uint32_t fault) const {
    const auto found = layers_.find(target);
    return found != layers_.end() && found->second.count(fault) != 0;
  }

  void remove(const Target& target, std::uint32_t fault) {
    const auto found = layers_.find(target);
    if (found == layers_.end()) return;
    found->second.erase(fault);
    if (found->second.empty()) layers_.erase(found);
  }
  void forget(const Target& target) { layers_.erase(target); }
  // Takes the fault's effects away, and returns them.
  std::map<Target, Effect> take_all(std::uint32_t fault) {
    std::map<Target, Effect> taken;
    for (const auto& [target, effects] : layers_) {
      const auto found = effects.find(fault);
      if (found != effects.end()) taken.emplace(target, found->second);
    }
    for (const auto& [target, effect] : taken) remove(target, fault);
    return taken;
  }

  template <class Whole, class Add>
  Whole combined(const Target& target, Whole whole, Add add) const {
    const auto found = layers_.find(target);
    if (found == layers_.end()) return whole;
    for (const auto& [fault, effect] : found->second) add(whole, effect);
    return whole;
  }

 private:
  std::map<Target, std::map<std::uint32_t, Effect>> layers_;
};

}  // namespace plumbline::scenarios
