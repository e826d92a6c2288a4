#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "checker/history/operation.h"

namespace plumbline::checker {

// Which model a history is about, told from the functions in it and from what reads show. A guess:
// whoever knows better names the model.
//
//   acquire, release             mutex          reads, writes, cas       cas-register
//   enqueue, dequeue, drain      queue          put, get, append         key-value, or kv-append
//   transfer                     bank                                    if a get shows a list
//   generate                     unique-ids     add, reads of a list     set
//   steps that append, or        list-append    add, reads of a number   counter
//   reads of lists in steps                     add and remove           set
//   other steps                  rw-register    anything else            nothing
class ModelGuess {
 public:
  void see(const Operation& operation);
  std::string_view model() const;

 private:
  void see_steps(const Values& steps);
  bool any_of(std::initializer_list<Function> functions) const;

  std::uint32_t functions_ = 0;
  bool step_appends_ = false;
  bool step_writes_ = false;
  bool step_reads_list_ = false;
  bool reads_list_ = false;
  bool reads_number_ = false;
};

}  // namespace plumbline::checker
