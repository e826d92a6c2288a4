#!/usr/bin/env python3
"""Weaves the bugs of *.plant files into copies of the sources, each behind a switch at run time.

    weave.py --source ROOT --plants FOLDER --out FOLDER

A source that a plant changes gets a copy below --out at the same relative path, in which each text that
a plant names has become `switch on ? planted : original`; plumbline_plants.h there holds the switch. The
paths of the woven sources are printed, one a line. With no plant on, a copy behaves as its original.

The format of a plant file and the rules of weaving are in README.md beside this program.
"""

import argparse
import dataclasses
import pathlib
import re
import sys

KINDS = {"plant": "kPlant", "neutral": "kNeutral", "determinism": "kDeterminism"}
HEAD_KEYS = ("id", "title", "kind", "source", "faults", "suite", "expect", "note")
REQUIRED_HEAD_KEYS = ("id", "title", "kind", "expect")
BLOCK_KEYS = ("replace", "with", "after", "before", "insert")
HEADER = "plumbline_plants.h"
SUITE = "default"  # where a plant is hunted that names no suite
INDENT = "    "


class WeaveError(Exception):
    """Something that the author of a plant must mend; its text is one line."""


@dataclasses.dataclass
class Block:
    text: str
    line: int  # of its first line in the plant file


@dataclasses.dataclass
class Edit:
    """A text of a source file, and what becomes of it."""

    plant: str
    file: str
    form: str  # expression, statement: switched. after, before: `new` is added there, always.
    old: str
    new: Block
    start: int = 0  # where the text lies in the source, once found
    end: int = 0

    @property
    def is_switch(self):
        return self.form in ("expression", "statement")


@dataclasses.dataclass
class Plant:
    path: pathlib.Path
    head: dict
    edits: list
    includes: list  # (file, header in quotes or angle brackets)

    @property
    def id(self):
        return self.head["id"]


# ---- reading plant files ----


