#include "checker/txn/versions.h"

#include <utility>

#include "checker/txn/list_orders.h"
#include "checker/txn/registers.h"

namespace plumbline::checker::txn {
namespace {

// Goes once over the steps of all transactions that did not fail: what each read saw, and what
// contradicts the transaction's own steps or the others'.
class Reader {
 public:
  Reader(const Compiled& history, Versions& versions, ListOrders& lists, Findings& findings)
      : history_(history),
        versions_(versions),
        lists_(lists),
        findings_(findings),
        locals_(history.keys.size()),
        replaced_by_(history.keys.size() + history.elements.size(), kNone) {}

  void read_all() {
    for (now_ = 0; now_ < history_.transactions.size(); ++now_) {
      if (history_.transactions[now_].outcome == Outcome::kFail) continue;
      const auto steps = history_.steps_of(now_);
      for (std::uint32_t i = 0; i < steps.size(); ++i) take(steps, i);
    }
  }

 private:
  // What the transaction in hand has done to one key so far.
  struct Local {
    std::uint32_t transaction = kNone;
    std::uint32_t own = 0;          // Its appends, or writes.
    std::uint32_t element = kNone;  // The last of them.
    std::uint32_t version = kNone;  // The state it read before its first change.
    std::uint32_t failed = kNone;   // The failed element that it read instead.
    const Value* seen = nullptr;    // The last answer before its first change.
    std::size_t base = SIZE_MAX;    // How many elements of a list were there before it.
  };

  void take(std::span<const Step> steps, std::uint32_t i) {
    const Step& step = steps[i];
    const Key& key = history_.keys[step.key];
    if (key.is_unclear()) return;
    Local& local = locals_[step.key];
    if (local.transaction != now_) {
      local = Local{};
      local.transaction = now_;
    }
    if (!step.reads()) {
      key.is_list() ? append(step, local) : write(step, local);
    } else {
      key.is_list() ? read_list(steps, i, local) : read_register(step, local);
    }
  }

  void report(Anomaly anomaly, const Step& step, Detail detail = Detail::kPlain,
              const Value* other = nullptr) {
    findings_.add({anomaly, detail, {}, {now_}, step.key, step.value, other});
  }

  void report_element(Anomaly anomaly, std::uint32_t element) {
    const Element& info = history_.elements[element];
    findings_.add({anomaly, Detail::kPlain, {}, {now_, info.transaction}, info.key, info.value});
  }

  // Before its first change of a key the transaction had read `version` of it.
  void replaces(const Step& step, std::uint32_t version) {
    std::uint32_t& first = replaced_by_[version];
    if (first == kNone) {
      first = now_;
    } else {
      findings_.add({Anomaly::kLostUpdate,
                     Detail::kPlain,
                     {},
                     {first, now_},
                     step.key,
                     locals_[step.key].seen});
    }
  }

  void append(const Step& step, Local& local) {
    if (local.own == 0 && local.version != kNone) replaces(step, local.version);
    if (local.own > 0 && !lists_.of(step.key).broken) {
      const std::uint32_t before = versions_.place[local.element];
      const std::uint32_t place = versions_.place[step.element];
      const Value* const first = history_.elements[local.element].value;
      if (place != kNone && before == kNone) {
        report(Anomaly::kInternal, step, Detail::kTornAppends, first);
      } else if (place != kNone && place < before) {
        report(Anomaly::kInternal, step, Detail::kOutOfOrder, first);
      }
    }
    ++local.own;
    local.element = step.element;
  }

  void read_list(std::span<const Step> steps, std::uint32_t i, Local& local) {
    static const Value::List kEmpty;
    const Step& step = steps[i];
    if (!step.value->is_list() && !step.value->is_nil()) {
      const Detail detail = history_.keys[step.key].appended ? Detail::kNotAList : Detail::kPlain;
      return report(Anomaly::kGarbageRead, step, detail, step.value);
    }
    const Value::List& list = step.value->is_list() ? step.value->list() : kEmpty;
    if (!ends_with_own(steps, i, list, local.own)) {
      const Value* own = history_.elements[local.element].value;
      return report(Anomaly::kInternal, step, Detail::kForgetsOwn, own);
    }
    const std::size_t base = list.size() - local.own;
    if (local.base != SIZE_MAX && local.base != base) {
      report(Anomaly::kInternal, step, Detail::kRereads, local.seen);
    }
    local.base = base;
    local.seen = step.value;
    const Key& key = history_.keys[step.key];
    const bool begins = list.empty() || same(list.data(), key.longest->data(), list.size());
    if (begins) {
      look(step, list, base, local);
    } else {
      look_at_odd_one(step, list);
    }
  }

