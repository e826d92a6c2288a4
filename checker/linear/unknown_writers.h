#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/requests.h"
#include "checker/linear/tokens_view.h"

namespace plumbline::checker {

// The changes of unknown outcome, found by what they would leave behind. Each is used once at most.
class UnknownWriters {
 public:
  struct Writer {
    std::uint32_t key = 0;
    std::uint32_t tag = 0;  // Of the last token written: equal tokens have equal tags.
    std::uint32_t request = 0;
    bool used = false;
    std::int64_t noted = 0;  // The greatest revision answered before its call: it came later.
  };

  UnknownWriters(std::span<const Request> requests, bool sequences)
      : requests_(requests), sequences_(sequences) {}

  // REQUIRES: the request changes something if it takes effect. In the order of calls.
  void add(std::uint32_t request, std::uint32_t key);
  const std::vector<Writer>& all() const { return writers_; }
  std::vector<std::int64_t> calls() const;
  // To be called once, after all were added: `noted` has one number per writer in that order.
  void index(std::span<const std::int64_t> noted);

  // What can have left `goal`, or nil in place of an empty sequence where `or_nil`.
  struct Found {
    Writer* best = nullptr;  // The first that was noted early enough; else the first noted.
    std::size_t usable = 0;
  };
  Found find(std::uint32_t key, const TokensView& goal, bool or_nil, std::int64_t after,
             std::int64_t by);
  // Whether any unused one of the key can have changed it between the two revisions.
  bool any(std::uint32_t key, std::int64_t by) const;

 private:
  bool leaves(const Operation& op, const TokensView& goal) const;
  std::uint32_t tag_of(const TokensView& written) const;
  void find_tagged(std::uint32_t key, const TokensView& goal, std::int64_t after, std::int64_t by,
                   Found& found);

  std::span<const Request> requests_;
  bool sequences_;
  std::vector<Writer> writers_;
};

}  // namespace plumbline::checker
