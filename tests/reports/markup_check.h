#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::reports::testing {

// One element of a well-formed document, with what tests ask for.
struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  // Unescaped.
  std::string text;                                             // Its own, unescaped.

  std::string attribute(std::string_view name) const;
};

// A strict little XML reader: declaration, elements, quoted attributes, text, the five entities and
// numeric ones. `fault` says what is not well-formed; elements are in the order they begin.
struct XmlDocument {
  std::vector<Element> elements;
  std::string fault;

  std::vector<const Element*> named(std::string_view name) const;
};
XmlDocument parse_xml(std::string_view text);

// The start tags of an HTML page with their attributes, in order; scripts and styles are skipped as
// a browser skips them, as raw text that ends at their end tag.
struct HtmlTag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  // Unescaped.
};
std::vector<HtmlTag> html_tags(std::string_view page);

// The content of the first <name>...</name>.
std::string content_of(std::string_view page, std::string_view name);
std::size_t occurrences(std::string_view text, std::string_view part);

}  // namespace plumbline::reports::testing
