#include "checker/formats/load.h"

#include <array>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <optional>
#include <utility>

#include "checker/formats/micro.h"
#include "checker/formats/model_guess.h"
#include "checker/formats/streams.h"
#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

struct Format {
  std::string_view name;
  std::string_view ending;  // Of the name of a file; only if the content does not tell.
  StreamOperations stream;  // nullptr: the native format.
};

constexpr std::array<Format, 8> kFormats = {{
    {"native", ".jsonl", nullptr},
    {"jepsen-edn", ".edn", stream_jepsen_edn},
    {"jepsen-json", ".json", stream_jepsen_json},
    {"jepsen-log", ".log", stream_jepsen_log},
    {"micro", ".micro", stream_micro},
    {"edn-lines", "", stream_jepsen_edn},
    {"edn", "", stream_jepsen_edn},
    {"json", "", stream_jepsen_json},
}};

constexpr auto kNames = [] {
  std::array<std::string_view, kFormats.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kFormats[i].name;
  return names;
}();

const Format* format_named(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

std::string_view skip_blank(std::string_view text, std::string_view blank = " \t\r\n,") {
  const auto begin = text.find_first_not_of(blank);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

std::string_view skip_edn_comments(std::string_view text) {
  for (text = skip_blank(text); text.starts_with(';'); text = skip_blank(text)) {
    const auto end = text.find('\n');
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
  }
  return text;
}

// What the first element of a list, or a bare one, tells.
std::string_view format_of_element(std::string_view text) {
  if (!text.starts_with('{')) return {};
  text = skip_blank(text.substr(1));
  if (text.starts_with(':')) return "jepsen-edn";
  if (!text.starts_with('"')) return {};
  const std::string_view line = text.substr(0, text.find('\n'));
  const bool native = line.find("\"plumbline_history\"") != std::string_view::npos;
  return native ? "native" : "jepsen-json";
}

std::string_view format_of_content(std::string_view text) {
  const std::string_view first_line = text.substr(0, text.find('\n'));
  const bool entry = text.starts_with('{') || text.starts_with('[') || text.starts_with('(');
  if (!entry && text.find("jepsen.util") != std::string_view::npos) return "jepsen-log";
  text = skip_edn_comments(text);
  if (text.starts_with('(') || text.starts_with("#jepsen.")) return "jepsen-edn";
  if (text.starts_with('[')) {
    text = skip_edn_comments(text.substr(1));
    if (text.starts_with("#jepsen.")) return "jepsen-edn";
  }
  if (const auto format = format_of_element(text); !format.empty()) return format;
  return looks_like_micro(first_line) ? "micro" : std::string_view();
}

Result<const Format*> choose(std::string_view name, std::string_view beginning, bool readable,
                             const std::string& file) {
  if (!name.empty()) {
    if (const Format* format = format_named(name)) return format;
    return Problem{Problem::Kind::kMalformed, file, 0, unknown_name("format", name, kNames)};
  }
  if (const Format* format = format_named(format_of(beginning, file))) return format;
  if (!readable) return Problem{Problem::Kind::kIo, file, 0, "cannot be read"};
  if (beginning.empty()) return Problem{Problem::Kind::kTruncated, file, 0, "the file is empty"};
  return Problem{Problem::Kind::kMalformed, file, 1,
                 "the format is none that is known by its looks; name it: native, jepsen-edn, "
                 "jepsen-json, jepsen-log or micro"};
}

}  // namespace

std::span<const std::string_view> format_names() { return kNames; }

std::string_view format_of(std::string_view beginning, std::string_view file) {
  if (const auto format = format_of_content(beginning); !format.empty()) return format;
  for (const Format& format : kFormats) {
    if (!format.ending.empty() && file.ends_with(format.ending)) return format.name;
  }
  return {};
}

Result<Meta> stream_any_history(std::istream& in, const std::string& file,
                                const LoadOptions& options, const TakeOperation& take) {
  auto semantics = Semantics::parse(options.semantics);
  if (!semantics) return semantics.problem();
  auto params = Params::parse(options.params);
  if (!params) return params.problem();
  InputBuffer buffer(in, options.progress);
  const std::string_view beginning = buffer.beginning();
  auto format = choose(options.format, beginning, !in.bad(), file);
  if (!format) return format.problem();

  std::istream input(&buffer);
  ModelGuess guess;
  const TakeOperation take_meant = [&](std::uint64_t index, Operation&& operation) {
    semantics.value().apply(operation);
    guess.see(operation);
    take(index, std::move(operation));
  };
  Meta meta;
  if (format.value()->stream == nullptr) {
    auto read = stream_history(input, file, take_meant);
    if (!read) return read;
    meta = std::move(read.value());
  } else {
    auto done = format.value()->stream(input, file, params.value(), take_meant);
    if (!done) return done.problem();
    meta.semantics = guess.model();
  }
  if (!options.model.empty()) meta.semantics = options.model;
  return meta;
}

Result<History> load_history(std::istream& in, const std::string& file,
                             const LoadOptions& options) {
  History history;
  auto meta = stream_any_history(in, file, options, [&](std::uint64_t index, Operation&& op) {
    if (index >= history.operations.size()) history.operations.resize(index + 1);
    history.operations[index] = std::move(op);
  });
  if (!meta) return meta.problem();
  history.meta = std::move(meta.value());
  if (auto fault = fault_of(history)) {
    return Problem{Problem::Kind::kMalformed, file, 0, *fault};
  }
  return history;
}

Result<History> load_history_file(const std::string& path, const LoadOptions& options) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Problem{Problem::Kind::kIo, path, 0, "cannot be opened"};
  return load_history(in, path, options);
}

}  // namespace plumbline::checker