def read_items(path):
    """The file as (line, key, value); the value of a block is a Block, any other is folded into one line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    items, at = [], 0
    while at < len(lines):
        number, line = at + 1, lines[at]
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z]+):\s*(.*)", line)
        if match is None:
            raise WeaveError(f"{path.name}:{number}: neither 'key: value' nor part of a block: {line!r}")
        body = []
        while at < len(lines) and (lines[at].startswith(" ") or not lines[at].strip()):
            body.append(lines[at])
            at += 1
        key, value = match.groups()
        items.append((number, key, read_value(path, number, key, value, body)))
    return items


def read_value(path, number, key, value, body):
    if key not in BLOCK_KEYS:
        return " ".join([value] + [line.strip() for line in body]).strip()
    if value:
        raise WeaveError(f"{path.name}:{number}: the text of '{key}:' begins on the next line")
    while body and not body[-1].strip():
        body.pop()
    for offset, line in enumerate(body):
        if line.strip() and not line.startswith(INDENT):
            raise WeaveError(f"{path.name}:{number + 1 + offset}: a block is indented by four spaces")
    text = "\n".join(line[len(INDENT):] for line in body)
    if not text.strip():
        raise WeaveError(f"{path.name}:{number}: '{key}:' has no text")
    return Block(text, number + 1)


def read_plant(path):
    head, edits, includes, section = {}, [], [], None
    for number, key, value in read_items(path):
        where = f"{path.name}:{number}"
        if key == "edit":
            section = {"file": value}
            edits.append(section)
        elif key == "include":
            includes.append(read_include(where, value))
        elif section is None and key in HEAD_KEYS:
            if key in head:
                raise WeaveError(f"{where}: a second '{key}:'")
            head[key] = value
        elif section is not None and (key == "form" or key in BLOCK_KEYS):
            if key in section:
                raise WeaveError(f"{where}: a second '{key}:' in one edit")
            section[key] = value
        else:
            raise WeaveError(f"{where}: '{key}:' has no place here")
    check_head(path, head, edits)
    edits = [make_edit(path, head["id"], section) for section in edits]
    return Plant(path, head, edits, includes)


def read_include(where, value):
    match = re.fullmatch(r'(\S+)\s+(<[^>]+>|"[^"]+")', value)
    if match is None:
        raise WeaveError(f"{where}: 'include:' wants a file and a header: nodes/x/y.cc <set>")
    return match.groups()


def check_head(path, head, edits):
    for key in REQUIRED_HEAD_KEYS:
        if not head.get(key):
            raise WeaveError(f"{path.name}: '{key}:' is missing")
    if head["id"] != path.stem:
        raise WeaveError(f"{path.name}: its id is {head['id']}, and must be the file's name")
    if head["kind"] not in KINDS:
        raise WeaveError(f"{path.name}: kind {head['kind']!r} is none of {', '.join(KINDS)}")
    if not edits:
        raise WeaveError(f"{path.name}: changes nothing")


def make_edit(path, plant, section):
    keys = set(section) - {"file"}
    for anchor in ("after", "before"):
        if keys == {anchor, "insert"}:
            return Edit(plant, section["file"], anchor, section[anchor].text, section["insert"])
    if keys != {"form", "replace", "with"}:
        raise WeaveError(f"{path.name}: an edit of {section['file']} has neither form, replace and with, "
                         "nor insert and one of after and before")
    edit = Edit(plant, section["file"], section["form"], section["replace"].text, section["with"])
    check_switch(path, edit)
    return edit


def check_switch(path, edit):
    where = f"{path.name}: the edit of {edit.file}"
    if not edit.is_switch:
        raise WeaveError(f"{where} has form {edit.form!r}, and may be expression or statement")
    for text in (edit.old, edit.new.text):
        if not is_balanced(text):
            raise WeaveError(f"{where} has brackets that do not match: {one_line(text)}")
        ends_as_statement = text.rstrip().endswith((";", "}"))
        if edit.form == "statement" and not ends_as_statement:
            raise WeaveError(f"{where} is a statement that does not end as one: {one_line(text)}")
        if edit.form == "expression" and text.rstrip().endswith(";"):
            raise WeaveError(f"{where} is an expression that ends as a statement: {one_line(text)}")
    if edit.form == "expression" and re.search(r"//|^\s*#", edit.new.text, re.MULTILINE):
        raise WeaveError(f"{where}: an expression is woven into one line, so it has no // and no #")


def is_balanced(text):
    bare = re.sub(r'//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', " ", text)
    closing, stack = {")": "(", "]": "[", "}": "{"}, []
    for char in bare:
        if char in closing.values():
            stack.append(char)
        elif char in closing and (not stack or stack.pop() != closing[char]):
            return False
    return not stack


def one_line(text):
    return " ".join(text.split())


def read_plants(folder):
    plants = [read_plant(path) for path in sorted(folder.glob("*.plant"), key=lambda p: natural(p.stem))]
    if not plants:
        raise WeaveError(f"no *.plant in {folder}")
    return plants


def natural(name):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


# ---- finding texts ----


def pattern_of(text):
    """Matches the text word by word and sign by sign; how it is broken into lines does not matter."""
    tokens = re.findall(r"\w+|[^\w\s]", text)
    pattern = ""
    for i, token in enumerate(tokens):
        if i > 0:
            both_words = is_word(tokens[i - 1]) and is_word(token)
            pattern += r"\s+" if both_words else r"\s*"
        pattern += re.escape(token)
    before = r"(?<!\w)" if is_word(tokens[0]) else ""
    after = r"(?!\w)" if is_word(tokens[-1]) else ""
    return re.compile(before + pattern + after)


def is_word(token):
    return re.fullmatch(r"\w+", token) is not None


def locate(edit, source):
    found = [match.span() for match in pattern_of(edit.old).finditer(source)]
    if len(found) != 1:
        times = "once" if len(found) == 1 else f"{len(found)} times"
        raise WeaveError(f"{edit.plant}: {edit.file}: the text occurs {times}, and must occur once: "
                         f"{one_line(edit.old)}")
    edit.start, edit.end = found[0]


# ---- weaving one file ----


class Weaver:
    """Makes the woven copy of one source. Edits are located on the original."""

    def __init__(self, path, source, edits, plant_folder):
        self.path = path
        self.source = source
        self.switches = [edit for edit in edits if edit.is_switch]
        self.inserts = sorted((edit for edit in edits if not edit.is_switch),
                              key=lambda e: (self.point(e), natural(e.plant)))
        self.plant_folder = plant_folder

    @staticmethod
    def point(insert):
        return insert.end if insert.form == "after" else insert.start

    def weave(self, includes):
        lines = [f'#include "{HEADER}"'] + [f"#include {header}" for header in sorted(set(includes))]
        return "\n".join(lines) + f'\n#line 1 "{self.path}"\n' + self.whole()

    def whole(self):
        text, at = "", 0
        clusters = self.clusters(self.switches)
        self.refuse_inserts_within(clusters)
        pieces = [(self.point(e), 0, e) for e in self.inserts] + [(c[0].start, 1, c) for c in clusters]
        for start, is_cluster, piece in sorted(pieces, key=lambda p: (p[0], p[1])):
            text += self.source[at:start]
            if is_cluster:
                text += self.switch(piece)
                at = max(edit.end for edit in piece)
            else:
                text += self.planted_lines(piece) + self.resume(start)
                at = start
        return text + self.source[at:]

    def clusters(self, switches):
        """Switches in order, those that overlap together; the widest first."""
        result = []
        end = -1
        for edit in sorted(switches, key=lambda e: (e.start, -e.end, e.form != "statement", natural(e.plant))):
            if edit.start < end:
                result[-1].append(edit)
            else:
                result.append([edit])
            end = max(end, edit.end)
        for cluster in result:
            self.refuse_overlap_with_itself(cluster)
        return result

    def refuse_overlap_with_itself(self, cluster):
        for i, edit in enumerate(cluster):
            for other in cluster[i + 1:]:
                if edit.plant == other.plant and other.start < edit.end:
                    raise WeaveError(f"{edit.plant}: {self.path}: two of its texts overlap: {one_line(other.old)}")

    def refuse_inserts_within(self, clusters):
        for insert in self.inserts:
            for cluster in clusters:
                if cluster[0].start < self.point(insert) < max(edit.end for edit in cluster):
                    raise WeaveError(f"{insert.plant}: {self.path}: inserts within the text that "
                                     f"{cluster[0].plant} replaces: {one_line(insert.old)}")

    def region(self, start, end, switches):
        """The original from start to end, with these switches in it."""
        text, at = "", start
        for cluster in self.clusters(switches):
            text += self.source[at:cluster[0].start] + self.switch(cluster)
            at = max(edit.end for edit in cluster)
        return text + self.source[at:end]

    def switch(self, cluster):
        outer, end = cluster[0], max(edit.end for edit in cluster)
        if outer.end == end:
            # Exactly one plant is on in a run: what lies within the widest text matters only while that one is off.
            original = self.region(outer.start, end, cluster[1:])
            return self.choose(outer.form, outer.start, end, [(outer.plant, outer.new)], original)
        return self.switch_crossing(cluster, end)

    def switch_crossing(self, cluster, end):
        start = cluster[0].start
        form = self.form_of_crossing(cluster, start, end)
        planted = []
        for plant in sorted({edit.plant for edit in cluster}, key=natural):
            own = [edit for edit in cluster if edit.plant == plant]
            planted.append((plant, Block(self.substituted(start, end, own), own[0].new.line)))
        return self.choose(form, start, end, planted, self.source[start:end])

    def form_of_crossing(self, cluster, start, end):
        forms = {edit.form for edit in cluster}
        if len(forms) == 1:
            return forms.pop()
        covered = start
        for edit in cluster:
            if edit.form == "statement" and edit.start <= covered:
                covered = max(covered, edit.end)
        if covered == end:
            return "statement"
        raise WeaveError(f"{self.path}: an expression of one plant crosses the end of a statement of another: "
                         + ", ".join(f"{edit.plant} ({one_line(edit.old)})" for edit in cluster))

    def substituted(self, start, end, edits):
        text, at = "", start
        for edit in edits:
            text += self.source[at:edit.start] + edit.new.text
            at = edit.end
        return text + self.source[at:end]

    def choose(self, form, start, end, planted, original):
        if form == "expression":
            text = f"({original})"
            for plant, new in reversed(planted):
                text = f'(::plumbline::plants::on("{plant}") ? ({one_line(new.text)}) : {text})'
            return text
        text = "{"
        for plant, new in planted:
            text += f' if (::plumbline::plants::on("{plant}")) {{' + self.lines_of(plant, new) + "} else"
        return text + " {" + self.resume(start) + original + "} }" + self.resume(end)

    def lines_of(self, plant, block):
        return f'\n#line {block.line} "{self.plant_folder}/{plant}.plant"\n{block.text}\n'

    def planted_lines(self, insert):
        return self.lines_of(insert.plant, insert.new)

    def resume(self, at):
        line = self.source.count("\n", 0, at) + 1
        return f'\n#line {line} "{self.path}"\n'


# ---- the switch ----


HEADER_TEXT = """\
#pragma once

