#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "checker/history/value.h"

namespace plumbline::checker {

// The members of an entry of a Jepsen history that mean something to us. The last five are our
// own: what export_edn.h adds so that nothing is lost on the way there and back.
enum class EntryMember : std::uint8_t {
  kType,
  kFunction,
  kValue,
  kProcess,
  kTime,
  kIndex,
  kKey,
  kError,
  kRevision,
  kSession,
  kServer,
  kAnswer,
  kClient,
};

inline constexpr std::array<std::string_view, 13> kMemberNames = {
    "type",  "f",        "value",   "process", "time",   "index", "key",
    "error", "revision", "session", "server",  "answer", "client"};

// One entry of a Jepsen history, an invocation or a completion, whatever it was written in. A
// keyword is text that begins with a colon, a map is a list of [key, value] in order of the keys,
// a number that is not an integer of 64 bits is text.
struct JepsenEntry {
  std::uint64_t line = 0;  // Where it begins.
  std::array<Value, kMemberNames.size()> members;
  std::uint32_t present = 0;

  bool has(EntryMember member) const { return (present >> index(member) & 1U) != 0; }
  const Value& operator[](EntryMember member) const { return members[index(member)]; }
  Value& operator[](EntryMember member) { return members[index(member)]; }

  // Keeps a member whose name means something to us. False if it is there already.
  bool put(std::string_view name, Value&& value) {
    if (!name.empty() && name.front() == ':') name.remove_prefix(1);
    for (std::size_t i = 0; i < kMemberNames.size(); ++i) {
      if (kMemberNames[i] == name) return put(static_cast<EntryMember>(i), std::move(value));
    }
    return true;
  }
  bool put(EntryMember member, Value&& value) {
    if (has(member)) return false;
    present |= 1U << index(member);
    (*this)[member] = std::move(value);
    return true;
  }

 private:
  static std::size_t index(EntryMember member) { return static_cast<std::size_t>(member); }
};

}  // namespace plumbline::checker
