#pragma once

#include <string>

#include "checker/formats/byte_source.h"
#include "checker/formats/jepsen_entry.h"
#include "checker/history/value.h"

namespace plumbline::checker {

// Reads JSON strictly, as values: an object is a list of [key, value] in order of the keys, of
// which those that are written as integers are integers; a number that is not an integer of 64
// bits is text. A member that occurs twice is a fault.
class JsonReader {
 public:
  explicit JsonReader(ByteSource& source) : source_(source) {}

  // The first byte of what comes next, not taken, or ByteSource::kEnd.
  int significant();

  // The value that comes next. What it returns after a fault is of no use.
  Value value() { return value(0); }

  // The members of an object.
  void entry(JepsenEntry& entry);

 private:
  Value value(int depth);
  Value list(int depth);
  Value object(int depth);
  std::string name();
  // After an item: true if another follows, false after `close`.
  bool another(char close);
  std::string string();
  Value word();
  Value number(const std::string& token);

  ByteSource& source_;
};

}  // namespace plumbline::checker
