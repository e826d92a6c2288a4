#include "checker/formats/export_edn.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <queue>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/formats/unicode.h"
#include "checker/history/utf8.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string edn_of(std::string_view text) {
  if (!is_utf8(text)) return "#plumbline/hex \"" + hex_of_bytes(text) + "\"";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20) {
      out += c;
    } else {
      out += "\\u00";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
  }
  return out + '"';
}

std::string edn_of(const Value& value);

std::string edn_of_items(const Value* begin, const Value* end) {
  std::string out = "[";
  for (const Value* item = begin; item != end; ++item) {
    if (item != begin) out += ' ';
    out += edn_of(*item);
  }
  return out + ']';
}

std::string edn_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNil: return "nil";
    case Value::Kind::kBool: return value.truth() ? "true" : "false";
    case Value::Kind::kInt: return std::to_string(value.number());
    case Value::Kind::kString: return edn_of(value.text());
    case Value::Kind::kList:
      return edn_of_items(value.list().data(), value.list().data() + value.list().size());
  }
  return {};
}

std::string edn_of(const Values& values) { return edn_of_items(values.begin(), values.end()); }

// [[:append "x" 1] [:r "x" nil]]
std::string edn_of_steps(const Values& steps) {
  std::string out = "[";
  for (const Value& step : steps) {
    if (out.size() > 1) out += ' ';
    out += "[:" + std::string(step.list()[0].text()) + ' ' + edn_of(step.list()[1]) + ' ' +
           edn_of(step.list()[2]) + ']';
  }
  return out + ']';
}

// What stands as :value of an invocation; the reverse of arguments_of() in jepsen_values.cc.
std::string asked_value(const Operation& op) {
  switch (op.function) {
    case Function::kTxn: return edn_of_steps(op.arguments);
    case Function::kTransfer:
      return "{:from " + edn_of(op.arguments[0]) + ", :to " + edn_of(op.arguments[1]) +
             ", :amount " + edn_of(op.arguments[2]) + "}";
    case Function::kWrite:
    case Function::kPut:
    case Function::kAppend:
    case Function::kEnqueue:
    case Function::kAdd:
    case Function::kRemove: return edn_of(op.arguments[0]);
    case Function::kRead:
    case Function::kGet:
    case Function::kDelete:
    case Function::kAcquire:
    case Function::kRelease:
    case Function::kDequeue:
    case Function::kDrain:
    case Function::kGenerate:
    case Function::kState: return "nil";
    case Function::kCas:
    case Function::kKv:
    case Function::kCompact:
    case Function::kLeaseGrant:
    case Function::kLeaseKeepAlive:
    case Function::kLeaseRevoke:
    case Function::kWatch: return edn_of(op.arguments);
  }
  return "nil";
}

// How Jepsen says what an operation was answered. Where that would lose something, `answer`
// holds the results as well.
struct Said {
  std::string_view type = "ok";
  std::string value;
  bool answer = false;
};

Said said_of(const Operation& op) {
  if (op.outcome == Outcome::kFail) return {"fail", asked_value(op)};
  if (op.outcome == Outcome::kUnknown) return {"info", asked_value(op)};
  switch (op.function) {
    case Function::kRead:
    case Function::kGet:
    case Function::kDequeue:
    case Function::kDrain:
    case Function::kGenerate:
    case Function::kState: return {"ok", edn_of(op.results[0])};
    case Function::kTxn: return {"ok", edn_of_steps(op.results)};
    case Function::kCas:
      if (op.results[0].truth()) return {"ok", asked_value(op)};
      return {"fail", asked_value(op), true};
    default: return {"ok", asked_value(op), !op.results.empty()};
  }
}

class EdnWriter {
 public:
  EdnWriter(std::ostream& out, const History& history) : out_(out), history_(history) {
    for (const Operation& op : history.operations) {
      fresh_process_ = std::max(fresh_process_, op.process);
    }
    const auto other_key = [&](const Operation& op) {
      return op.key != history.operations.front().key;
    };
    independent_ = std::any_of(history.operations.begin(), history.operations.end(), other_key);
  }

