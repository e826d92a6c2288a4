#include "checker/formats/streams.h"

#include <optional>
#include <string_view>
#include <utility>

#include "checker/formats/byte_source.h"
#include "checker/formats/edn.h"
#include "checker/formats/jepsen.h"
#include "checker/formats/json.h"
#include "checker/history/lines.h"

namespace plumbline::checker {
namespace {

// Entries in EDN or JSON, bare or within one list.
template <typename Reader>
class Entries {
 public:
  Entries(std::istream& in, const Params& params, const TakeOperation& take)
      : source_(in), reader_(source_), jepsen_(params.independent_keys, take) {}

  Status read(const std::string& file, std::string_view openers, bool commas) {
    const int first = reader_.significant();
    const bool listed = first != ByteSource::kEnd &&
                        openers.find(static_cast<char>(first)) != std::string_view::npos;
    if (listed) {
      source_.take();
      read_list(first == '(' ? ')' : ']', commas);
    } else {
      while (!source_.failed() && reader_.significant() != ByteSource::kEnd) read_entry();
    }
    if (!source_.failed() && reader_.significant() != ByteSource::kEnd) {
      source_.fail("something follows the end of the history");
    }
    if (source_.failed()) return source_.problem(file);
    jepsen_.end();
    return Done{};
  }

 private:
  void read_list(char close, bool commas) {
    for (bool first = true; !source_.failed(); first = false) {
      const int c = reader_.significant();
      if (c == close) break;
      if (c == ByteSource::kEnd) {
        return source_.fail_truncated(std::string("'") + close + "' is missing");
      }
      if (commas && !first) {
        if (c != ',') return source_.fail_unexpected(c, "where ',' or ']' must stand");
        source_.take();
      }
      read_entry();
    }
    source_.take();
  }

  void read_entry() {
    JepsenEntry entry;
    reader_.significant();
    source_.begin_element();
    reader_.entry(entry);
    source_.end_element();
    if (source_.failed()) return;
    if (auto fault = jepsen_.entry(entry)) source_.fail_at(entry.line, std::move(*fault));
  }

  ByteSource source_;
  Reader reader_;
  Jepsen jepsen_;
};

class Log {
 public:
  Log(std::istream& in, const std::string& file, const Params& params, const TakeOperation& take)
      : lines_(in, kLineBytesMax), file_(file), jepsen_(params.independent_keys, take) {}

  Status read() {
    for (;;) {
      switch (lines_.next()) {
        case Lines::Next::kLine: break;
        case Lines::Next::kEnd: return end();
        case Lines::Next::kPartial:
          return problem(Problem::Kind::kTruncated, "truncated: the line has no end");
        case Lines::Next::kTooLong:
          return problem(Problem::Kind::kMalformed,
                         "the line is longer than " + std::to_string(kLineBytesMax) + " bytes");
        case Lines::Next::kUnreadable: return problem(Problem::Kind::kIo, "cannot be read");
      }
      const auto text = entry_text(lines_.text());
      if (!text) continue;
      any_ = true;
      if (auto done = read_entry(*text); !done) return done;
    }
  }

 private:
  static constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;

  Problem problem(Problem::Kind kind, std::string reason) const {
    return {kind, file_, lines_.number(), std::move(reason)};
  }

  Status end() {
    if (!any_) {
      return Problem{Problem::Kind::kMalformed, file_, 0,
                     "no line in it names jepsen.util, which prints the operations"};
    }
    jepsen_.end();
    return Done{};
  }

  // What follows "jepsen.util - " or "jepsen.util: ".
  static std::optional<std::string_view> entry_text(std::string_view line) {
    constexpr std::string_view kPrinter = "jepsen.util";
    const auto at = line.find(kPrinter);
    if (at == std::string_view::npos) return std::nullopt;
    line.remove_prefix(at + kPrinter.size());
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::string_view();
    line.remove_prefix(begin);
    if (line.starts_with('-') || line.starts_with(':')) line.remove_prefix(1);
    return line;
  }

  Status read_entry(std::string_view text) {
    ByteSource source(text, lines_.number());
    EdnReader reader(source);
    JepsenEntry entry;
    constexpr EntryMember kOrder[] = {EntryMember::kProcess, EntryMember::kType,
                                      EntryMember::kFunction, EntryMember::kValue,
                                      EntryMember::kError};
    std::size_t count = 0;
    while (!source.failed() && reader.significant() != ByteSource::kEnd) {
      Value form = reader.form();
      if (count < std::size(kOrder)) entry.put(kOrder[count], std::move(form));
      ++count;
    }
    if (source.failed()) return source.problem(file_);
    if (count < 3 || count > std::size(kOrder)) {
      return problem(Problem::Kind::kMalformed,
                     "an entry has a process, type, function, value and perhaps an error");
    }
    move_reason(entry);
    if (auto fault = jepsen_.entry(entry)) return problem(Problem::Kind::kMalformed, *fault);
    return Done{};
  }

  // Of an operation that did not succeed, a keyword in place of the value says why.
  static void move_reason(JepsenEntry& entry) {
    const Value& type = entry[EntryMember::kType];
    const Value& value = entry[EntryMember::kValue];
    const bool failed = type == Value(":fail") || type == Value(":info");
    if (!failed || !value.is_string() || !value.text().starts_with(':')) return;
    entry.put(EntryMember::kError, Value(value));
    entry[EntryMember::kValue] = Value();
  }

  Lines lines_;
  const std::string& file_;
  Jepsen jepsen_;
  bool any_ = false;
};

}  // namespace

Status stream_jepsen_edn(std::istream& in, const std::string& file, const Params& params,
                         const TakeOperation& take) {
  return Entries<EdnReader>(in, params, take).read(file, "[(", false);
}

Status stream_jepsen_json(std::istream& in, const std::string& file, const Params& params,
                          const TakeOperation& take) {
  Entries<JsonReader> entries(in, params, take);
  return entries.read(file, "[", true);
}

Status stream_jepsen_log(std::istream& in, const std::string& file, const Params& params,
                         const TakeOperation& take) {
  return Log(in, file, params, take).read();
}

}  // namespace plumbline::checker
