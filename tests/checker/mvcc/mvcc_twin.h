#pragma once

#include "checker/history/history.h"

namespace plumbline::checker::mvcc {

// The dumb twin of check_order() and replay(): tries every order of the requests and every subset
// of the unknown ones. For small histories without watches and leases.
bool brute_force_explains(const History& history);

}  // namespace plumbline::checker::mvcc