  void write() {
    const auto& ops = history_.operations;
    for (std::size_t i = 0; i < ops.size();) {
      const std::int64_t now = ops[i].invoked_at;
      returns_before(now);
      for (; i < ops.size() && ops[i].invoked_at == now; ++i) {
        make_free(ops[i].process);
        call(i);
      }
    }
    returns_before(kNever);
    while (!returns_.empty()) next_return();
  }

 private:
  using Return = std::pair<std::int64_t, std::size_t>;

  void returns_before(std::int64_t now) {
    while (!returns_.empty() && returns_.top().first < now) next_return();
  }

  void next_return() {
    const std::size_t index = returns_.top().second;
    returns_.pop();
    const auto at = open_.find(history_.operations[index].process);
    if (at == open_.end() || at->second != index) return;  // It was written before its turn.
    returned(index);
  }

  void make_free(std::int64_t process) {
    const auto at = open_.find(process);
    if (at != open_.end()) returned(at->second);
  }

  void call(std::size_t index) {
    const Operation& op = history_.operations[index];
    std::string more;
    if (const auto& id = op.session()) {
      more =
          ", :session [" + std::to_string(id->session) + ' ' + std::to_string(id->sequence) + ']';
    }
    entry("invoke", op, asked_value(op), op.invoked_at, more);
    if (op.returned_at == kNever) return;
    open_[op.process] = index;
    returns_.emplace(op.returned_at, index);
  }

  void returned(std::size_t index) {
    const Operation& op = history_.operations[index];
    open_.erase(op.process);
    const Said said = said_of(op);
    std::string more;
    if (op.revision) more += ", :revision " + std::to_string(*op.revision);
    if (!op.server().empty()) more += ", :server " + edn_of(op.server().view());
    if (!op.note().empty()) more += ", :error " + edn_of(op.note().view());
    if (said.answer) more += ", :answer " + edn_of(op.results);
    entry(said.type, op, said.value, op.returned_at, more);
    // There is no greater process than the greatest; a client that has it goes on with it.
    if (op.outcome == Outcome::kUnknown && fresh_process_ != INT64_MAX) {
      process_of_[op.process] = ++fresh_process_;
    }
  }

  void entry(std::string_view type, const Operation& op, const std::string& value,
             std::int64_t time, const std::string& more) {
    const std::string key = edn_of(op.key.view());
    const auto renamed = process_of_.find(op.process);
    const std::int64_t process = renamed == process_of_.end() ? op.process : renamed->second;
    out_ << "{:index " << entries_++ << ", :time " << time << ", :type :" << type << ", :process "
         << process << ", :f :" << name_of(op.function);
    if (independent_) {
      out_ << ", :value [" << key << ' ' << value << ']';
    } else {
      out_ << ", :value " << value << ", :key " << key;
    }
    if (process != op.process) out_ << ", :client " << op.process;
    out_ << more << "}\n";
  }

  std::ostream& out_;
  const History& history_;
  bool independent_ = false;
  std::uint64_t entries_ = 0;
  std::int64_t fresh_process_ = 0;
  std::map<std::int64_t, std::int64_t> process_of_;  // Of clients that go by another number.
  std::map<std::int64_t, std::size_t> open_;         // By process; of those that will return.
  std::priority_queue<Return, std::vector<Return>, std::greater<>> returns_;
};

}  // namespace

void write_edn(std::ostream& out, const History& history) { EdnWriter(out, history).write(); }

Status write_edn_file(const std::string& path, const History& history) {
  const auto problem = [&](Problem::Kind kind, std::string reason) {
    return Problem{kind, path, 0, std::move(reason)};
  };
  if (auto fault = fault_of(history)) {
    return problem(Problem::Kind::kMalformed, "not written: " + *fault);
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return problem(Problem::Kind::kIo, "cannot be created");
  write_edn(out, history);
  out.close();
  if (!out) return problem(Problem::Kind::kIo, "cannot be written");
  return Done{};
}

}  // namespace plumbline::checker
