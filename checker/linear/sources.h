#pragma once

#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

// The requests of `all` that brought, or tried to bring, something that the answer of `reader`
// shows: the enqueue of an element that was taken, the add of one that a set has, the put or append
// of a part of a string, the transaction that wrote what another read.
std::vector<const Request*> sources_of(const Request& reader,
                                       const std::vector<const Request*>& all);

}  // namespace plumbline::checker
