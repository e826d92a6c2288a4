#pragma once

#include "scenarios/workload/workload.h"

namespace plumbline::scenarios {

std::unique_ptr<Node> make_register_client(ClientContext context);
std::unique_ptr<Node> make_append_session_client(ClientContext context);

}  // namespace plumbline::scenarios