  bool ends_with_own(std::span<const Step> steps, std::uint32_t i, const Value::List& list,
                     std::uint32_t own) const {
    if (list.size() < own) return false;
    const std::uint32_t key = steps[i].key;
    for (std::size_t end = list.size(); own > 0; --own, --end) {
      do {
        --i;
      } while (steps[i].reads() || steps[i].key != key);
      if (!same(list[end - 1], *steps[i].value)) return false;
    }
    return true;
  }

  // A read that is a beginning of the longest one.
  void look(const Step& step, const Value::List& list, std::size_t base, Local& local) {
    const ListOrder& order = lists_.of(step.key);
    if (order.first_garbage < list.size()) {
      report(Anomaly::kGarbageRead, step, Detail::kPlain, &list[order.first_garbage]);
    }
    if (order.first_failed < list.size()) {
      report_element(Anomaly::kG1a, history_.element_of(step.key, list[order.first_failed]));
    }
    if (base > order.known) return;
    const std::uint32_t version = versions_.list_versions[versions_.list_begin[step.key] + base];
    if (!versions_.is_initial(version)) {
      const std::uint32_t element = versions_.element_of(version);
      const Element& info = history_.elements[element];
      if (info.transaction == now_) {
        return report(Anomaly::kInternal, step, Detail::kSeesFuture, info.value);
      }
      if (!info.last && versions_.place[element] + 1 == base)
        report_element(Anomaly::kG1b, element);
    }
    if (local.own == 0) local.version = version;
    versions_.reads.push_back({now_, version, true});
  }

  // A read that contradicts the longest one. What it shows still happened.
  void look_at_odd_one(const Step& step, const Value::List& list) {
    const Key& key = history_.keys[step.key];
    lists_.of(step.key).broken = true;
    findings_.add({Anomaly::kIncompatibleOrder,
                   Detail::kPlain,
                   {},
                   {now_, key.longest_reader},
                   step.key,
                   step.value,
                   nullptr});
    for (const Value& value : list) {
      const std::uint32_t element = history_.element_of(step.key, value);
      if (element == kNone) {
        report(Anomaly::kGarbageRead, step, Detail::kPlain, &value);
        continue;
      }
      const std::uint32_t writer = history_.elements[element].transaction;
      if (history_.transactions[writer].outcome == Outcome::kFail) {
        report_element(Anomaly::kG1a, element);
        continue;
      }
      versions_.happened[writer] = true;
      if (&value == &list.back() && writer != now_) {
        versions_.reads.push_back({now_, versions_.version_of(element), false});
      }
    }
  }

  void write(const Step& step, Local& local) {
    if (local.own == 0 && local.version != kNone) replaces(step, local.version);
    if (local.own == 0 && local.failed != kNone) {
      const Element& below = history_.elements[local.failed];
      findings_.add({Anomaly::kDirtyUpdate,
                     Detail::kPlain,
                     {},
                     {now_, below.transaction},
                     step.key,
                     below.value,
                     step.value});
    }
    ++local.own;
    local.element = step.element;
    if (history_.elements[step.element].last && local.version != kNone) {
      versions_.before[versions_.version_of(step.element)] = local.version;
    }
  }

  void read_register(const Step& step, Local& local) {
    if (local.own > 0) {
      const Value* const own = history_.elements[local.element].value;
      if (!same(*own, *step.value)) report(Anomaly::kInternal, step, Detail::kForgetsOwn, own);
      return;
    }
    if (local.seen != nullptr && !same(*local.seen, *step.value)) {
      report(Anomaly::kInternal, step, Detail::kRereads, local.seen);
    }
    local.seen = step.value;
    if (step.value->is_nil()) return saw(step.key, true, local);
    const std::uint32_t element = history_.element_of(step.key, *step.value);
    if (element == kNone) return report(Anomaly::kGarbageRead, step, Detail::kPlain, step.value);
    const Element& info = history_.elements[element];
    if (history_.transactions[info.transaction].outcome == Outcome::kFail) {
      local.failed = element;
      return report_element(Anomaly::kG1a, element);
    }
    versions_.happened[info.transaction] = true;
    if (info.transaction == now_) {
      return report(Anomaly::kInternal, step, Detail::kSeesFuture, info.value);
    }
    if (info.last) return saw(versions_.version_of(element), true, local);
    report_element(Anomaly::kG1b, element);
    saw(versions_.version_of(last_of(info)), false, local);
  }

