#include "checker/history/reader.h"

#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "checker/history/event_line.h"
#include "checker/history/history_format.h"
#include "checker/history/line_json.h"
#include "checker/history/lines.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, 4> kHeaderMembers = {format::kHeader, "scenario", "seed",
                                                            "semantics"};
constexpr std::array<std::string_view, 3> kTrailerMembers = {format::kTrailer, "operations",
                                                             "checksum"};

std::string numbered(std::string_view noun, std::uint64_t number) {
  return std::string(noun) + " " + std::to_string(number);
}

std::optional<std::uint64_t> from_hex64(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | digit;
  }
  return value;
}

// What must be remembered of the lines read so far: the open operations and when each process was
// last free. What is wrong with an event comes back in words.
class Events {
 public:
  explicit Events(const TakeOperation& take) : take_(take) {}

  std::optional<std::string> handle(EventLine&& event) {
    return event.call ? call(std::move(event)) : returned(std::move(event));
  }

  void end() {
    for (auto& [index, operation] : open_) take_(index, std::move(operation));
    open_.clear();
  }

  std::uint64_t operations() const { return operations_; }
  std::size_t open() const { return open_.size(); }

 private:
  struct Process {
    std::optional<std::uint64_t> open;
    std::int64_t free_at = 0;
  };

  std::optional<std::string> call(EventLine&& event) {
    Operation& op = event.operation;
    if (auto fault = fault_of_call(op)) return fault;
    if (auto fault = order_fault(event.index, op)) return fault;
    last_call_ = op.invoked_at;
    processes_[op.process].open = operations_;
    open_.emplace(operations_++, std::move(op));
    return std::nullopt;
  }

  std::optional<std::string> order_fault(std::int64_t index, const Operation& op) const {
    if (index < 0 || static_cast<std::uint64_t>(index) != operations_) {
      return "index " + std::to_string(index) + " where " + std::to_string(operations_) +
             " must follow";
    }
    if (op.invoked_at < last_call_) return "the call is earlier than the call before it";
    const auto process = processes_.find(op.process);
    if (process == processes_.end()) return std::nullopt;
    if (process->second.open) {
      return "process " + std::to_string(op.process) + " calls while its " +
             numbered("operation", *process->second.open) + " is open";
    }
    if (op.invoked_at < process->second.free_at) {
      return "process " + std::to_string(op.process) +
             " calls before its previous operation returned";
    }
    return std::nullopt;
  }

  std::optional<std::string> returned(EventLine&& event) {
    const auto at = open_.find(static_cast<std::uint64_t>(event.index));
    if (event.index < 0 || at == open_.end()) return not_open(event.index);
    Operation& op = at->second;
    Operation& told = event.operation;
    if (op.process != told.process) {
      return numbered("operation", at->first) + " was called by process " +
             std::to_string(op.process);
    }
    op.outcome = told.outcome;
    op.returned_at = event.time;
    op.results = std::move(told.results);
    op.revision = told.revision;
    op.set_server(told.server());
    op.set_note(told.note());
    if (auto fault = fault_of(op)) return fault;
    processes_[op.process] = {std::nullopt, event.time};
    take_(at->first, std::move(op));
    open_.erase(at);
    return std::nullopt;
  }

  std::string not_open(std::int64_t index) const {
    const bool called = index >= 0 && static_cast<std::uint64_t>(index) < operations_;
    return "operation " + std::to_string(index) +
           (called ? " returns a second time" : " returns without a call");
  }

  const TakeOperation& take_;
  std::map<std::uint64_t, Operation> open_;
  std::map<std::int64_t, Process> processes_;
  std::uint64_t operations_ = 0;
  std::int64_t last_call_ = 0;
};

class Reader {
 public:
  Reader(std::istream& in, const std::string& file, const TakeOperation& take)
      : lines_(in, format::kLineBytesMax), file_(file), events_(take) {}

  Result<Meta> read() {
    auto meta = read_header();
    if (!meta) return meta;
    for (bool ended = false; !ended;) {
      auto done = read_event_or_trailer();
      if (!done) return done.problem();
      ended = done.value();
    }
    events_.end();
    return meta;
  }

 private:
  using Kind = Problem::Kind;

  Problem problem(Kind kind, std::string reason) const {
    return {kind, file_, lines_.number(), std::move(reason)};
  }
  Problem malformed(std::string reason) const { return problem(Kind::kMalformed, reason); }