// The switch of the woven bugs: at most one is on in a process. Written by tests/plants/weave.py.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace plumbline::plants {

enum class Kind {
  kPlant,        // a known bug: some checker or invariant must find it
  kNeutral,      // a harmless change: nothing may be raised
  kDeterminism,  // a leak: the tripwire or the second process must find it
};

struct Plant {
  const char* id;
  const char* title;
  Kind kind;
  const char* expect;  // what should find it
  const char* suite;   // where it is hunted
};

inline constexpr Plant kAll[] = {
%(rows)s};
inline constexpr int kCount = %(count)d;
inline constexpr int kNone = -1;

// State of the process, not of a run: forked workers inherit it.
inline int active = kNone;
// A harmless change that is on beside the plant: does a run still fail when other code changes?
inline int beside = kNone;
// How often planted text has run in this process; a plant that is not found may never have had a chance.
inline std::uint64_t executions = 0;

constexpr int index_of(std::string_view id) {
  for (int i = 0; i < kCount; ++i) {
    if (id == kAll[i].id) return i;
  }
  return kNone;
}

// The number of a plant, looked up when the woven source is compiled.
struct Id {
  int index;
  consteval Id(const char* id) : index(index_of(id)) {
    if (index == kNone) throw "no plant has this id";
  }
};

