#pragma once

#include "real/process/exit_code.h"
#include "real/process/replica_flags.h"

namespace plumbline::process {

// One replica as this process, until a signal ends it. Says "ready: ..." on standard output once it
// has recovered and listens; a node that halts ends the process at once, with the reason as the
// last line of standard error.
Exit run_replica(const ReplicaSettings& settings);

}  // namespace plumbline::process
