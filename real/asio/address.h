#pragma once

#include <string>
#include <string_view>

#include "nodes/world/streams.h"

namespace plumbline::real {

// "host:port" or "[v6]:port". Errors: kInvalid, quoting the text.
Result<Address> parse_address(std::string_view text);
std::string text_of(const Address& address);
// Where a listener of an AsioWorld really listens: tells the port that the kernel chose for port 0.
Address local_address(const Listener& listener);

}  // namespace plumbline::real