inline bool on(Id id) {
  if (active == id.index) [[unlikely]] {
    ++executions;
    return true;
  }
  return beside == id.index;
}

// Switches that plant on and all others off; "" switches all off. "RF-08+N-6" switches a harmless
// change on beside it. False, and nothing changes, when there is none of that id.
inline bool select(std::string_view ids) {
  const std::size_t plus = ids.find('+');
  const std::string_view id = ids.substr(0, plus);
  const int index = index_of(id);
  if (index == kNone && !id.empty()) return false;
  int other = kNone;
  if (plus != ids.npos) {
    other = index_of(ids.substr(plus + 1));
    if (other == kNone || kAll[other].kind != Kind::kNeutral) return false;
  }
  active = index;
  beside = other;
  return true;
}

}  // namespace plumbline::plants
"""


def header_of(plants):
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    rows = ""
    for plant in plants:
        head = plant.head
        rows += f"    {{{quoted(head['id'])}, {quoted(head['title'])}, Kind::{KINDS[head['kind']]},\n"
        rows += f"     {quoted(head['expect'])}, {quoted(head.get('suite', SUITE))}}},\n"
    return HEADER_TEXT % {"rows": rows, "count": len(plants)}


# ---- all files ----


def weave_all(root, plant_folder):
    """Relative path to woven text, the header among them. Raises one WeaveError that has a line for each mistake."""
    plants = read_plants(plant_folder)
    edits, includes, mistakes = {}, {}, []
    for plant in plants:
        for file, header in plant.includes:
            includes.setdefault(file, []).append(header)
        for edit in plant.edits:
            edits.setdefault(edit.file, []).append(edit)
    woven = {HEADER: header_of(plants)}
    for file in sorted(set(edits) | set(includes)):
        try:
            woven[file] = weave_file(root, file, edits.get(file, []), includes.get(file, []), mistakes, plant_folder)
        except WeaveError as error:
            mistakes.append(str(error))
    if mistakes:
        raise WeaveError("\n".join(mistakes))
    return woven


def weave_file(root, file, edits, includes, mistakes, plant_folder):
    try:
        source = (root / file).read_text(encoding="utf-8")
    except OSError:
        raise WeaveError(f"{', '.join(sorted({e.plant for e in edits}, key=natural))}: {file}: there is no such file")
    located = []
    for edit in edits:
        try:
            locate(edit, source)
            located.append(edit)
        except WeaveError as error:
            mistakes.append(str(error))
    shown = plant_folder.relative_to(root) if plant_folder.is_relative_to(root) else plant_folder
    return Weaver(file, source, located, shown.as_posix()).weave(includes)


def write_all(woven, out):
    """Leaves alone what is as it should be, so that only what changed is compiled again."""
    for file, text in woven.items():
        path = out / file
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.relative_to(out).as_posix() not in woven:
            path.unlink()


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=pathlib.Path, required=True, help="root of the sources")
    parser.add_argument("--plants", type=pathlib.Path, required=True, help="folder of *.plant files")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the woven copies")
    options = parser.parse_args(arguments)
    try:
        woven = weave_all(options.source.resolve(), options.plants.resolve())
    except WeaveError as error:
        for line in str(error).splitlines():
            print(f"weave: {line}", file=sys.stderr)
        return 1
    write_all(woven, options.out)
    for file in woven:
        if file != HEADER:
            print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
