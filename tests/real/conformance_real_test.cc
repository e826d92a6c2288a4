#include "tests/conformance/clock_conformance.h"
#include "tests/conformance/random_conformance.h"
#include "tests/conformance/tasks_conformance.h"
#include "tests/real/conformance_real_world.h"

namespace plumbline::conformance {

using real::RealConformanceWorld;
INSTANTIATE_TYPED_TEST_SUITE_P(Real, ClockConformance, RealConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Real, RandomConformance, RealConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Real, TasksConformance, RealConformanceWorld);

}  // namespace plumbline::conformance
