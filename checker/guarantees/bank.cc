#include "checker/guarantees/bank.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/numbering.h"
#include "checker/guarantees/objects.h"

namespace plumbline::checker {
namespace {

struct Fault {
  std::string_view topic;
  std::string what;  // "it lists account 9, which there is not".
};

// The sum of the balances; nothing if one is no integer or the sum is none.
std::optional<std::int64_t> total_of(const Value::List& accounts) {
  std::int64_t total = 0;
  for (const Value& entry : accounts) {
    const Value& balance = entry.list()[1];
    if (!balance.is_int() || __builtin_add_overflow(total, balance.number(), &total)) {
      return std::nullopt;
    }
  }
  return total;
}

bool is_bank_answer(const Value& answer) {
  if (!answer.is_list()) return false;
  return std::all_of(answer.list().begin(), answer.list().end(), [](const Value& entry) {
    if (!entry.is_list() || entry.list().size() != 2) return false;
    return entry.list()[1].is_int() || entry.list()[1].is_nil();
  });
}

// One bank: the requests on one key.
class Bank {
 public:
  Bank(std::string_view key, const GuaranteeOptions& options, Findings& findings)
      : key_(key), options_(options), findings_(findings) {
    for (const Value& account : options.accounts) accounts_.add(account);
    for (const Value& account : options.accounts) {
      if (account.is_int()) spelled_.insert(std::to_string(account.number()));
    }
  }

  void check(std::span<const Request* const> requests) {
    requests_ = requests;
    std::vector<const Request*> reads = answered_reads();
    if (reads.empty()) {
      findings_.unknown("never-read", 0, [name = name()] {
        return Explained{"", name + " is not judged because no read of it was answered", {}};
      });
      return;
    }
    std::stable_sort(reads.begin(), reads.end(), [](const Request* a, const Request* b) {
      return a->returned_at < b->returned_at;
    });
    for (const Request* read : reads) check_read(*read);
  }

 private:
  std::string name() const { return key_text(key_, "the bank"); }

  std::vector<const Request*> answered_reads() const {
    std::vector<const Request*> reads;
    for (const Request* request : requests_) {
      const bool read = request->operation->function == Function::kRead;
      if (read && request->outcome == Outcome::kOk) reads.push_back(request);
    }
    return reads;
  }

  void check_read(const Request& read) {
    const Value& answer = read.operation->results[0];
    if (!is_bank_answer(answer)) {
      findings_.unknown("malformed", read.returned_at, [this, &read] {
        return Explained{std::string(key_),
                         name() + " is not judged because " + called_text(read) +
                             " answered no list of [account, balance]",
                         {&read}};
      });
      return;
    }
    if (!is_good(answer.list())) return report(read);
    last_good_ = &read;
  }

  bool known(const Value& account) const {
    if (options_.accounts.empty() || accounts_.find(account) != Numbering::kNone) return true;
    return account.is_string() && spelled_.contains(std::string(account.text()));
  }

  // Says in words only what is wrong, since nearly every read is good.
  bool is_good(const Value::List& accounts) {
    const std::optional<std::int64_t> total = total_of(accounts);
    if (!expected_) expected_ = options_.total ? options_.total : total;
    if (!total || total != expected_) return false;
    for (const Value& entry : accounts) {
      if (!known(entry.list()[0])) return false;
      if (!options_.allow_negative && entry.list()[1].number() < 0) return false;
    }
    return twice(accounts) == nullptr;
  }

  static const Value* twice(const Value::List& accounts) {
    // Accounts mostly come in one order, which needs no table.
    const bool ascending =
        std::adjacent_find(accounts.begin(), accounts.end(), [](const Value& a, const Value& b) {
          return a.list()[0] >= b.list()[0];
        }) == accounts.end();
    if (ascending) return nullptr;
    Numbering seen;
    for (const Value& entry : accounts) {
      const std::uint32_t before = seen.size();
      seen.add(entry.list()[0]);
      if (seen.size() == before) return &entry.list()[0];
    }
    return nullptr;
  }

