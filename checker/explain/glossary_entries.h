#pragma once

#include <span>

#include "checker/explain/glossary.h"

// The glossary's parts, each in a file of its own. An entry is added there and nowhere else.
namespace plumbline::checker {

std::span<const GlossaryEntry> single_key_anomalies();   // And those of sessions.
std::span<const GlossaryEntry> revision_anomalies();     // And those of watches and leases.
std::span<const GlossaryEntry> transaction_anomalies();  // Adya's, and names for their causes.
std::span<const GlossaryEntry> workload_anomalies();     // Banks, sets, queues, counters, locks.
std::span<const GlossaryEntry> consistency_models();
std::span<const GlossaryEntry> checker_names();
std::span<const GlossaryEntry> verdict_words();

}  // namespace plumbline::checker
