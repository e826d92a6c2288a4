#include "tests/conformance/clock_conformance.h"
#include "tests/conformance/disk_conformance.h"
#include "tests/conformance/random_conformance.h"
#include "tests/conformance/streams_conformance.h"
#include "tests/conformance/tasks_conformance.h"
#include "tests/conformance/transport_conformance.h"
#include "tests/sim/sim_conformance_world.h"

namespace plumbline::conformance {

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, ClockConformance, sim::SimConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, DiskConformance, sim::SimConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, RandomConformance, sim::SimConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, StreamsConformance, sim::SimConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, TasksConformance, sim::SimConformanceWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, TransportConformance, sim::SimConformanceWorld);

}  // namespace plumbline::conformance
