#include "checker/guarantees/unique_ids.h"

#include <string>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/numbering.h"
#include "checker/guarantees/objects.h"

namespace plumbline::checker {
namespace {

Explained explain(std::string_view key, const Request& first, const Request& again) {
  return {std::string(key),
          "an id is not unique because " + called_text(first, {&again}) + " and " +
              called_text(again, {&first}) + " both got " + to_text(again.operation->results[0]),
          {&first, &again}};
}

std::uint64_t check_object(std::string_view key, std::span<const Request* const> requests,
                           Findings& findings) {
  Numbering ids;
  std::vector<const Request*> owners;
  for (const Request* request : requests) {
    const bool generate = request->operation->function == Function::kGenerate;
    if (!generate || request->outcome != Outcome::kOk) continue;
    const std::uint32_t id = ids.add(request->operation->results[0]);
    if (id == owners.size()) {
      owners.push_back(request);
      continue;
    }
    findings.invalid("duplicate-id", request->returned_at,
                     [=, first = owners[id]] { return explain(key, *first, *request); });
  }
  return owners.size();
}

}  // namespace

std::vector<Report> check_unique_ids(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("unique-ids");
  std::uint64_t ids = 0;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    ids += check_object(objects.key(i), objects.requests(i), findings);
  }
  findings.fact("ids: " + std::to_string(ids) + " different ones given out");
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
