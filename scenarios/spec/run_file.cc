#include "scenarios/spec/run_file.h"

#include "scenarios/spec/scenario_file.h"
#include "scenarios/spec/visitors.h"

namespace plumbline {

// Found by argument-dependent lookup, hence in the namespace of Override.
template <class V>
void fields(V& v, Override& s) {
  v("key", s.key, scenarios::About{.doc = "The decision that is replaced.", .required = true});
  v("value", s.value, scenarios::About{.doc = "Its outcome.", .required = true});
}

namespace scenarios {
namespace {

constexpr std::int64_t kFormat = 1;

struct Document {
  std::int64_t format = kFormat;
  RunFile run;
};

template <class V>
void fields(V& v, Document& s) {
  RunFile& run = s.run;
  v("format", s.format, {.doc = "Version.", .low = kFormat, .high = kFormat, .required = true});
  v("scenario", run.scenario, {.doc = "Drawn.", .required = true});
  v("seed", Hex{run.seed}, {.doc = "Of the run.", .required = true});
  v("overrides", run.overrides, {.doc = "Decisions that are replaced."});
  v("plant", run.plant, {.doc = "Bug that was switched on."});
  v("build", run.build, {.doc = "Version of the program."});
  v("trace_hash", run.trace_hash, {.doc = "Of all events."});
  v("verdict", run.verdict, {.doc = "What it ended in."});
  v("property", run.property, {.doc = "What was violated."});
  v("replay", run.replay, {.doc = "Command that replays it."});
}

}  // namespace

Result<RunFile> load_run(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return text.error();
  return parse_run(*text, path);
}

Result<RunFile> parse_run(std::string_view text, std::string_view origin) {
  const auto refuse = [&](const std::string& why) {
    return Error{Errc::kInvalid, std::string(origin) + ": " + why};
  };
  const auto json = parse_json(text, origin);
  if (!json) return json.error();
  Document document;
  std::string problem;
  Reader::read_object(*json, "", document, problem);
  if (!problem.empty()) return refuse(problem);
  problem = problem_of(document.run.scenario);
  if (!problem.empty()) return refuse("/scenario" + problem);
  for (std::size_t i = 0; i < document.run.overrides.size(); ++i) {
    const auto key = Key::parse_hash(document.run.overrides[i].key);
    if (!key) return refuse("/overrides/" + std::to_string(i) + "/key: " + key.error().detail);
  }
  return std::move(document.run);
}

std::string to_json(const RunFile& run) {
  return pretty(Writer::write_object(Document{kFormat, run}));
}

Status save_run(const RunFile& run, const std::string& path) {
  return write_text(path, to_json(run));
}

}  // namespace scenarios
}  // namespace plumbline
