#pragma once

#include <string>

#include "nodes/trace/trace.h"

namespace plumbline::process {

// Every record as a line of standard error, with the seconds since the start.
class TraceLog : public trace::Sink {
 public:
  void emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
            std::uint64_t d) override;
  void reached(const trace::Probe&) override {}
};

// A kind's text with its numbers put in.
std::string text_of(const trace::Kind& kind, const std::uint64_t (&numbers)[4]);

}  // namespace plumbline::process
