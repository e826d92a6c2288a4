#include "reports/trace_reader.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "reports/json_fields.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kRecordBytes = 64;

template <typename Number>
Number little_endian(const char* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<Number>(value);
}

TraceRecord record_at(const char* bytes) {
  TraceRecord record{.time_ns = little_endian<std::int64_t>(bytes),
                     .event = little_endian<std::uint64_t>(bytes + 8),
                     .kind = little_endian<std::uint64_t>(bytes + 16),
                     .node = little_endian<std::uint32_t>(bytes + 24),
                     .incarnation = little_endian<std::uint32_t>(bytes + 28)};
  for (std::size_t i = 0; i < 4; ++i) {
    record.numbers[i] = little_endian<std::uint64_t>(bytes + 32 + 8 * i);
  }
  return record;
}

std::string milliseconds(std::uint64_t number) {
  const auto ns = static_cast<std::int64_t>(number);
  const std::uint64_t size = ns < 0 ? 0 - number : number;
  return fmt::format("{}{}.{:03} ms", ns < 0 ? "-" : "", size / 1'000'000, size / 1'000 % 1'000);
}

// What stands for "{a}", "{a:x}", "{a:ms}" or "{a:name}"; nothing for any other text in braces.
std::optional<std::string> number_text(std::string_view token, const TraceRecord& record,
                                       const Trace& trace) {
  if (token.empty() || token[0] < 'a' || token[0] > 'd') return std::nullopt;
  const std::uint64_t number = record.numbers[static_cast<std::size_t>(token[0] - 'a')];
  const std::string_view form = token.substr(1);
  if (form.empty()) return std::to_string(number);
  if (form == ":ms") return milliseconds(number);
  if (form == ":name") {
    const auto word = trace.names.find(number);
    if (word != trace.names.end()) return word->second;
  }
  if (form == ":x" || form == ":name") return fmt::format("{:016x}", number);
  return std::nullopt;
}

std::string filled(std::string_view text, const TraceRecord& record, const Trace& trace) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const bool closed = close != std::string_view::npos;
    const auto value =
        closed ? number_text(text.substr(1, close - 1), record, trace) : std::nullopt;
    out += value ? *value : "{";
    text.remove_prefix(value ? close + 1 : 1);
  }
  return out;
}

checker::Problem problem(checker::Problem::Kind kind, const std::string& file, std::string reason) {
  return {.kind = kind, .file = file, .line = 1, .reason = std::move(reason)};
}

std::optional<std::uint64_t> id_in(const Json& object) {
  const std::string text = text_in(object, "id");
  std::uint64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id, 16);
  return error == std::errc() && stop == end ? std::optional(id) : std::nullopt;
}

void read_words(const Json& header, Trace& trace) {
  for (const Json& kind : member(header, "kinds")) {
    if (const auto id = id_in(kind)) {
      trace.kinds[*id] = {.name = text_in(kind, "name"), .text = text_in(kind, "text")};
    }
  }
  for (const Json& word : member(header, "names")) {
    if (const auto id = id_in(word)) trace.names[*id] = text_in(word, "name");
  }
  for (const Json& node : member(header, "nodes")) {
    trace.nodes[static_cast<std::uint32_t>(count_in(node, "id"))] = text_in(node, "name");
  }
}

void read_header(const Json& header, Trace& trace) {
  if (const auto seed = seed_in(header, "seed")) trace.seed = seed_text(*seed);
  trace.hash = text_in(header, "hash");
  trace.first = count_in(header, "first");
  trace.total = count_in(header, "total");
  read_words(header, trace);
}

void read_records(std::string_view bytes, Trace& trace) {
  trace.records.reserve(bytes.size() / kRecordBytes);
  for (; bytes.size() >= kRecordBytes; bytes.remove_prefix(kRecordBytes)) {
    trace.records.push_back(record_at(bytes.data()));
  }
  if (!bytes.empty()) {
    trace.notes.push_back(fmt::format("the last {} of the trace are a torn record and left out",
                                      counted(bytes.size(), "byte")));
  }
}

void note_missing(std::uint64_t announced, Trace& trace) {
  if (trace.records.size() != announced) {
    trace.notes.push_back(fmt::format("the trace announces {} and holds {}",
                                      counted(announced, "record"),
                                      with_commas(trace.records.size())));
  }
  if (trace.first > 0) {
    trace.notes.push_back(fmt::format("the first {} of the run were not kept in the trace",
                                      counted(trace.first, "record")));
  }
}

checker::Result<Trace> parse_body(const Json& header, std::string_view records) {
  Trace trace;
  read_header(header, trace);
  read_records(records, trace);
  note_missing(count_in(header, "records"), trace);
  return trace;
}

}  // namespace

std::string Trace::name_of(const TraceRecord& record) const {
  const auto kind = kinds.find(record.kind);
  return kind == kinds.end() ? fmt::format("kind {:016x}", record.kind) : kind->second.name;
}

std::string Trace::text_of(const TraceRecord& record) const {
  const auto kind = kinds.find(record.kind);
  if (kind != kinds.end() && !kind->second.text.empty()) {
    return filled(kind->second.text, record, *this);
  }
  const auto& [a, b, c, d] = record.numbers;
  return fmt::format("{} {} {} {} {}", name_of(record), a, b, c, d);
}

std::string Trace::who(const TraceRecord& record) const {
  if (record.node == 0) return "world";
  const auto node = nodes.find(record.node);
  const std::string name =
      node != nodes.end() && !node->second.empty() ? node->second : fmt::format("n{}", record.node);
  return fmt::format("{}.{}", name, record.incarnation);
}

checker::Result<Trace> parse_trace(std::string_view content, const std::string& file_name) {
  using Kind = checker::Problem::Kind;
  const std::size_t end = content.find('\n');
  if (end == std::string_view::npos) {
    return problem(Kind::kTruncated, file_name, "the trace has no complete first line");
  }
  const Json header = parsed(std::string(content.substr(0, end)));
  if (text_in(header, "format") != "plumbline-trace") {
    return problem(Kind::kMalformed, file_name, "the first line is no header of a trace");
  }
  const bool readable =
      count_in(header, "version") == kVersion && count_in(header, "record_bytes") == kRecordBytes;
  if (!readable) {
    return problem(Kind::kMalformed, file_name,
                   fmt::format("the trace has version {} with records of {} bytes; this program "
                               "reads version {} with {}",
                               text_in(header, "version"), text_in(header, "record_bytes"),
                               kVersion, kRecordBytes));
  }
  return parse_body(header, content.substr(end + 1));
}

checker::Result<Trace> read_trace(const std::string& path) {
  const auto content = file_content(path);
  if (!content) {
    return checker::Problem{
        .kind = checker::Problem::Kind::kIo, .file = path, .reason = "the trace cannot be read"};
  }
  return parse_trace(*content, path);
}

std::vector<std::string> story(const Trace& trace, TimeWindow window) {
  std::vector<std::string> lines;
  for (const TraceRecord& record : trace.records) {
    if (!window.contains(record.time_ns)) continue;
    lines.push_back(fmt::format("{:>12}  {:<6}  {}", seconds_number(record.time_ns, 6),
                                plain(trace.who(record)), plain(trace.text_of(record))));
  }
  return lines;
}

}  // namespace plumbline::reports
