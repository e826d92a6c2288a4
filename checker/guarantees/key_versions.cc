#include "checker/guarantees/key_versions.h"

#include <algorithm>
#include <utility>

namespace plumbline::checker {
namespace {

// A scalar and the list of it alone are one content, and so are nil and the empty list: where a
// store tells them apart, this only makes us see fewer versions.
std::span<const Value> content(const Value& value) {
  if (value.is_nil()) return {};
  if (value.is_list()) return value.list();
  return {&value, 1};
}

bool same_content(const Value& a, const Value& b) {
  return std::ranges::equal(content(a), content(b));
}

const Value& bare(const Value& value) {
  return value.is_list() && value.list().size() == 1 ? value.list()[0] : value;
}

bool is_nothing(const Value& value) { return content(value).empty(); }

bool changes(const Request& request) { return makes_revision(*request.operation); }
bool may_change(const Request& request) { return effect_of(*request.operation) != Effect::kNone; }
bool is_append(const Request& request) { return request.operation->function == Function::kAppend; }

// Whether the request shows the state that it met, as a read does.
bool reads(const Request& request) {
  return shown_value(*request.operation) != nullptr && !changes(request);
}

// An answer with a revision. In order of revisions, and of one revision the change comes first.
struct Told {
  std::int64_t revision;
  bool read;
  std::uint32_t place;  // Among the requests.
  friend auto operator<=>(const Told&, const Told&) = default;
};

// Follows the state of a key from revision to revision.
class Epochs {
 public:
  // Requests come in the order of their revisions, changes first.
  SessionStep next(const Request& request) {
    const std::int64_t revision = *request.operation->revision;
    if (changes(request)) return change(request, revision);
    const Value* shown = shown_value(*request.operation);
    if (shown == nullptr) return {&request, kNoVersion, kNoVersion};
    if (believed_ != nullptr && !same_content(*believed_, *shown)) {
      // Two answers of one revision that differ: one of them lies, and nothing follows.
      if (revision == since_) return {&request, kNoVersion, kNoVersion};
      ++epoch_;
    }
    believed_ = shown;
    since_ = revision;
    return {&request, epoch_, kNoVersion};
  }

 private:
  SessionStep change(const Request& request, std::int64_t revision) {
    const Operation& op = *request.operation;
    believed_ = is_append(request) ? nullptr : written_value(op);
    if (op.function == Function::kDelete) believed_ = &kAbsent;
    since_ = revision;
    ++epoch_;
    return {&request, shown_value(op) == nullptr ? kNoVersion : epoch_ - 1, epoch_};
  }

