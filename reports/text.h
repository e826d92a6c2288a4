#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline::reports {

// Every value that a report shows was chosen by a workload, a scenario or a person: it may hold
// markup, escape sequences of a terminal, or bytes that are no text at all. Each of these
// functions makes a value harmless for one medium; nothing reaches a report by another way.

// Valid UTF-8 in which control characters (line ends as well) and characters that reorder text are
// written out, as in \x1b and \u202e.
std::string plain(std::string_view value);
// For the content and the quoted attributes of HTML, SVG and XML.
std::string markup(std::string_view value);
// The same, but line ends stay, for preformatted blocks.
std::string markup_lines(std::string_view value);
// For a cell of a Markdown table.
std::string markdown(std::string_view value);
// At most `characters_max` characters, the middle given up for an ellipsis.
std::string shortened(std::string_view value, std::size_t characters_max);

// 1234567 as 1,234,567.
std::string with_commas(std::uint64_t number);
// Nanoseconds as seconds with three decimals: 12.050 s.
std::string seconds_text(std::int64_t nanoseconds);
// The same number without its unit and with `decimals` of them, for columns that name the unit.
std::string seconds_number(std::int64_t nanoseconds, int decimals);
// "37.5 %" of the whole; "-" of nothing.
std::string percent_text(std::uint64_t part, std::uint64_t whole);
// "1 seed", "2 seeds".
std::string counted(std::uint64_t number, std::string_view noun);
// 0x5f3c9a, as seeds are printed everywhere.
std::string seed_text(std::uint64_t seed);

}  // namespace plumbline::reports
