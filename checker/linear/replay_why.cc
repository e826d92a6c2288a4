#include "checker/linear/replay_why.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "checker/history/text.h"
#include "checker/linear/patterns.h"

namespace plumbline::checker {
namespace {

constexpr std::uint32_t kNobody = UINT32_MAX;

std::string at_revision(std::int64_t revision) { return "revision " + std::to_string(revision); }

std::string value_text(const Value* value) { return value == nullptr ? "nil" : to_text(*value); }

class Teller {
 public:
  Teller(std::span<const Request> requests, const Mismatch& mismatch, const CellView& cell)
      : requests_(requests), mismatch_(mismatch), cell_(cell) {}

  Report tell() {
    report_.verdict = Verdict::kInvalid;
    report_.key = op(mismatch_.reader).key.str();
    add(mismatch_.reader);
    report_.sentence = "key " + report_.key + " does not follow its revisions because " + because();
    finish();
    return std::move(report_);
  }

 private:
  const Operation& op(std::uint32_t request) const { return *requests_[request].operation; }
  std::string who(std::uint32_t request) const { return client_text(op(request)); }
  std::int64_t revision(std::uint32_t request) const { return *op(request).revision; }

  void add(std::uint32_t request) {
    const bool known = std::find(witness_.begin(), witness_.end(), request) != witness_.end();
    if (!known) witness_.push_back(request);
  }

  void finish() {
    std::sort(witness_.begin(), witness_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(requests_[a].invoked_at, a) < std::tie(requests_[b].invoked_at, b);
    });
    report_.from = requests_[witness_.front()].invoked_at;
    for (const std::uint32_t request : witness_) {
      report_.witness.push_back(requests_[request].index);
      if (requests_[request].outcome != Outcome::kOk) continue;
      report_.to = std::max(report_.to, requests_[request].returned_at);
    }
  }

  // "get(x) by c2 answered at revision 9 with 5"
  std::string answer() const {
    const Operation& reader = op(mismatch_.reader);
    const std::string seen = value_text(mismatch_.seen);
    const std::string at = at_revision(revision(mismatch_.reader));
    if (mismatch_.blind && reader.function == Function::kDelete) {
      return who(mismatch_.reader) + " removed something at " + at;
    }
    if (mismatch_.blind) return who(mismatch_.reader) + " found another value at " + at;
    if (reader.function == Function::kCas) {
      return who(mismatch_.reader) + " found " + seen + " and answered with " + at;
    }
    if (reader.function == Function::kDelete) {
      return who(mismatch_.reader) + " found nothing at " + at;
    }
    return who(mismatch_.reader) + " returned " + seen + " at " + at;
  }

  std::string because() {
    if (mismatch_.blind) {
      report_.topic = "wrong-comparison";
      return answer() + ", but " + what_was_there();
    }
    const auto tokens =
        mismatch_.seen == nullptr ? std::vector<Value>{} : tokens_of(*mismatch_.seen);
    if (const Value* token = first_without_source(tokens)) return out_of_nowhere(*token, tokens);
    if (tokens.size() == 1) return replaced_or_not_yet(tokens[0]);
    if (const std::uint32_t lost = first_append_not_seen(tokens); lost != kNobody) {
      add(lost);
      report_.topic = "lost-append";
      return answer() + ", without what " + who(lost) + " had added at " +
             at_revision(revision(lost));
    }
    report_.topic = "stale-read";
    return answer() + ", but " + what_was_there();
  }

  std::string what_was_there() {
    if (cell_.set_by == kNobody && cell_.appended.empty()) return "nothing had been written";
    if (cell_.appended.empty()) {
      add(cell_.set_by);
      const Operation& last = op(cell_.set_by);
      const bool wrote = effect_of(last) == Effect::kSome;
      return who(cell_.set_by) + (wrote ? " had made it " : " had shown it as ") +
             value_text(cell_.shown) + " at " + at_revision(revision(cell_.set_by)) +
             " and no change between the two explains it";
    }
    add(cell_.appended.back());
    return who(cell_.appended.back()) + " had added to it at " +
           at_revision(revision(cell_.appended.back())) +
           " and no change between the two explains it";
  }

  using ByOutcome = std::array<std::vector<std::uint32_t>, 3>;

  // Everyone who writes the token, if he does, by outcome. One pass for each token.
  const std::vector<std::uint32_t>& writers(const Value& token, Outcome outcome) {
    const auto [at, fresh] = writers_.try_emplace(token);
    for (std::uint32_t i = 0; fresh && i < requests_.size(); ++i) {
      if (!writes_token(requests_[i], token) || op(i).key != op(mismatch_.reader).key) continue;
      at->second[static_cast<std::size_t>(requests_[i].outcome)].push_back(i);
    }
    return at->second[static_cast<std::size_t>(outcome)];
  }

