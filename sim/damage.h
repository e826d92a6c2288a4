#pragma once

#include <cstdint>
#include <string>

#include "nodes/base/ids.h"
#include "nodes/base/keyed_random.h"
#include "nodes/base/time.h"

namespace plumbline::sim {

// What a disk does without saying so. Other than a failed call, nobody is told.
enum class DamageKind {
  kRot,               // one bit of a durable sector flips
  kLostWrite,         // a write says yes, and sectors of it keep what they held
  kMisdirectedWrite,  // the same, and their bytes land on other sectors of the node's disk
  kStaleRead,         // a read returns what a sector held before its last write
};

// Part of a node's disk: bytes [from, to) of each file whose path begins with `prefix`.
struct Area {
  std::string prefix = {};
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;

  bool has_file(std::string_view path) const { return path.starts_with(prefix); }
  bool has_sector(std::uint64_t sector) const {
    return (sector + 1) * 512 > from && sector * 512 < to;
  }
};

// Damage to come: to the node's next write or read that touches the area. `which` names it in
// decisions.
struct PlannedDamage {
  DamageKind kind = DamageKind::kRot;
  Key which = Key("damage");
  Area where = {};
};

// Damage that was done.
struct Damage {
  NodeId node;
  DamageKind kind = DamageKind::kRot;
  std::uint64_t which = 0;  // hash of the key that names it
  std::string path;
  std::uint64_t sector = 0;  // the first, where several were hit
  TrueTime time;
};

}  // namespace plumbline::sim
