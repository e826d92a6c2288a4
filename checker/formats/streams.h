#pragma once

#include <istream>
#include <string>

#include "checker/formats/semantics.h"
#include "checker/history/reader.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// One function per foreign format, each of which hands over operations as they were written; the
// semantics of the source are applied by whoever calls it (load.h).
using StreamOperations = Status (*)(std::istream& in, const std::string& file, const Params& params,
                                    const TakeOperation& take);

Status stream_jepsen_edn(std::istream& in, const std::string& file, const Params& params,
                         const TakeOperation& take);
Status stream_jepsen_json(std::istream& in, const std::string& file, const Params& params,
                          const TakeOperation& take);

// Lines "INFO  jepsen.util - 2 :invoke :write 1", blanks or tabs between, of any logger that
// names jepsen.util: the process, then type, function and value in EDN, then perhaps an error.
// Lines that do not name it are no entries and are skipped, but there must be one that does.
Status stream_jepsen_log(std::istream& in, const std::string& file, const Params& params,
                         const TakeOperation& take);

}  // namespace plumbline::checker
