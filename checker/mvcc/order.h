#pragma once

#include "checker/mvcc/journal.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// Whether the published revisions can be the order of the changes: two changes never share one;
// a change is newer than all that anyone knew before its call; an answer, unless it asked for no
// more than one member knows, is not older; and for one client at one server no answer goes back.
Report check_order(const Journal& journal);

// Whether a request was refused as compacted, or as of the future, when and only when that is so.
Report check_refusals(const Journal& journal);

}  // namespace plumbline::checker::mvcc