  // A line in text(), or the problem that there is none.
  Status next_line() {
    switch (lines_.next()) {
      case Lines::Next::kLine:
        if (lines_.text().empty()) return malformed("empty line");
        return Done{};
      case Lines::Next::kEnd:
        return problem(Kind::kTruncated, "truncated: the trailer is missing" + so_far());
      case Lines::Next::kPartial:
        return problem(Kind::kTruncated, "truncated: the line has no end" + so_far());
      case Lines::Next::kTooLong:
        return malformed("the line is longer than " + std::to_string(format::kLineBytesMax) +
                         " bytes");
      case Lines::Next::kUnreadable: return problem(Kind::kIo, "cannot be read");
    }
    return Done{};
  }

  std::string so_far() const {
    return " (" + std::to_string(events_.operations()) + " operations, " +
           std::to_string(events_.open()) + " of them open)";
  }

  Result<Meta> read_header() {
    if (auto done = next_line(); !done) {
      const bool empty = lines_.number() == 0 && done.problem().kind == Kind::kTruncated;
      if (empty) return problem(Kind::kTruncated, "the file is empty");
      return done.problem();
    }
    LineJson line(lines_.text());
    if (line.fault().empty() && !line.has(format::kHeader)) {
      return malformed("not a history: the first line has no member 'plumbline_history'");
    }
    const std::int64_t version = line.integer(format::kHeader);
    if (line.fault().empty() && version != format::kVersion) {
      line.blame("version " + std::to_string(version) + " of the format is not known, only " +
                 std::to_string(format::kVersion));
    }
    line.expect_only(kHeaderMembers);
    Meta meta{line.bytes_if_any("scenario"), line.bytes_if_any("seed"),
              line.bytes_if_any("semantics")};
    if (!line.fault().empty()) return malformed(line.fault());
    add_to_checksum();
    return meta;
  }

  void add_to_checksum() {
    checksum_.add(lines_.text());
    checksum_.add("\n");
  }

  // True after the trailer.
  Result<bool> read_event_or_trailer() {
    if (auto done = next_line(); !done) return done.problem();
    auto event = scan_event(lines_.text());
    if (!event) {
      LineJson line(lines_.text());
      if (line.fault().empty() && line.has(format::kTrailer)) return read_trailer(line);
      event = event_from(line);
      if (!line.fault().empty()) return malformed(line.fault());
    }
    if (auto fault = events_.handle(std::move(*event))) return malformed(*fault);
    add_to_checksum();
    return false;
  }

  Result<bool> read_trailer(LineJson& line) {
    line.expect_only(kTrailerMembers);
    const std::int64_t version = line.integer(format::kTrailer);
    const std::int64_t operations = line.integer("operations");
    const auto checksum = from_hex64(line.bytes("checksum"));
    if (!checksum) line.blame("member 'checksum' must be 16 lower-case hexadecimal digits");
    if (version != format::kVersion) line.blame("the version differs from that of the header");
    if (!line.fault().empty()) return malformed(line.fault());
    if (*checksum != checksum_.value()) {
      return problem(Kind::kChecksum, "the checksum does not fit the lines before it");
    }
    if (static_cast<std::uint64_t>(operations) != events_.operations()) {
      return problem(Kind::kChecksum, "the trailer counts " + std::to_string(operations) +
                                          " operations, the file has " +
                                          std::to_string(events_.operations()));
    }
    if (lines_.next() != Lines::Next::kEnd) return malformed("something follows the trailer");
    return true;
  }

  Lines lines_;
  const std::string& file_;
  Events events_;
  format::Checksum checksum_;
};

}  // namespace

Result<Meta> stream_history(std::istream& in, const std::string& file, const TakeOperation& take) {
  return Reader(in, file, take).read();
}

Result<History> read_history(std::istream& in, const std::string& file) {
  History history;
  auto meta = stream_history(in, file, [&](std::uint64_t index, Operation&& operation) {
    if (index >= history.operations.size()) history.operations.resize(index + 1);
    history.operations[index] = std::move(operation);
  });
  if (!meta) return meta.problem();
  history.meta = std::move(meta.value());
  if (auto fault = fault_of(history)) {
    return Problem{Problem::Kind::kMalformed, file, 0, *fault};
  }
  return history;
}

Result<History> read_history_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Problem{Problem::Kind::kIo, path, 0, "cannot be opened"};
  return read_history(in, path);
}

}  // namespace plumbline::checker
