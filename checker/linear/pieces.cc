#include "checker/linear/pieces.h"

#include <algorithm>
#include <cstdint>

namespace plumbline::checker {

void Pieces::add(std::string_view piece) {
  if (piece.empty() || by_text_.contains(piece)) return;
  const Value& value = values_.emplace_back(piece);
  by_text_.emplace(value.text(), &value);
  const auto at = std::lower_bound(lengths_.begin(), lengths_.end(), piece.size());
  if (at == lengths_.end() || *at != piece.size()) lengths_.insert(at, piece.size());
}

const Value* Pieces::find(std::string_view piece) const {
  const auto at = by_text_.find(piece);
  return at == by_text_.end() ? nullptr : at->second;
}

Pieces::Cut Pieces::cut(std::string_view whole) const {
  std::vector<std::uint8_t> ways(whole.size() + 1, 0);  // To write the beginning of that length.
  std::vector<const Value*> last(whole.size() + 1, nullptr);
  ways[0] = 1;
  for (std::size_t begin = 0; begin < whole.size(); ++begin) {
    if (ways[begin] == 0) continue;
    for (const std::size_t length : lengths_) {
      if (begin + length > whole.size()) break;
      const Value* piece = find(whole.substr(begin, length));
      if (piece == nullptr) continue;
      const int sum = ways[begin + length] + ways[begin];
      ways[begin + length] = static_cast<std::uint8_t>(std::min(sum, 2));
      last[begin + length] = piece;
    }
  }
  Cut cut{ways[whole.size()], {}};
  for (std::size_t end = whole.size(); cut.ways == 1 && end > 0; end -= last[end]->text().size()) {
    cut.pieces.push_back(last[end]);
  }
  std::reverse(cut.pieces.begin(), cut.pieces.end());
  return cut;
}

}  // namespace plumbline::checker