  const Value kAbsent;
  const Value* believed_ = nullptr;  // nullptr while it is not known.
  std::int64_t since_ = -1;
  Version epoch_ = 0;
};

}  // namespace

bool makes_revision(const Operation& op) {
  if (effect_of(op) != Effect::kSome) return false;
  return op.function != Function::kCas || !same_content(op.arguments[0], op.arguments[1]);
}

KeyVersions::KeyVersions(std::span<const Request* const> requests) {
  const bool revisions = std::ranges::any_of(requests, [](const Request* request) {
    return request->outcome == Outcome::kOk && request->operation->revision.has_value();
  });
  const bool appends = std::ranges::any_of(
      requests, [](const Request* request) { return is_append(*request) && may_change(*request); });
  if (revisions) {
    by_revision(requests);
  } else if (!appends || !by_length(requests)) {
    if (!appends) by_value(requests);
  }
}

void KeyVersions::add(const Request& request, Version seen, Version made) {
  if (seen != kNoVersion || made != kNoVersion) steps_.push_back({&request, seen, made});
}

void KeyVersions::by_revision(std::span<const Request* const> requests) {
  std::vector<Told> told;
  for (std::uint32_t i = 0; i < requests.size(); ++i) {
    const Request& request = *requests[i];
    if (request.outcome != Outcome::kOk || !request.operation->revision) continue;
    const bool change = changes(request);
    if (change || reads(request)) told.push_back({*request.operation->revision, !change, i});
  }
  std::sort(told.begin(), told.end());
  std::vector<SessionStep> steps(requests.size());
  Epochs epochs;
  for (const Told& one : told) steps[one.place] = epochs.next(*requests[one.place]);
  for (const SessionStep& step : steps) {
    if (step.request != nullptr) add(*step.request, step.seen, step.made);
  }
}

bool KeyVersions::by_length(std::span<const Request* const> requests) {
  std::span<const Value> longest;
  for (const Request* request : requests) {
    if (may_change(*request) && !is_append(*request)) return false;
    const Value* shown = shown_value(*request->operation);
    if (shown != nullptr && content(*shown).size() > longest.size()) longest = content(*shown);
  }
  // How often each token was asked for or occurs, and where.
  std::vector<std::uint32_t> asked;
  std::vector<std::uint32_t> places;
  for (const Value& token : longest) {
    const std::uint32_t number = values_.add(token);
    if (number < places.size()) return false;
    places.push_back(number + 1);
  }
  for (const Request* request : requests) {
    if (!is_append(*request) || request->outcome == Outcome::kFail) continue;
    const std::uint32_t number = values_.add(request->operation->arguments[0]);
    asked.resize(std::max<std::size_t>(asked.size(), number + 1));
    ++asked[number];
  }
  const auto last = static_cast<Version>(longest.size() + 1);
  for (const Request* request : requests) {
    if (is_append(*request) && request->outcome != Outcome::kFail) {
      const std::uint32_t number = values_.find(request->operation->arguments[0]);
      const bool placed = number < places.size();
      if (asked[number] > 1 || (!placed && request->outcome != Outcome::kOk)) continue;
      add(*request, kNoVersion, placed ? static_cast<Version>(places[number]) : last);
    } else if (const Value* shown = shown_value(*request->operation)) {
      const auto list = content(*shown);
      if (!std::ranges::equal(list, longest.first(list.size()))) {
        steps_.clear();
        return false;
      }
      add(*request, static_cast<Version>(list.size()), kNoVersion);
    }
  }
  return true;
}

void KeyVersions::by_value(std::span<const Request* const> requests) {
  total_ = false;
  count_writers(requests);
  link_swaps();
  walk();
  for (const Request* request : requests) {
    const Operation& op = *request->operation;
    const Value* written = may_change(*request) ? written_value(op) : nullptr;
    add(*request, seen_by(*request), written == nullptr ? kNoVersion : version_of(*written));
  }
}

// Gives a version to each value that is written by one request only.
void KeyVersions::count_writers(std::span<const Request* const> requests) {
  std::vector<std::uint32_t> counts;
  std::vector<const Request*> writers;
  for (const Request* request : requests) {
    if (!may_change(*request)) continue;
    const Value* written = written_value(*request->operation);
    if (written == nullptr || is_nothing(*written)) absent_is_first_ = false;
    if (written == nullptr) continue;
    const std::uint32_t number = values_.add(bare(*written));
    if (number == counts.size()) {
      counts.push_back(0);
      writers.push_back(request);
    }
    ++counts[number];
  }
  writer_ = {nullptr};
  versions_.assign(counts.size(), kNoVersion);
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 1 || is_nothing(values_[i])) continue;
    versions_[i] = static_cast<Version>(writer_.size());
    writer_.push_back(writers[i]);
  }
}

Version KeyVersions::version_of(const Value& value) const {
  if (is_nothing(value)) return absent_is_first_ ? 0 : kNoVersion;
  const std::uint32_t number = values_.find(bare(value));
  const Version version = number == Numbering::kNone ? kNoVersion : versions_[number];
  return version == kNoVersion || enter_.empty() || enter_[version] >= 0 ? version : kNoVersion;
}

Version KeyVersions::seen_by(const Request& request) const {
  const Value* shown = shown_value(*request.operation);
  if (shown == nullptr) return kNoVersion;
  const Version version = version_of(*shown);
  if (version <= 0) return version;
  return writer_[version]->invoked_at < request.returned_at ? version : kNoVersion;
}

void KeyVersions::link_swaps() {
  parent_.assign(writer_.size(), 0);
  for (Version v = 1; v < static_cast<Version>(writer_.size()); ++v) {
    const Operation& op = *writer_[v]->operation;
    if (op.function != Function::kCas) continue;
    const Version before = version_of(op.arguments[0]);
    if (before != kNoVersion && before != v) parent_[v] = before;
  }
}

// Numbers the forest in depth-first order. Values that replace one another in a circle are not
// reached; they stay without a number, and so are no versions.
void KeyVersions::walk() {
  const std::size_t size = parent_.size();
  std::vector<std::vector<Version>> children(size);
  for (std::size_t v = 1; v < size; ++v) {
    children[parent_[v]].push_back(static_cast<Version>(v));
  }
  std::vector<std::int32_t> enter(size, -1);
  leave_.assign(size, -1);
  std::int32_t clock = 0;
  std::vector<Version> path = {0};
  enter[0] = clock++;
  while (!path.empty()) {
    const Version v = path.back();
    if (children[v].empty()) {
      leave_[v] = clock;
      path.pop_back();
      continue;
    }
    const Version child = children[v].back();
    children[v].pop_back();
    enter[child] = clock++;
    path.push_back(child);
  }
  enter_ = std::move(enter);
}

}  // namespace plumbline::checker
