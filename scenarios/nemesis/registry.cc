#include "scenarios/nemesis/registry.h"

#include <array>

#include "nodes/base/assert.h"
#include "scenarios/spec/fault_kinds.h"

namespace plumbline::scenarios {
namespace {

std::string describe(const FaultShape& shape) {
  std::string text = std::string("  ") + shape.name + "\n    " + shape.sentence + "\n    strikes " +
                     name_of(shape.targets);
  switch (shape.lasts) {
    case Lasts::kInstant: text += "; at an instant"; break;
    case Lasts::kSpan: text += "; lasts"; break;
    case Lasts::kEither: text += "; at an instant, or lasts"; break;
  }
  if (shape.amount_low != shape.amount_high) {
    text += "; amount: " + std::string(shape.amount) + " (" + std::to_string(shape.amount_low) +
            " to " + std::to_string(shape.amount_high) + ")";
  }
  return text + "\n";
}

}  // namespace

const NemesisEntry& nemesis_of(FaultKind kind) {
  const std::array tables = {network_nemeses(), partition_nemeses(), process_nemeses(),
                             clock_nemeses(),   disk_nemeses(),      membership_nemeses(),
                             client_nemeses()};
  for (const auto table : tables) {
    for (const NemesisEntry& entry : table) {
      if (entry.kind == kind) return entry;
    }
  }
  assert_failed("every kind has a nemesis", __FILE__, __LINE__, name_of(kind));
}

std::string describe_all() {
  std::string text;
  const FaultShape* before = nullptr;
  for (const FaultShape& shape : fault_shapes()) {
    PLUMB_ASSERT(nemesis_of(shape.kind).start != nullptr);
    if (before == nullptr || before->family != shape.family) {
      text += std::string(text.empty() ? "" : "\n") + name_of(shape.family) + "\n";
    }
    text += describe(shape);
    before = &shape;
  }
  return text;
}

}  // namespace plumbline::scenarios
