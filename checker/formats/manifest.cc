#include "checker/formats/manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

#include "checker/history/lines.h"
#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;
constexpr std::array<std::string_view, 3> kVerdicts = {"valid", "invalid", "unknown"};

struct Column {
  std::string_view name;
  std::string ManifestRow::*text;  // nullptr for the count of operations.
};

constexpr std::array<Column, 8> kColumns = {{
    {"file", &ManifestRow::file},
    {"format", &ManifestRow::format},
    {"model", &ManifestRow::model},
    {"params", &ManifestRow::params},
    {"semantics", &ManifestRow::semantics},
    {"level", &ManifestRow::level},
    {"expect", &ManifestRow::expect},
    {"ops", nullptr},
}};

std::vector<std::string_view> cells_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> cells;
  for (;;) {
    const auto tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

class ManifestReader {
 public:
  ManifestReader(std::istream& in, const std::string& file)
      : lines_(in, kLineBytesMax), file_(file) {}

  Result<std::vector<ManifestRow>> read() {
    if (auto any = next(); !any || !any.value()) {
      return any ? problem(Problem::Kind::kTruncated, "the manifest is empty") : any.problem();
    }
    if (auto done = read_names(); !done) return done.problem();
    std::vector<ManifestRow> rows;
    for (;;) {
      auto any = next();
      if (!any) return any.problem();
      if (!any.value()) return rows;
      if (lines_.text().empty()) continue;
      auto row = read_row();
      if (!row) return row.problem();
      rows.push_back(std::move(row.value()));
    }
  }

 private:
  Problem problem(Problem::Kind kind, std::string reason) const {
    return {kind, file_, lines_.number(), std::move(reason)};
  }
  Problem malformed(std::string reason) const {
    return problem(Problem::Kind::kMalformed, std::move(reason));
  }

  // False at the end.
  Result<bool> next() {
    switch (lines_.next()) {
      case Lines::Next::kLine: return true;
      case Lines::Next::kEnd: return false;
      case Lines::Next::kPartial:
        return problem(Problem::Kind::kTruncated, "truncated: the line has no end");
      case Lines::Next::kTooLong:
        return malformed("the line is longer than " + std::to_string(kLineBytesMax) + " bytes");
      case Lines::Next::kUnreadable: return problem(Problem::Kind::kIo, "cannot be read");
    }
    return false;
  }

  Status read_names() {
    const auto names = cells_of(lines_.text());
    columns_ = names.size();
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto at = std::find(names.begin(), names.end(), kColumns[i].name);
      if (at == names.end()) {
        return malformed("column '" + std::string(kColumns[i].name) + "' is missing");
      }
      if (std::find(at + 1, names.end(), kColumns[i].name) != names.end()) {
        return malformed("column '" + std::string(kColumns[i].name) + "' occurs twice");
      }
      position_[i] = static_cast<std::size_t>(at - names.begin());
    }
    return Done{};
  }

  Result<ManifestRow> read_row() {
    const auto cells = cells_of(lines_.text());
    if (cells.size() != columns_) {
      return malformed(std::to_string(cells.size()) + " columns where the first line names " +
                       std::to_string(columns_));
    }
    ManifestRow row;
    row.line = lines_.number();
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const std::string_view cell = cells[position_[i]];
      if (kColumns[i].text != nullptr) {
        row.*kColumns[i].text = cell;
      } else if (auto done = set_operations(row, cell); !done) {
        return done.problem();
      }
    }
    if (auto fault = fault_of_row(row); !fault.empty()) return malformed(fault);
    return row;
  }

  Status set_operations(ManifestRow& row, std::string_view cell) {
    if (cell.empty()) return Done{};
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), count);
    if (error != std::errc() || end != cell.data() + cell.size()) {
      return malformed("column 'ops' must be a number of operations");
    }
    row.operations = count;
    return Done{};
  }

  std::string fault_of_row(const ManifestRow& row) {
    if (row.file.empty()) return "column 'file' is empty";
    if (!files_.insert(row.file).second) return "file '" + row.file + "' occurs twice";
    if (std::find(kVerdicts.begin(), kVerdicts.end(), row.expect) == kVerdicts.end()) {
      return unknown_name("verdict", row.expect, kVerdicts);
    }
    return {};
  }

  Lines lines_;
  const std::string& file_;
  std::size_t columns_ = 0;
  std::array<std::size_t, kColumns.size()> position_{};
  std::set<std::string> files_;
};

}  // namespace

Result<std::vector<ManifestRow>> read_manifest(std::istream& in, const std::string& file) {
  return ManifestReader(in, file).read();
}

Result<std::vector<ManifestRow>> read_manifest_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Problem{Problem::Kind::kIo, path, 0, "cannot be opened"};
  return read_manifest(in, path);
}

}  // namespace plumbline::checker
