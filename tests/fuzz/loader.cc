// Whatever bytes come, a loader returns a history without fault or one Problem that says why; and
// what it loaded survives the way out as EDN and in again. One program per format.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "checker/formats/export_edn.h"
#include "checker/formats/load.h"
#include "checker/history/event_line.h"
#include "checker/history/history_format.h"

#ifndef PLUMBLINE_FUZZ_FORMAT
#error "PLUMBLINE_FUZZ_FORMAT names the format, as in load.h"
#endif

namespace plumbline::checker {
namespace {

const std::string kFormat = PLUMBLINE_FUZZ_FORMAT;

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what.c_str());
  std::abort();
}

// Events of one instant are moved apart on the way, see jepsen.h.
void forget_times(History& history) {
  for (Operation& op : history.operations) op.invoked_at = op.returned_at = 0;
}

// Jepsen's formats read everything that Jepsen can say, so nothing may be lost of it.
void check_round_trip(History history) {
  std::stringstream edn;
  write_edn(edn, history);
  auto again = load_history(edn, "exported", {.format = "jepsen-edn"});
  require(again.ok(), "what was exported can be read: " +
                          (again.ok() ? std::string() : again.problem().text()) + "\n" + edn.str());
  forget_times(history);
  forget_times(again.value());
  require(again.value().operations.size() == history.operations.size(), "nothing is lost");
  if (!kFormat.starts_with("jepsen")) return;
  require(again.value().operations == history.operations, "what is read is what was written");
}

void check_problem(const Problem& problem) {
  require(!problem.reason.empty(), "a problem has a reason");
  require(problem.reason.size() < 2000, "a reason is one line: " + problem.reason);
  require(problem.file == "f", "a problem names the file");
}

void check_bytes(const std::string& bytes) {
  std::istringstream in(bytes);
  const auto loaded = load_history(in, "f", {.format = kFormat});
  if (loaded.ok()) {
    check_round_trip(loaded.value());
  } else {
    check_problem(loaded.problem());
  }
}

// Chance finds no checksum, so the lines get a trailer that fits. Both ways to read a line must
// agree, too.
void check_native_lines(const std::string& bytes) {
  constexpr std::string_view kCall = "\"type\":\"call\"";
  format::Checksum checksum;
  std::size_t calls = 0;
  std::string sealed;
  std::istringstream in(bytes);
  for (std::string line; std::getline(in, line);) {
    if (line.find(format::kTrailer) != std::string::npos) break;
    sealed += line + "\n";
    if (line.find(kCall) != std::string::npos) ++calls;
    const auto scanned = scan_event(line);
    if (!scanned) continue;
    LineJson json(line);
    const EventLine event = event_from(json);
    require(json.fault().empty(), "the scanner takes good lines only: " + line);
    require(scanned->operation == event.operation && scanned->index == event.index &&
                scanned->time == event.time && scanned->call == event.call,
            "the scanner reads a line as it is: " + line);
  }
  checksum.add(sealed);
  char trailer[128];
  std::snprintf(trailer, sizeof trailer,
                "{\"plumbline_history_end\":1,\"operations\":%zu,\"checksum\":\"%016llx\"}\n",
                calls, static_cast<unsigned long long>(checksum.value()));
  check_bytes(sealed + trailer);
}

}  // namespace
}  // namespace plumbline::checker

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plumbline::checker;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check_bytes(bytes);
  if (kFormat == "native") check_native_lines(bytes);
  return 0;
}
