#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "checker/history/result.h"

namespace plumbline::checker {

// One history of a collection, how it is to be read, and what is known of it.
struct ManifestRow {
  std::uint64_t line = 0;
  std::string file;  // Relative to the folder of the manifest.
  std::string format;
  std::string model;
  std::string params;
  std::string semantics;
  std::string level;   // What it is held to.
  std::string expect;  // The verdict: valid, invalid or unknown.
  std::optional<std::uint64_t> operations;
};

// Reads a table of lines with tabs between the columns. The first line names the columns, in any
// order: file, format, model, params, semantics, level, expect and ops must be there, others are
// for people. Refused with the line: a row with more or fewer columns, without a file, with a
// verdict that is none or a count that is no number; a file that occurs twice.
Result<std::vector<ManifestRow>> read_manifest(std::istream& in, const std::string& file);
Result<std::vector<ManifestRow>> read_manifest_file(const std::string& path);

}  // namespace plumbline::checker
