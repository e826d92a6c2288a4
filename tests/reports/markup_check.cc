#include "tests/reports/markup_check.h"

#include <cctype>

namespace plumbline::reports::testing {
namespace {

std::string unescaped(std::string_view text, std::string& fault) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
  std::string out;
  while (!text.empty()) {
    if (text[0] != '&') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    bool known = false;
    for (const auto& [entity, character] : kEntities) {
      if (!text.starts_with(entity)) continue;
      out += character;
      text.remove_prefix(entity.size());
      known = true;
      break;
    }
    if (!known) {
      fault = "a bare & or unknown entity: " + std::string(text.substr(0, 12));
      return out;
    }
  }
  return out;
}

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

// Reads a tag after its '<'; leaves `text` after its '>'.
class TagReader {
 public:
  explicit TagReader(std::string_view& text) : text_(text) {}

  std::string name() { return word(); }

  // Attributes up to '>' or '/>'. HTML allows ones without a value, XML does not.
  std::vector<std::pair<std::string, std::string>> attributes(bool html, std::string& fault) {
    std::vector<std::pair<std::string, std::string>> found;
    while (true) {
      while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_[0])) != 0) {
        text_.remove_prefix(1);
      }
      if (text_.empty() || !is_name(text_[0])) return found;
      const std::string key = word();
      if (!text_.starts_with("=\"")) {
        if (!html) fault = "attribute " + key + " has no quoted value";
        if (!html) return found;
        found.emplace_back(key, "");
        continue;
      }
      const std::size_t end = text_.find('"', 2);
      if (end == std::string_view::npos) fault = "attribute " + key + " does not end";
      if (end == std::string_view::npos) return found;
      const std::string_view raw = text_.substr(2, end - 2);
      if (raw.find('<') != std::string_view::npos) fault = "< in attribute " + key;
      found.emplace_back(key, unescaped(raw, fault));
      text_.remove_prefix(end + 1);
    }
  }

 private:
  std::string word() {
    std::size_t size = 0;
    while (size < text_.size() && is_name(text_[size])) ++size;
    std::string out(text_.substr(0, size));
    text_.remove_prefix(size);
    return out;
  }

  std::string_view& text_;
};

}  // namespace

std::string Element::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return value;
  }
  return "(no attribute " + std::string(wanted) + ")";
}

std::vector<const Element*> XmlDocument::named(std::string_view name) const {
  std::vector<const Element*> found;
  for (const Element& element : elements) {
    if (element.name == name) found.push_back(&element);
  }
  return found;
}

XmlDocument parse_xml(std::string_view text) {
  XmlDocument document;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') document.fault = "a control character";
  }
  if (!text.starts_with("<?xml ")) document.fault = "no declaration";
  const std::size_t declared = text.find("?>");
  text.remove_prefix(declared == std::string_view::npos ? 0 : declared + 2);
  std::vector<std::size_t> open;
  while (!text.empty() && document.fault.empty()) {
    const std::size_t tag = text.find('<');
    const std::string content = unescaped(text.substr(0, tag), document.fault);
    if (open.empty() && content.find_first_not_of(" \n") != std::string::npos) {
      document.fault = "text outside the root";
    }
    if (!open.empty()) document.elements[open.back()].text += content;
    if (tag == std::string_view::npos) break;
    text.remove_prefix(tag + 1);
    const bool closes = text.starts_with("/");
    if (closes) text.remove_prefix(1);
    TagReader reader(text);
    const std::string name = reader.name();
    if (closes) {
      const bool fits = !open.empty() && document.elements[open.back()].name == name;
      if (!fits) document.fault = "</" + name + "> closes nothing";
      if (fits) open.pop_back();
    } else {
      if (open.empty() && !document.elements.empty()) document.fault = "a second root";
      document.elements.push_back({name, reader.attributes(false, document.fault), ""});
      open.push_back(document.elements.size() - 1);
      if (text.starts_with("/")) {
        open.pop_back();
        text.remove_prefix(1);
      }
    }
    if (!text.starts_with(">")) document.fault = "tag " + name + " does not end";
    if (text.starts_with(">")) text.remove_prefix(1);
  }
  if (document.fault.empty() && !open.empty()) document.fault = "an element is not closed";
  return document;
}

std::vector<HtmlTag> html_tags(std::string_view page) {
  std::vector<HtmlTag> tags;
  std::string ignored;
  while (true) {
    const std::size_t at = page.find('<');
    if (at == std::string_view::npos) return tags;
    page.remove_prefix(at + 1);
    if (page.empty() || !is_name(page[0])) continue;
    TagReader reader(page);
    const std::string name = reader.name();
    tags.push_back({name, reader.attributes(true, ignored)});
    if (name != "script" && name != "style") continue;
    const std::size_t end = page.find("</" + name);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end);
  }
}

std::string content_of(std::string_view page, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const std::size_t begin = page.find(open);
  if (begin == std::string_view::npos) return "";
  const std::size_t from = begin + open.size();
  return std::string(page.substr(from, page.find("</" + std::string(name) + ">", from) - from));
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace plumbline::reports::testing
