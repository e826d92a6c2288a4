#include "tests/conformance/streams_conformance.h"
#include "tests/conformance/transport_conformance.h"
#include "tests/real/conformance_real_world.h"

namespace plumbline::conformance {

using real::RealConformanceWorld;
INSTANTIATE_TYPED_TEST_SUITE_P(Real, StreamsConformance, RealConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Real, TransportConformance, RealConformanceWorld);

}  // namespace plumbline::conformance