  void saw(std::uint32_t version, bool replaced_known, Local& local) {
    versions_.reads.push_back({now_, version, replaced_known});
    if (replaced_known) local.version = version;
  }

  // The last element that the same transaction wrote to the same key.
  std::uint32_t last_of(const Element& info) const {
    for (const Step& step : history_.steps_of(info.transaction)) {
      const bool good = step.key == info.key && !step.reads();
      if (good && history_.elements[step.element].last) return step.element;
    }
    return kNone;
  }

  const Compiled& history_;
  Versions& versions_;
  ListOrders& lists_;
  Findings& findings_;
  std::uint32_t now_ = 0;
  std::vector<Local> locals_;
  std::vector<std::uint32_t> replaced_by_;  // By version: who read it and replaced it.
};

// Reads of one transaction that see a part of what another did. Only what the steps show at once:
// longer chains are cycles, and found there.
class Fractures {
 public:
  // Transactions that read more are left to the search for cycles, which misses nothing.
  static constexpr std::size_t kReadsMax = 32;

  Fractures(const Compiled& history, const Versions& versions, Findings& findings)
      : history_(history), versions_(versions), findings_(findings) {}

  void find() {
    const std::vector<Versions::Read>& reads = versions_.reads;
    for (std::size_t begin = 0; begin < reads.size();) {
      std::size_t end = begin + 1;
      while (end < reads.size() && reads[end].transaction == reads[begin].transaction) ++end;
      if (end - begin > 1 && end - begin <= kReadsMax) {
        find_in({reads.data() + begin, end - begin});
      }
      begin = end;
    }
  }

 private:
  void find_in(std::span<const Versions::Read> reads) {
    for (std::size_t i = 0; i < reads.size(); ++i) {
      if (versions_.is_initial(reads[i].version)) continue;
      const Element& seen = history_.elements[versions_.element_of(reads[i].version)];
      for (const Step& step : history_.steps_of(seen.transaction)) {
        if (step.reads() || step.key == seen.key) continue;
        for (std::size_t j = 0; j < reads.size(); ++j) {
          if (misses(reads[j], step)) report(reads[i], i < j, step);
        }
      }
    }
  }

  // Whether the read saw an older version than the one that this step made.
  bool misses(const Versions::Read& read, const Step& step) const {
    if (!read.replaced_known || key_of(read.version) != step.key) return false;
    const std::uint32_t made = versions_.version_of(step.element);
    if (versions_.before[made] == kNone || made == read.version) return false;
    if (!history_.keys[step.key].is_list()) return versions_.before[made] == read.version;
    const std::uint32_t place = versions_.place[step.element];
    if (place == kNone || versions_.is_initial(read.version)) return true;
    return versions_.place[versions_.element_of(read.version)] < place;
  }

  std::uint32_t key_of(std::uint32_t version) const {
    if (versions_.is_initial(version)) return version;
    return history_.elements[versions_.element_of(version)].key;
  }

  void report(const Versions::Read& seen, bool later, const Step& missed) {
    const Element& element = history_.elements[versions_.element_of(seen.version)];
    const Anomaly anomaly = later ? Anomaly::kGMonotonic : Anomaly::kFracturedRead;
    findings_.add({anomaly,
                   Detail::kPlain,
                   {},
                   {seen.transaction, element.transaction},
                   missed.key,
                   missed.value,
                   element.value});
  }

  const Compiled& history_;
  const Versions& versions_;
  Findings& findings_;
};

}  // namespace

Versions find_versions(const Compiled& history, Findings& findings) {
  Versions versions;
  versions.before.assign(history.keys.size() + history.elements.size(), kNone);
  versions.happened.reserve(history.transactions.size());
  for (const Transaction& txn : history.transactions) {
    versions.happened.push_back(txn.outcome == Outcome::kOk);
  }
  ListOrders lists(history, versions, findings);
  Reader(history, versions, lists, findings).read_all();
  lists.add_unread();
  RegisterOrders(history, versions, findings).order();
  Fractures(history, versions, findings).find();
  return versions;
}

}  // namespace plumbline::checker::txn
