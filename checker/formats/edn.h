#pragma once

#include <string>

#include "checker/formats/byte_source.h"
#include "checker/formats/jepsen_entry.h"
#include "checker/history/value.h"

namespace plumbline::checker {

// Lists, maps and tags of EDN or JSON may be nested so deep, and no deeper.
inline constexpr int kNotationDepthMax = 64;

// Reads EDN (github.com/edn-format/edn) as values:
//   nil true false "text" \c 7 7N     what they say; an integer of more than 64 bits is text
//   1.5 2/3 1M symbol :keyword        text; a keyword keeps its colon
//   (1 2) [1 2] #{2 1}                a list; a set in order
//   {:b 1 :a 2}                       [[":a", 2], [":b", 1]], in order of the keys
//   #tag form                         the form; #plumbline/hex "00ff" is those two bytes
//   ; to the end of the line, #_ form, and commas: nothing
class EdnReader {
 public:
  explicit EdnReader(ByteSource& source) : source_(source) {}

  // The first byte of what comes next, not taken, or ByteSource::kEnd.
  int significant() { return significant(0); }

  // The form that comes next. What it returns after a fault is of no use.
  Value form() { return form(0); }

  // The members of a map, tagged or not.
  void entry(JepsenEntry& entry);

 private:
  int significant(int depth);
  bool within(int depth);
  Value form(int depth);
  Value::List forms_until(char close, int depth);
  Value map(int depth);
  Value dispatched(int depth);
  Value tagged(int depth);
  Value string();
  Value character();
  Value atom();
  Value number(const std::string& token);
  std::string token();

  ByteSource& source_;
  bool hash_ = false;  // A '#' was taken that begins a form.
};

}  // namespace plumbline::checker
