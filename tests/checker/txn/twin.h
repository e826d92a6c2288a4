#pragma once

#include "checker/history/history.h"

namespace plumbline::checker {

// What a serial order of transactions must respect besides what they saw.
enum class OrderRule { kNothing, kSessions, kSessionsAndRealTime };

// The dumb twin of checker/txn: tries every serial order of the answered transactions and every
// subset of the unknown ones on plain lists and registers. For small histories.
bool some_serial_order(const History& history, OrderRule rule);

}  // namespace plumbline::checker
