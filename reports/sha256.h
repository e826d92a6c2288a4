#pragma once

#include <string>
#include <string_view>

namespace plumbline::reports {

// SHA-256 (FIPS 180-4) in base64, as a content security policy names an inline script. Nothing of
// ours is kept secret by it; it is here so that a report needs no library for one hash.
std::string sha256_base64(std::string_view content);
std::string base64(std::string_view bytes);

}  // namespace plumbline::reports
