#include "sim/trace_recorder.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace plumbline::sim {
namespace {

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[7];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      result.append(escaped);
    } else {
      result.push_back(c);
    }
  }
  return result + "\"";
}

template <class Items, class Each>
std::string json_list(const Items& items, Each&& each) {
  std::string text = "[";
  for (const auto& item : items) {
    const std::string one = each(item);
    if (one.empty()) continue;
    if (text.size() > 1) text.push_back(',');
    text.append(one);
  }
  return text + "]";
}

std::string milliseconds_text(std::uint64_t value) {
  const auto ns = static_cast<std::int64_t>(value);
  const std::uint64_t size = ns < 0 ? 0 - value : value;
  char text[48];
  std::snprintf(text, sizeof text, "%s%llu.%03llu ms", ns < 0 ? "-" : "",
                static_cast<unsigned long long>(size / 1'000'000),
                static_cast<unsigned long long>(size / 1'000 % 1'000));
  return text;
}

}  // namespace

TraceRecorder::TraceRecorder(std::uint64_t seed, TraceMemory memory)
    : seed_(seed), memory_(memory), hash_(seed), probes_(trace::Probe::all().size()) {}

void TraceRecorder::record(const trace::Kind& kind, const TraceRecord& record) {
  hash_ = XXH3_64bits_withSeed(&record, sizeof record, hash_);
  ++total_;
  if (seen_[kind.id % seen_.size()] != &kind) note(kind);
  if (memory_.keep != TraceMemory::Keep::kNothing) keep(record);
}

void TraceRecorder::keep(const TraceRecord& record) {
  if (memory_.keep == TraceMemory::Keep::kAll || records_.size() < memory_.count) {
    records_.push_back(record);
  } else if (memory_.count > 0) {
    records_[(total_ - 1) % memory_.count] = record;
  }
}

void TraceRecorder::note(const trace::Kind& kind) {
  seen_[kind.id % seen_.size()] = &kind;
  const auto [found, fresh] = kinds_.emplace(kind.id, &kind);
  PLUMB_ASSERT(fresh || std::string_view(found->second->name) == kind.name,
               std::string("two kinds of trace record share an id: ") + kind.name);
}

void TraceRecorder::reached(const trace::Probe& probe) {
  const std::size_t index = probe.index();
  if (index >= probes_.size()) probes_.resize(index + 1);
  ++probes_[index];
}

std::uint64_t TraceRecorder::name(std::string_view word) {
  const std::uint64_t id = hash_name(word);
  std::uint64_t& seen = seen_names_[id % seen_names_.size()];
  if (seen != id) names_.try_emplace(id, word);
  seen = id;
  return id;
}

void TraceRecorder::add_node(NodeId id, std::string_view name) { nodes_.emplace(id.value, name); }

std::uint64_t TraceRecorder::kept_count() const { return records_.size(); }

std::vector<TraceRecord> TraceRecorder::kept() const {
  std::vector<TraceRecord> result = records_;
  if (memory_.keep == TraceMemory::Keep::kLast && total_ > records_.size() && !records_.empty()) {
    const auto oldest = static_cast<std::ptrdiff_t>(total_ % records_.size());
    std::rotate(result.begin(), result.begin() + oldest, result.end());
  }
  return result;
}

const trace::Kind* TraceRecorder::kind(std::uint64_t id) const {
  const auto found = kinds_.find(id);
  return found == kinds_.end() ? nullptr : found->second;
}

std::string TraceRecorder::text(const TraceRecord& record) const {
  const trace::Kind* const which = kind(record.kind);
  if (which == nullptr) return "(unknown kind " + hex(record.kind) + ")";
  const std::uint64_t numbers[4] = {record.a, record.b, record.c, record.d};
  const std::string_view format = which->text;
  std::string result;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const std::size_t close = format[i] == '{' ? format.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos || close < i + 2 || format[i + 1] < 'a' ||
        format[i + 1] > 'd') {
      result.push_back(format[i]);
      continue;
    }
    const std::uint64_t value = numbers[format[i + 1] - 'a'];
    const std::string_view how = format.substr(i + 2, close - i - 2);
    const auto word = names_.find(value);
    if (how == ":ms")
      result.append(milliseconds_text(value));
    else if (how == ":name" && word != names_.end())
      result.append(word->second);
    else if (how == ":x" || how == ":name")
      result.append(hex(value));
    else
      result.append(std::to_string(value));
    i = close;
  }
  return result;
}

std::string TraceRecorder::render(const TraceRecord& record) const {
  char time[32];
  std::snprintf(time, sizeof time, "%lld.%09lld",
                static_cast<long long>(record.time_ns / 1'000'000'000),
                static_cast<long long>(record.time_ns % 1'000'000'000));
  std::string who = "world";
  if (record.node != 0) {
    const auto named = nodes_.find(record.node);
    who = named == nodes_.end() ? "n" + std::to_string(record.node) : named->second;
    who.append(".").append(std::to_string(record.incarnation));
  }
  const trace::Kind* const which = kind(record.kind);
  return std::string(time) + " " + who + " " + (which == nullptr ? "?" : which->name) + " " +
         text(record);
}

std::string TraceRecorder::header() const {
  const auto& probes = trace::Probe::all();
  std::string line =
      "{\"format\":\"plumbline-trace\",\"version\":" + std::to_string(kTraceVersion) +
      ",\"seed\":\"" + std::to_string(seed_) +
      "\",\"record_bytes\":64,\"records\":" + std::to_string(records_.size()) +
      ",\"first\":" + std::to_string(first_kept()) + ",\"total\":" + std::to_string(total_) +
      ",\"hash\":\"" + hex(hash_) + "\",\"nodes\":";
  line += json_list(nodes_, [](const auto& node) {
    return "{\"id\":" + std::to_string(node.first) + ",\"name\":" + quoted(node.second) + "}";
  });
  line += ",\"kinds\":" + json_list(kinds_, [](const auto& kind) {
            return "{\"id\":\"" + hex(kind.first) + "\",\"name\":" + quoted(kind.second->name) +
                   ",\"text\":" + quoted(kind.second->text) + "}";
          });
  line += ",\"names\":" + json_list(names_, [](const auto& name) {
            return "{\"id\":\"" + hex(name.first) + "\",\"name\":" + quoted(name.second) + "}";
          });
  line +=
      ",\"probes\":" + json_list(probes, [this](const trace::Probe* probe) {
        const std::size_t index = probe->index();
        const std::uint64_t count = index < probes_.size() ? probes_[index] : 0;
        return "{\"name\":" + quoted(probe->name()) + ",\"count\":" + std::to_string(count) + "}";
      });
  return line + "}";
}

Status TraceRecorder::write(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const std::vector<TraceRecord> records = kept();
  file << header() << '\n';
  file.write(reinterpret_cast<const char*>(records.data()),
             static_cast<std::streamsize>(records.size() * sizeof(TraceRecord)));
  file.flush();
  if (!file) return Error{Errc::kIo, "cannot write " + path};
  return {};
}

}  // namespace plumbline::sim