  const Value* first_without_source(const std::vector<Value>& tokens) {
    for (const Value& token : tokens) {
      if (writers(token, Outcome::kOk).empty() && writers(token, Outcome::kUnknown).empty()) {
        return &token;
      }
    }
    return nullptr;
  }

  std::string out_of_nowhere(const Value& token, const std::vector<Value>& tokens) {
    const std::string it =
        tokens.size() == 1 ? ", which " : ", of which " + to_text(token) + " is what ";
    const auto failed = writers(token, Outcome::kFail);
    if (failed.empty()) {
      report_.topic = "never-written";
      return answer() + it + "nobody had written";
    }
    add(failed.front());
    report_.topic = "failed-write-seen";
    return answer() + it + "only " + who(failed.front()) +
           " had tried to write, and that had failed";
  }

  std::string replaced_or_not_yet(const Value& token) {
    const auto answered = writers(token, Outcome::kOk);
    const auto unknown = writers(token, Outcome::kUnknown);
    if (answered.size() + unknown.size() != 1) {
      report_.topic = "stale-read";
      return answer() + ", but " + what_was_there();
    }
    if (answered.empty()) return unknown_but_impossible(unknown.front());
    const std::uint32_t writer = answered.front();
    add(writer);
    if (writer != mismatch_.reader && revision(writer) > mismatch_.revision) {
      report_.topic = "future-read";
      return answer() + ", which " + who(writer) + " wrote only at " +
             at_revision(revision(writer));
    }
    const bool lost =
        op(mismatch_.reader).function == Function::kCas && is_answered_swap(op(mismatch_.reader));
    report_.topic = lost ? "lost-update" : "stale-read";
    if (cell_.set_by == kNobody || cell_.set_by == writer)
      return answer() + ", but " + what_was_there();
    add(cell_.set_by);
    const bool wrote = effect_of(op(cell_.set_by)) == Effect::kSome;
    return answer() + ", which " + who(writer) + " had written at " +
           at_revision(revision(writer)) + " and " + who(cell_.set_by) +
           (wrote ? " had replaced at " : " had found replaced at ") +
           at_revision(revision(cell_.set_by));
  }

  std::string unknown_but_impossible(std::uint32_t writer) {
    add(writer);
    if (cell_.set_by != kNobody) add(cell_.set_by);
    report_.topic = "stale-read";
    return answer() + ", which only " + who(writer) +
           " can have written, and that cannot have happened between " +
           (cell_.set_by == kNobody ? std::string("the beginning")
                                    : at_revision(revision(cell_.set_by))) +
           " and " + at_revision(mismatch_.revision);
  }

  std::uint32_t first_append_not_seen(const std::vector<Value>& tokens) const {
    for (const std::uint32_t request : cell_.appended) {
      const Value& token = op(request).arguments[0];
      if (std::find(tokens.begin(), tokens.end(), token) == tokens.end()) return request;
    }
    return kNobody;
  }

  std::span<const Request> requests_;
  const Mismatch& mismatch_;
  std::map<Value, ByOutcome> writers_;
  const CellView& cell_;
  std::vector<std::uint32_t> witness_;
  Report report_;
};

}  // namespace

Report explain_mismatch(std::span<const Request> requests, const Mismatch& mismatch,
                        const CellView& cell) {
  return Teller(requests, mismatch, cell).tell();
}

Report explain_crowd(std::span<const Request> requests, std::span<const PlacedChange> changes) {
  Report report;
  report.verdict = Verdict::kInvalid;
  report.topic = "revision-claimed-twice";
  const PlacedChange& first = changes.front();
  report.key = changes.size() == 1 ? requests[first.request].operation->key.str() : "";
  std::int64_t after = first.after;
  std::int64_t by = first.by;
  std::vector<std::uint32_t> witness;
  for (const PlacedChange& change : changes) {
    after = std::min(after, change.after);
    by = std::max(by, change.by);
    witness.insert(witness.end(), {change.request, change.seen_by});
  }
  const bool one = changes.size() == 1;
  report.sentence = "revisions are not an order of the changes because " +
                    client_text(*requests[first.request].operation) + ", whose outcome is unknown" +
                    (one ? "" : ", and " + std::to_string(changes.size() - 1) + " more like it") +
                    (one ? ", was seen by " : ", were seen by ") +
                    client_text(*requests[first.seen_by].operation) + (one ? "" : " and others") +
                    " and must have happened after " + at_revision(after) + " and not after " +
                    at_revision(by) + ", where " +
                    (one ? "every revision was" : "too few revisions were not") +
                    " made by another change";
  std::sort(witness.begin(), witness.end());
  witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
  report.from = requests[witness.front()].invoked_at;
  for (const std::uint32_t request : witness) {
    report.witness.push_back(requests[request].index);
    report.from = std::min(report.from, requests[request].invoked_at);
    if (requests[request].outcome != Outcome::kOk) continue;
    report.to = std::max(report.to, requests[request].returned_at);
  }
  return report;
}

}  // namespace plumbline::checker
