#pragma once

#include <memory>
#include <vector>

#include "checker/explain/orders.h"
#include "checker/history/history.h"
#include "checker/linear/model.h"

namespace plumbline::checker {

// What a model of linearizability says about the operations of a witness, for all_orders().
class ModelStepper final : public Stepper {
 public:
  // REQUIRES: the model handles the operations of the witness, which are indices in `history`, and
  // none of them failed. All arguments must outlive this object.
  ModelStepper(const ModelInfo& model, const ModelOptions& options, const History& history,
               const std::vector<std::uint64_t>& witness);

  State initial() override;
  Step step(State state, std::size_t operation) override;

 private:
  std::unique_ptr<Model> model_;
  std::vector<const Operation*> operations_;
  std::vector<Action> actions_;
};

}  // namespace plumbline::checker
