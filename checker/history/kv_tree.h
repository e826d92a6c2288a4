#pragma once

#include <optional>
#include <string>

#include "checker/history/compact.h"

namespace plumbline::checker {

// Whether the requests and answers of an MVCC store have the shape that FORMAT.md gives them; the
// fault in words, or nothing. checker/mvcc reads such trees and relies on it.
std::optional<std::string> fault_of_kv_request(const Value& tree);
// REQUIRES: the request has no fault.
std::optional<std::string> fault_of_kv_response(const Value& request, const Value& response);
std::optional<std::string> fault_of_watch_request(const Value& tree);
std::optional<std::string> fault_of_watch_response(const Value& tree);

// The arguments, or the answer, of compact, lease-grant, lease-keep-alive and lease-revoke.
std::optional<std::string> fault_of_integers(std::string_view function, const Values& values);
std::optional<std::string> fault_of_integers_or_error(std::string_view function,
                                                      const Values& values, std::size_t count);

}  // namespace plumbline::checker
