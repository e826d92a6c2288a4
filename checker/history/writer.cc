#include "checker/history/writer.h"

#include <array>
#include <cstdlib>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "checker/history/value_json.h"

namespace plumbline::checker {
namespace {

Json values_to_json(const Values& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(value_to_json(value));
  return list;
}

Json call_to_json(std::uint64_t index, const Operation& op) {
  Json line;
  line["type"] = "call";
  line["index"] = index;
  line["process"] = op.process;
  line["time"] = op.invoked_at;
  line["function"] = name_of(op.function);
  line["key"] = bytes_to_json(op.key);
  if (!op.arguments.empty()) line["arguments"] = values_to_json(op.arguments);
  if (const auto& id = op.session()) line["session"] = {id->session, id->sequence};
  return line;
}

Json return_to_json(std::uint64_t index, const Operation& op) {
  Json line;
  line["type"] = name_of(op.outcome);
  line["index"] = index;
  line["process"] = op.process;
  line["time"] = op.returned_at;
  if (!op.results.empty()) line["results"] = values_to_json(op.results);
  if (op.revision) line["revision"] = *op.revision;
  if (!op.server().empty()) line["server"] = bytes_to_json(op.server());
  if (!op.note().empty()) line["note"] = bytes_to_json(op.note());
  return line;
}

Json header_to_json(const Meta& meta) {
  Json line;
  line[std::string(format::kHeader)] = format::kVersion;
  const std::array fields = {std::pair{"scenario", &meta.scenario}, std::pair{"seed", &meta.seed},
                             std::pair{"semantics", &meta.semantics}};
  for (const auto& [name, text] : fields) {
    if (!text->empty()) line[name] = bytes_to_json(*text);
  }
  return line;
}

std::string hex64(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

}  // namespace

Result<HistoryWriter> HistoryWriter::create(const std::string& path, const Meta& meta) {
  return onto(std::fopen(path.c_str(), "wb"), path, meta);
}

Result<HistoryWriter> HistoryWriter::onto(std::FILE* stream, const std::string& name,
                                          const Meta& meta) {
  HistoryWriter writer(name, stream);
  if (!writer.file_) return writer.io_problem("cannot be created");
  if (auto done = writer.put_line(header_to_json(meta).dump()); !done) return done.problem();
  return writer;
}

Result<std::uint64_t> HistoryWriter::call(const Operation& operation) {
  auto done = put_line(call_to_json(operations_, operation).dump());
  if (!done) return done.problem();
  return operations_++;
}

Status HistoryWriter::returned(std::uint64_t index, const Operation& operation) {
  return put_line(return_to_json(index, operation).dump());
}

Status HistoryWriter::flush() {
  if (failed_ || !file_ || std::fflush(file_.get()) != 0) {
    failed_ = true;
    return io_problem("cannot be written");
  }
  return Done{};
}

Status HistoryWriter::finish() {
  Json line;
  line[std::string(format::kTrailer)] = format::kVersion;
  line["operations"] = operations_;
  line["checksum"] = hex64(checksum_.value());
  if (auto done = put_line(line.dump()); !done) return done;
  if (auto done = flush(); !done) return done;
  if (std::fclose(file_.release()) != 0) return io_problem("cannot be closed");
  return Done{};
}

Status HistoryWriter::put_line(std::string line) {
  line += '\n';
  if (line.size() > format::kLineBytesMax) {
    failed_ = true;
    return io_problem("cannot hold an operation of " + std::to_string(line.size()) + " bytes");
  }
  if (failed_ || !file_ || std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) {
    failed_ = true;
    return io_problem("cannot be written");
  }
  checksum_.add(line);
  return Done{};
}

Problem HistoryWriter::io_problem(const std::string& what) const {
  return {Problem::Kind::kIo, path_, 0, what};
}

namespace {

Status write_all(Result<HistoryWriter> writer, const History& history) {
  if (!writer) return writer.problem();
  using Return = std::pair<std::int64_t, std::uint64_t>;
  std::priority_queue<Return, std::vector<Return>, std::greater<>> pending;
  // Returns at the instant of a call go first: the process that calls has returned.
  const auto drain = [&](std::int64_t until) -> Status {
    while (!pending.empty() && pending.top().first <= until) {
      const std::uint64_t index = pending.top().second;
      pending.pop();
      auto done = writer.value().returned(index, history.operations[index]);
      if (!done) return done;
    }
    return Done{};
  };
  for (const Operation& op : history.operations) {
    if (auto done = drain(op.invoked_at); !done) return done;
    auto index = writer.value().call(op);
    if (!index) return index.problem();
    if (op.returned_at != kNever) pending.emplace(op.returned_at, index.value());
  }
  if (auto done = drain(kNever); !done) return done;
  return writer.value().finish();
}

std::optional<Problem> refused(const std::string& name, const History& history) {
  const auto fault = fault_of(history);
  if (!fault) return std::nullopt;
  return Problem{Problem::Kind::kMalformed, name, 0, "not written: " + *fault};
}

struct Free {
  void operator()(char* memory) const { std::free(memory); }
};

}  // namespace

Status write_history(const std::string& path, const History& history) {
  if (auto problem = refused(path, history)) return *problem;
  return write_all(HistoryWriter::create(path, history.meta), history);
}

Result<std::string> history_text(const History& history) {
  const std::string name = "history";
  if (auto problem = refused(name, history)) return *problem;
  char* memory = nullptr;
  std::size_t size = 0;
  std::FILE* stream = ::open_memstream(&memory, &size);
  // Closing the stream, which write_all() does either way, is what makes `memory` final.
  const Status written = write_all(HistoryWriter::onto(stream, name, history.meta), history);
  const std::unique_ptr<char, Free> owner(memory);
  if (!written) return written.problem();
  return std::string(memory, size);
}

}  // namespace plumbline::checker
