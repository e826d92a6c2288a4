#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "nodes/base/hash.h"
#include "nodes/base/ids.h"

namespace plumbline::trace {

// What a record says. Defined once as a constant next to the code that emits it:
//   constexpr trace::Kind kVoteGranted{"raft.vote_granted", "grants its vote of term {a} to r{b}"};
// `text` is put together only when somebody reads the trace; {a} to {d} are the record's numbers in
// decimal, {a:x} in hex, {a:ms} nanoseconds as milliseconds. The id is the same in every build.
struct Kind {
  const char* name;
  const char* text;
  std::uint64_t id;

  constexpr Kind(const char* kind_name, const char* kind_text)
      : name(kind_name), text(kind_text), id(hash_name(kind_name)) {}
};

// A rare branch by name. It is counted, never hashed, and a campaign that never reaches a required
// one fails. Define at namespace scope of the .cc that reaches it, so that a program knows the
// probes that it could reach:
//   const trace::Probe kAppendWhileCandidate{"raft.append_while_candidate"};
class Probe {
 public:
  enum class Need { kRequired, kOptional };
  explicit Probe(const char* name, Need need = Need::kRequired);

  const char* name() const { return name_; }
  Need need() const { return need_; }
  // Dense, by name over the whole program; stable once main has begun.
  std::size_t index() const;
  // All probes of this program, ordered by name.
  static const std::vector<const Probe*>& all();

 private:
  const char* name_;
  Need need_;
  const Probe* next_;
};

// Where a core or a shell tells what happened. The world behind it adds time, node and incarnation.
// Telling never changes what happens: a sink that drops everything is a valid sink.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void emit(const Kind& kind, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0,
                    std::uint64_t d = 0) = 0;
  virtual void reached(const Probe& probe) = 0;
};

// Drops everything.
class NullSink : public Sink {
 public:
  void emit(const Kind&, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override {}
  void reached(const Probe&) override {}
};

}  // namespace plumbline::trace
