#pragma once

#include <string>
#include <string_view>

namespace plumbline::reports {

// A figure as inline SVG. Colours and strokes are classes of the page's style sheet; a `title` is
// what a pointer resting on the shape and a screen reader tell, and is escaped here.
class Svg {
 public:
  Svg(double width, double height, std::string_view label);

  void rect(double x, double y, double width, double height, std::string_view css_class,
            std::string_view title = "");
  // Filled with the pattern of a fault family.
  void band(double x, double y, double width, double height, std::string_view family,
            std::string_view css_class, std::string_view title = "");
  void line(double x1, double y1, double x2, double y2, std::string_view css_class);
  void path(std::string_view data, std::string_view css_class);
  enum class Anchor { kStart, kMiddle, kEnd };
  void text(double x, double y, std::string_view text, std::string_view css_class = "",
            Anchor anchor = Anchor::kStart);
  // A triangle that points to (x, y) from the left, or down on it.
  void arrow_right(double x, double y, std::string_view css_class = "head");
  void arrow_down(double x, double y, std::string_view css_class = "head");

  std::string finish() &&;

 private:
  std::string html_;
};

// The hatchings that all figures of a page refer to; once per page, before the first figure.
std::string svg_patterns();
// The class and pattern of a fault family; "other" for one that is not known.
std::string_view known_family(std::string_view family);
// About how wide a text is drawn, in pixels.
double text_width(std::string_view text);

}  // namespace plumbline::reports
