#include "scenarios/model/run.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace plumbline::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

Error malformed(const std::string& path, const std::string& what) {
  return Error{Errc::kInvalid, path + ": " + what};
}

Result<std::string> text_at(const Json& json, const char* key, const std::string& path) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) {
    return malformed(path, std::string("\"") + key + "\" must be a text");
  }
  return found->get<std::string>();
}

}  // namespace

Status save_run(const ModelRun& run, const std::string& path) {
  const Json json = {{"version", kVersion}, {"core", run.core},         {"scope", run.scope},
                     {"plant", run.plant},  {"property", run.property}, {"sentence", run.sentence},
                     {"steps", run.steps}};
  std::ofstream file(path);
  file << json.dump(1) << "\n";
  file.flush();
  if (!file) return Error{Errc::kIo, path};
  return {};
}

Result<ModelRun> load_run(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{Errc::kNotFound, path};
  const Json json = Json::parse(file, nullptr, false);
  if (!json.is_object()) return malformed(path, "not a run of the model checker");
  if (json.value("version", 0) != kVersion) return malformed(path, "an unknown version");
  ModelRun run;
  const std::pair<const char*, std::string*> texts[] = {{"core", &run.core},
                                                        {"scope", &run.scope},
                                                        {"plant", &run.plant},
                                                        {"property", &run.property},
                                                        {"sentence", &run.sentence}};
  for (const auto& [key, into] : texts) {
    Result<std::string> text = text_at(json, key, path);
    if (!text) return text.error();
    *into = *text;
  }
  const auto steps = json.find("steps");
  if (steps == json.end() || !steps->is_array()) return malformed(path, "\"steps\" must be a list");
  for (const Json& step : *steps) {
    if (!step.is_string()) return malformed(path, "each of \"steps\" must be a text");
    run.steps.push_back(step.get<std::string>());
  }
  return run;
}

}  // namespace plumbline::model
