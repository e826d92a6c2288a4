#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/result.h"

namespace plumbline::reports {

// One record of trace.bin as it lies in the file; its 64 bytes and their meaning are in
// sim/TRACE_FORMAT.md.
struct TraceRecord {
  std::int64_t time_ns = 0;
  std::uint64_t event = 0;
  std::uint64_t kind = 0;
  std::uint32_t node = 0;  // 0 is the world itself.
  std::uint32_t incarnation = 0;
  std::array<std::uint64_t, 4> numbers{};  // a, b, c, d
};

struct TraceKind {
  std::string name;
  std::string text;  // With {a}, {b:x}, {c:ms}, {d:name} in it.
};

// A trace describes itself: its first line says what the kinds in it mean, so that it can be read
// without the program that wrote it.
struct Trace {
  std::string seed;
  std::string hash;         // Of all records of the run, 16 hexadecimal digits.
  std::uint64_t first = 0;  // The number in the run of the first record kept, from 0,
  std::uint64_t total = 0;  // and how many the run emitted.
  std::map<std::uint32_t, std::string> nodes;
  std::map<std::uint64_t, TraceKind> kinds;
  std::map<std::uint64_t, std::string> names;
  std::vector<TraceRecord> records;  // In the order of the file, which is that of the run.
  std::vector<std::string> notes;    // What is missing of it, in words.

  // The record's text with its numbers in place. A kind that the file does not explain is shown by
  // its number and all four numbers.
  std::string text_of(const TraceRecord& record) const;
  std::string name_of(const TraceRecord& record) const;
  // "n3.2": node and incarnation; "world" for the world itself.
  std::string who(const TraceRecord& record) const;
};

// A part of a run, both ends in it.
struct TimeWindow {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;

  bool contains(std::int64_t time_ns) const { return from_ns <= time_ns && time_ns <= to_ns; }
  bool overlaps(std::int64_t from, std::int64_t to) const { return from <= to_ns && from_ns <= to; }
};

// A record that the end of the file cuts off is left out and noted; a first line that is no
// header, or one of another format, is a problem.
checker::Result<Trace> parse_trace(std::string_view content, const std::string& file_name);
checker::Result<Trace> read_trace(const std::string& path);

// What `plumbline replay` tells: one line per record in the window, of the form
//   "   12.050000  n3.2    steps down: term 5 > 4".
std::vector<std::string> story(const Trace& trace, TimeWindow window);

}  // namespace plumbline::reports
