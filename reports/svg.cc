#include "reports/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr double kCharacterWidth = 6.6;

struct Hatch {
  std::string_view family;
  std::string_view path;  // Within a tile of 8 by 8.
};

// Each family has its own pattern, so that it is told without colour.
constexpr std::array<Hatch, 6> kHatches = {{
    {"network", "M-2,2L2,-2M0,8L8,0M6,10L10,6"},
    {"process", "M2,0V8M6,0V8"},
    {"disk", "M0,2H8M0,6H8"},
    {"clock", "M-2,6L2,10M0,0L8,8M6,-2L10,2"},
    {"client", "M3,4H5M4,3V5"},
    {"other", "M0,4H8M4,0V8"},
}};

std::string titled(std::string_view element, std::string_view attributes, std::string_view title) {
  if (title.empty()) return fmt::format("<{} {}/>\n", element, attributes);
  return fmt::format("<{0} {1}><title>{2}</title></{0}>\n", element, attributes, markup(title));
}

}  // namespace

Svg::Svg(double width, double height, std::string_view label)
    : html_(fmt::format("<svg width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                        "role=\"img\" aria-label=\"{2}\">\n",
                        width, height, markup(label))) {}

void Svg::rect(double x, double y, double width, double height, std::string_view css_class,
               std::string_view title) {
  html_ += titled("rect",
                  fmt::format("x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                              "class=\"{}\"",
                              x, y, std::max(width, 1.0), height, css_class),
                  title);
}

void Svg::band(double x, double y, double width, double height, std::string_view family,
               std::string_view css_class, std::string_view title) {
  html_ += titled("rect",
                  fmt::format("x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                              "fill=\"url(#hatch-{})\" class=\"{} {}\"",
                              x, y, std::max(width, 2.0), height, known_family(family), css_class,
                              known_family(family)),
                  title);
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view css_class) {
  html_ += fmt::format("<path d=\"M{:.1f},{:.1f}L{:.1f},{:.1f}\" class=\"{}\"/>\n", x1, y1, x2, y2,
                       css_class);
}

void Svg::path(std::string_view data, std::string_view css_class) {
  if (!data.empty()) html_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", data, css_class);
}

void Svg::text(double x, double y, std::string_view text, std::string_view css_class,
               Anchor anchor) {
  constexpr std::array<std::string_view, 3> kAnchors = {"", " text-anchor=\"middle\"",
                                                        " text-anchor=\"end\""};
  html_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\"{}>{}</text>\n", x, y,
                       css_class, kAnchors[static_cast<std::size_t>(anchor)], markup(text));
}

void Svg::arrow_right(double x, double y, std::string_view css_class) {
  path(fmt::format("M{:.1f},{:.1f}l-7,-4v8z", x, y), css_class);
}

void Svg::arrow_down(double x, double y, std::string_view css_class) {
  path(fmt::format("M{:.1f},{:.1f}l-4,-7h8z", x, y), css_class);
}

std::string Svg::finish() && { return std::move(html_ += "</svg>\n"); }

std::string svg_patterns() {
  std::string out = "<svg width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n";
  for (const Hatch& hatch : kHatches) {
    out += fmt::format(
        "<pattern id=\"hatch-{0}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
        "<path d=\"{1}\" class=\"{0}\"/></pattern>\n",
        hatch.family, hatch.path);
  }
  out +=
      "<pattern id=\"hatch-unknown\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
      "<path d=\"M-1,1L1,-1M0,6L6,0M5,7L7,5\" class=\"hatching\"/></pattern>\n";
  return out + "</defs></svg>\n";
}

std::string_view known_family(std::string_view family) {
  const auto found = std::find_if(kHatches.begin(), kHatches.end(),
                                  [&](const Hatch& hatch) { return hatch.family == family; });
  return found == kHatches.end() ? "other" : found->family;
}

double text_width(std::string_view text) {
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return static_cast<double>(characters) * kCharacterWidth;
}

}  // namespace plumbline::reports