  Fault fault_in(const Value::List& accounts) const {
    for (const Value& entry : accounts) {
      if (known(entry.list()[0])) continue;
      return {"wrong-account", "it lists account " + to_text(entry.list()[0]) + ", which is none"};
    }
    if (const Value* account = twice(accounts)) {
      return {"wrong-account", "it lists account " + to_text(*account) + " twice"};
    }
    for (const Value& entry : accounts) {
      if (!entry.list()[1].is_nil()) continue;
      return {"nil-balance", "account " + to_text(entry.list()[0]) + " has no balance"};
    }
    const auto total = total_of(accounts);
    if (!total || total != expected_) return {"wrong-total", total_text(total)};
    const auto negative = std::find_if(accounts.begin(), accounts.end(), [](const Value& entry) {
      return entry.list()[1].number() < 0;
    });
    return {"negative-balance",
            "account " + to_text(negative->list()[0]) + " has " + to_text(negative->list()[1])};
  }

  std::string total_text(const std::optional<std::int64_t>& total) const {
    if (!total) return "its balances add up to more than 64 bits hold";
    if (!expected_) return "its balances add up to " + std::to_string(*total);
    std::string out = "its balances add up to " + std::to_string(*total) + " instead of " +
                      std::to_string(*expected_);
    std::int64_t off = 0;
    if (__builtin_sub_overflow(*total, *expected_, &off) || off == INT64_MIN) return out;
    return out + ", " + std::to_string(off < 0 ? -off : off) +
           (off < 0 ? " too little" : " too much");
  }

  void report(const Request& read) {
    const Fault fault = fault_in(read.operation->results[0].list());
    const Request* good = last_good_;
    findings_.invalid(fault.topic, read.returned_at, [this, &read, fault, good] {
      Explained out{std::string(key_),
                    name() + " is wrong because in the answer to " + called_text(read, {good}) +
                        " " + fault.what,
                    {&read, good}};
      if (good != nullptr) {
        out.sentence += "; " + returned_text(*good, {&read}) + " was the last right one";
      }
      const Request* transfer = fault.topic == "wrong-total" ? suspect(read) : nullptr;
      if (transfer != nullptr) {
        out.sentence += "; " + called_text(*transfer, {&read, good}) + " moves just that amount";
        out.witness.push_back(transfer);
      }
      return out;
    });
  }

  // The last transfer before the end of `read` of which one half would explain its total.
  const Request* suspect(const Request& read) const {
    const auto total = total_of(read.operation->results[0].list());
    std::int64_t off = 0;
    if (!total || __builtin_sub_overflow(*total, *expected_, &off)) return nullptr;
    if (off == INT64_MIN) return nullptr;
    const Request* found = nullptr;
    for (const Request* request : requests_) {
      if (request->invoked_at > read.returned_at) break;
      const Operation& op = *request->operation;
      if (op.function != Function::kTransfer || request->outcome == Outcome::kFail) continue;
      const Value& amount = op.arguments[2];
      if (amount.is_int() && (amount.number() == off || amount == Value(-off))) found = request;
    }
    return found;
  }

  std::string_view key_;
  std::span<const Request* const> requests_;
  const GuaranteeOptions& options_;
  Findings& findings_;
  Numbering accounts_;
  std::unordered_set<std::string> spelled_;  // What JSON makes of accounts that are numbers.
  std::optional<std::int64_t> expected_;
  const Request* last_good_ = nullptr;
};

}  // namespace

std::vector<Report> check_bank(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("bank");
  const auto banks = judge_each(objects, findings, [&](std::size_t i) {
    auto judge = std::make_unique<Bank>(objects.key(i), options, findings);
    judge->check(objects.requests(i));
    return judge;
  });
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
