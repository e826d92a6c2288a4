#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nodes/client/kv_client.h"
#include "scenarios/client/recorder.h"

namespace plumbline::scenarios {

// A client of the store whose every operation is written down. Values are integers for registers
// and lists of tokens for keys that are appended to: written once each, so that a read says which
// write it saw.
class RecordedClient {
 public:
  RecordedClient(World& world, client::Options options, Recorder& recorder, std::int64_t process,
                 Duration timeout, std::uint64_t padding_max);

  // A register's value; none when absent or when the read was not answered.
  std::optional<std::int64_t> read(Yield& yield, const std::string& key);
  void write(Yield& yield, const std::string& key, std::int64_t value);
  // Returns what the key held as far as the answer tells.
  std::optional<std::int64_t> compare_and_swap(Yield& yield, const std::string& key,
                                               std::optional<std::int64_t> expected,
                                               std::int64_t value);
  void append(Yield& yield, const std::string& key, std::int64_t token);
  void read_list(Yield& yield, const std::string& key);

 private:
  Instant deadline() const;
  // How a number stands in the store: with padding, so that commands differ in size; the same
  // number always alike.
  Bytes encode(std::int64_t number) const;
  // Bytes that encode() never made become a value that nobody wrote, so that they reach the checker
  // as such.
  std::optional<std::int64_t> decode(const std::optional<Bytes>& bytes) const;
  checker::Value decode_list(const std::optional<Bytes>& bytes) const;
  void record(std::size_t index, const client::Outcome& outcome,
              std::vector<checker::Value> results);

  World& world_;
  client::KvClient client_;
  Recorder& recorder_;
  std::int64_t process_;
  Duration timeout_;
  std::uint64_t padding_max_;
};

}  // namespace plumbline::scenarios
