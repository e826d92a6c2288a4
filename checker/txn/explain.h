#pragma once

#include <functional>
#include <string>

#include "checker/txn/findings.h"
#include "checker/txn/versions.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::txn {

// Puts findings in words. All transactions of a sentence are named by their index in the history
// (#12); in an argument, by T1, T2 ..., each said first.
class Explainer {
 public:
  Explainer(const History& history, const Compiled& compiled, const Versions& versions)
      : history_(history), compiled_(compiled), versions_(versions) {}

  // Fills everything but the property and the levels.
  Report report(const Finding& finding) const;
  // One sentence, as for a report.
  std::string sentence(const Finding& finding) const;

 private:
  using Name = std::function<std::string(std::uint32_t)>;

  std::string cycle_sentence(const Cycle& cycle) const;
  std::string direct_sentence(const Finding& finding, const Name& name) const;
  std::string internal_sentence(const Finding& finding, const std::string& who) const;
  std::vector<std::string> argument(const Finding& finding, const Cycle& cycle) const;
  std::string let_line(std::uint32_t transaction, const std::string& name, bool first) const;
  std::string why(const Hop& hop, const Name& name) const;
  std::string why_replaced(const Hop& hop, const Name& name) const;
  std::string why_read(const Hop& hop, const Name& name) const;
  std::string why_missed(const Hop& hop, const Name& name) const;
  std::string why_realtime(const Hop& hop, const Name& name) const;
  std::vector<Versions::Read> reads_of(std::uint32_t transaction) const;
  std::string key_text(std::uint32_t key) const;
  std::string state_text(std::uint32_t version) const;
  std::string wrote(std::uint32_t key) const;  // "appended" or "wrote".
  const Element& element(std::uint32_t version) const {
    return compiled_.elements[versions_.element_of(version)];
  }
  std::string index_name(std::uint32_t transaction) const {
    return "#" + std::to_string(compiled_.transactions[transaction].index);
  }

  const History& history_;
  const Compiled& compiled_;
  const Versions& versions_;
};

}  // namespace plumbline::checker::txn
