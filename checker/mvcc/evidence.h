#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "checker/mvcc/journal.h"

namespace plumbline::checker::mvcc {

// What answers and watches show of revisions that no answer claims: by that the change that made
// one is told, when nobody knows its outcome.
class Evidence {
 public:
  // What is believed: answers alone; what watches and the final states of servers show too; or
  // also what watches were not told of. A watch may have lied or lost something, and a server
  // diverged, while every answer is right.
  enum class Trust : std::uint8_t { kAnswers, kEvents, kSilence };

  // `gaps` are those revisions, ascending.
  Evidence(const Journal& journal, const std::vector<std::int64_t>& gaps, Trust trust);

  struct Fact {
    std::int64_t revision = 0;
    KeyValue kv;  // Version 0: the key was deleted there.
    std::uint32_t shown_by = 0;
  };
  // What is known of the change that made `revision`.
  std::vector<Fact>::const_iterator begin(std::int64_t revision) const;
  std::vector<Fact>::const_iterator end() const { return facts_.end(); }

  // Whether somebody saw that the change did not happen: he saw the key later as of earlier, or
  // watched it and was told of other changes only.
  bool forbids(const Event& change) const;
  bool believes_states() const { return trust_ != Trust::kAnswers; }

 private:
  struct Seen {
    std::int64_t at = 0;   // The revision whose state was seen ...
    std::int64_t mod = 0;  // ... and the least last change of the key seen at or after it.
  };
  struct Watched {
    const Watch* watch = nullptr;
    std::int64_t last = 0;  // It was told of all up to there.
  };

  void take_response(const KvRequest& request, const KvResponse& response, std::int64_t revision,
                     std::uint32_t index);
  void show(const KeyValue& kv, std::uint32_t index, bool whole);
  void saw(const KeyValue& kv, std::int64_t at);
  void take_watch(const Watch& watch);
  void take_state(const FinalState& state);
  bool has_fact(std::string_view key, std::int64_t revision) const;
  void sort();

  const std::vector<std::int64_t>& gaps_;
  Trust trust_;
  std::vector<Fact> facts_;
  std::map<std::string_view, std::vector<Seen>> seen_;
  std::vector<Watched> watched_;
};

}  // namespace plumbline::checker::mvcc
