#include "tests/conformance/disk_conformance.h"
#include "tests/real/conformance_real_world.h"

namespace plumbline::conformance {

using real::RealConformanceWorld;
INSTANTIATE_TYPED_TEST_SUITE_P(Real, DiskConformance, RealConformanceWorld);

}  // namespace plumbline::conformance
