#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/history/requests.h"
#include "checker/linear/model.h"
#include "checker/linear/search.h"

namespace plumbline::checker {

// The part of a history that concerns one key, ready to be searched again and again with fewer of
// its answers taken for certain.
class KeyCase {
 public:
  // `requests` are all of the key's, failed ones too. They and `model` must outlive this object.
  KeyCase(const ModelInfo& model, std::vector<const Request*> requests,
          const ModelOptions& options = {});

  const ModelInfo& model() const { return info_; }
  const std::vector<const Request*>& requests() const { return requests_; }
  std::string key() const { return requests_.front()->operation->key.str(); }

  // The requests that were answered, in the order of their returns, as positions in requests().
  const std::vector<std::uint32_t>& answered() const { return answered_; }

  struct Judgement {
    Verdict verdict = Verdict::kValid;
    std::uint64_t steps = 0;
    std::vector<std::uint32_t> unplaced;  // Answers, as positions in requests(); see SearchResult.
    std::vector<std::string> values;      // What the key can have held there.
  };
  Judgement judge(const SearchOptions& options);
  // As if every request but those of `certain` (positions in requests()) might as well not have
  // happened; if it did, then between its call and its return. If that is invalid so is the
  // whole, since it permits more.
  Judgement judge_only(const std::vector<std::uint32_t>& certain, const SearchOptions& options);

 private:
  Judgement judge_entries(std::vector<Entry> entries, const SearchOptions& options);

  const ModelInfo& info_;
  std::unique_ptr<Model> model_;
  std::vector<const Request*> requests_;
  std::vector<std::uint32_t> answered_;
  std::vector<Entry> entries_;  // One per request.
};

}  // namespace plumbline::checker
