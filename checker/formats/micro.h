#pragma once

#include <istream>
#include <string>
#include <string_view>

#include "checker/formats/semantics.h"
#include "checker/history/history.h"
#include "checker/history/reader.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// A history in a line, for tests:
//
//   c1 w(x 1) [0..10] ok; c2 r(x)->1 [5..20]; c3 cas(x 1 2)->false [6..7]
//   c1 ax1 ry12; c2 ay1 fail; c2 ay2 unknown
//
//   history   = [operation] { (";" | line end) [operation] }      "#" to the line end is a comment
//   operation = "c" process what [ "->" value { value } ] { "[" call ".." [return] "]"
//               | "ok" | "fail" | "unknown" | "@" revision | "s" session "." sequence }
//   what      = function "(" [key] { argument } ")" | step { step }
//   step      = ("a" | "w" | "r") letter [ value | "_" ]
//   value     = integer | word | "text" | nil | true | false | "[" { value } "]"
//
// Commas are blanks. `function` is a name of FORMAT.md or short for one: r, w, del, acq, rel, enq,
// deq, rem, gen. A function that got one argument more than it takes got a key; otherwise the key
// is "". Times are milliseconds. Without times an operation comes after all that is written before
// it; without the return it never returned. An operation is ok unless it says otherwise or never
// returned. What is written of an answer does not count then.
//
// Steps are one transaction: ax1 appends 1 to x, wx1 writes it, rx1 saw it, rx_ or rx saw nil,
// rx[1 2] saw a list. In a history with a step that appends, a read of digits saw a list of them:
// ry12 saw [1 2].
//
// A Problem tells line and column. The operations of the result are in order of their calls.
Result<History> parse_micro(std::string_view text, const std::string& file = "micro");

// The same for load.h. A text of more than 16 MiB is refused.
Status stream_micro(std::istream& in, const std::string& file, const Params& params,
                    const TakeOperation& take);

// Whether a line begins as an operation of this notation does.
bool looks_like_micro(std::string_view line);

}  // namespace plumbline::checker
