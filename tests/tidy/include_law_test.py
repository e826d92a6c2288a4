"""Holds every #include, and every link between rooms, against include_law.txt."""

import dataclasses
import fnmatch
import re
import unittest

import tree

LAW = f"{tree.HERE}/include_law.txt"
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]')
ROOM_CALL = re.compile(r"\b(plumbline_room|target_link_libraries)\s*\(\s*(\w+)([^)]*)\)")


class LawError(Exception):
    pass


@dataclasses.dataclass
class Law:
    rooms: list      # (pattern of rooms, patterns of rooms that it may include)
    walls: list      # (patterns, patterns that nothing in the first may include)
    headers: list    # (pattern of headers, patterns of folders, Debian package or "")

    def allowed_rooms(self, room):
        for pattern, allowed in self.rooms:
            if is_one_of(room, [pattern]):
                return allowed
        return None

    def wall_between(self, room, other):
        return any(tree.matches(room, a) and tree.matches(other, b) for a, b in self.walls)

    def owners_of(self, header):
        for pattern, folders, _ in self.headers:
            if fnmatch.fnmatchcase(header, pattern):
                return folders
        return None


def parse_law(text):
    law = Law([], [], [])
    text = re.sub(r"\n[ \t]+(?=\S)", " ", text)  # a line that is indented goes on
    for _, line in tree.rows(text):
        if line.startswith("wall "):
            a, bar, b = line[len("wall "):].partition("|")
            if not bar:
                raise LawError(f"a wall has two sides: {line}")
            law.walls.append((a.split(), b.split()))
        elif line.startswith("<"):
            name, folders = line[1:].split(">", 1)
            folders, _, package = folders.partition("package")
            law.headers.append((name, folders.split(), package.strip()))
        elif ":" in line:
            room, allowed = line.split(":", 1)
            law.rooms.append((room.strip(), allowed.split()))
        else:
            raise LawError(f"neither room, wall nor header: {line}")
    return law


def room_of(path):
    return path.rpartition("/")[0]


def includes(tree_, path):
    """(line number, bracket, header), comments left out."""
    for number, line in enumerate(tree_.lines(path), 1):
        if found := INCLUDE.match(line):
            yield number, found.group(1), found.group(2)


def is_one_of(room, patterns):
    """A folder's name stands for that folder alone, not for those below it."""
    return any(tree.matches(room, [one]) and one.count("/") == room.count("/") for one in patterns)


def check_ours(law, room, header):
    """What is wrong with a source of `room` that includes a header of the tree; "" for nothing."""
    other = room_of(header)
    if other == room:
        return ""
    if law.wall_between(room, other):
        return f"{room} never includes {other}"
    allowed = law.allowed_rooms(room)
    if allowed is None:
        return f"the room {room} is not in the law"
    if not is_one_of(other, allowed):
        return f"{room} may include {', '.join(allowed) or 'nothing'}, not {other}"
    return ""


def check_foreign(law, room, header):
    owners = law.owners_of(header)
    if owners is None:
        if "/" in header or "." in header:
            return f"<{header}> is not in the law: wall it into the room that needs it"
        return ""
    if not tree.matches(room, owners):
        return f"<{header}> is for {', '.join(owners)}, not for {room}"
    return ""


def check_includes(law, tree_):
    findings = []
    for path in tree_.sources(*tree.HOUSE, "tests"):
        room = room_of(path)
        for number, bracket, header in includes(tree_, path):
            if bracket == "<":
                wrong = check_foreign(law, room, header)
            elif header.endswith(".pb.h"):
                wrong = check_foreign(law, room, header) or check_ours(law, room, header)
            elif header == "plumbline_plants.h":
                wrong = ""  # made by the woven build
            elif header not in tree_.texts:
                wrong = f'"{header}" is no file of this tree (paths begin at its root)'
            else:
                wrong = check_ours(law, room, header)
            if wrong:
                findings.append(f"{path}:{number}: {wrong}")
    return findings


def check_links(law, tree_):
    """Each library that a room is linked with is one whose headers it may include."""
    calls = []
    for path in tree_.paths("CMakeLists.txt", below=tree.HOUSE):
        for _, name, arguments in ROOM_CALL.findall(tree_.texts[path]):
            calls.append((path, name, arguments.split()))
    folders = {name: room_of(path) for path, name, _ in calls}
    findings = []
    for path, name, arguments in calls:
        for other in arguments:
            if other not in folders or folders[other] == folders[name]:
                continue
            if wrong := check_ours(law, folders[name], folders[other] + "/x.h"):
                findings.append(f"{path}: linked with {other}: {wrong}")
    return findings


def check_law(law, tree_):
    """The law itself: no line contradicts a wall, no circle, no line about nothing."""
    findings = []
    rooms = sorted({room_of(path) for path in tree_.sources(*tree.HOUSE)})
    graph = {}
    for room in rooms:
        allowed = law.allowed_rooms(room) or []
        graph[room] = [other for other in rooms if other != room and is_one_of(other, allowed)]
        findings += [f"{LAW}: {room} may include {other}, and a wall forbids it"
                     for other in graph[room] if law.wall_between(room, other)]
    while free := [room for room, others in graph.items() if not others]:
        for room in free:
            del graph[room]
        graph = {room: [other for other in others if other not in free]
                 for room, others in graph.items()}
    if graph:
        findings.append(f"{LAW}: rooms include each other in a circle: {' '.join(sorted(graph))}")
    for pattern, allowed in law.rooms:
        for one in [pattern, *allowed]:
            if "*" not in one and not tree_.has_folder(one):
                findings.append(f"{LAW}: there is no folder {one}")
    return findings


def check_packages(law, tree_):
    """What a header needs, `./dev` installs."""
    found = re.search(r"PACKAGES=\(([^)]*)\)", tree_.texts.get("dev", ""))
    installed = found.group(1).split() if found else []
    return [f"dev: PACKAGES lacks {package}, which <{header}> is from"
            for header, _, package in law.headers if package and package not in installed]


class ThisTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = tree.Tree.here()
        cls.law = parse_law(cls.tree.texts[LAW])

    def test_every_include_is_lawful(self):
        findings = check_includes(self.law, self.tree)
        self.assertFalse(findings, tree.tell(findings))

    def test_the_link_graph_is_the_law(self):
        findings = check_links(self.law, self.tree)
        self.assertFalse(findings, tree.tell(findings))

    def test_the_law_contradicts_itself_nowhere(self):
        findings = check_law(self.law, self.tree)
        self.assertFalse(findings, tree.tell(findings))

    def test_packages_are_installed_by_dev(self):
        findings = check_packages(self.law, self.tree)
        self.assertFalse(findings, tree.tell(findings))


class BadSamples(unittest.TestCase):
    LAW = """
        wall nodes | tests sim
        nodes/base :
        nodes/raft : nodes/base
        sim : nodes/base
        <boost/asio/*> real   package libasio
        <*.pb.h> network
    """.replace("\n        ", "\n")
    FILES = {"nodes/base/ids.h": "", "sim/net.h": "", "nodes/log/log.h": "", "tests/x/help.h": ""}

    def findings(self, path, text, law=LAW):
        return check_includes(parse_law(law), tree.Tree({**self.FILES, path: text}))

    def refused(self, path, text, words):
        findings = self.findings(path, text)
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(words, findings[0])

    def test_a_good_one_is_not_refused(self):
        text = '#include <vector>\n\n#include "nodes/base/ids.h"\n// #include "sim/net.h"\n'
        self.assertEqual(self.findings("nodes/raft/raft.cc", text), [])

    def test_bad_includes(self):
        raft = "nodes/raft/raft.cc"
        self.refused(raft, '#include "sim/net.h"\n', "nodes/raft never includes sim")
        self.refused(raft, '#include "tests/x/help.h"\n', "never includes tests/x")
        self.refused(raft, '\n  #  include "nodes/log/log.h"\n', "may include nodes/base")
        self.refused(raft, '#include "ids.h"\n', "no file of this tree")
        self.refused(raft, "#include <boost/asio/post.hpp>\n", "is for real, not for nodes/raft")
        self.refused(raft, "#include <unistd.h>\n", "<unistd.h> is not in the law")
        self.refused(raft, '#include "network/wire/m.pb.h"\n', "is for network")
        self.refused("nodes/new/new.h", '#include "nodes/base/ids.h"\n', "not in the law")

    def test_a_line_number_is_told(self):
        findings = self.findings("nodes/raft/raft.cc", '\n\n#include "sim/net.h"\n')
        self.assertTrue(findings[0].startswith("nodes/raft/raft.cc:3: "), findings)

    def test_bad_links(self):
        sample = tree.Tree({"nodes/raft/CMakeLists.txt": "plumbline_room(nodes_raft DEPS sim)",
                            "sim/CMakeLists.txt": "plumbline_room(sim\n  LIBS nodes_raft)"})
        self.assertEqual(len(check_links(parse_law(self.LAW), sample)), 2)

    def test_bad_laws(self):
        files = tree.Tree({**self.FILES, "nodes/raft/raft.h": ""})
        wall = parse_law(self.LAW.replace("nodes/raft :", "nodes/raft : sim"))
        self.assertTrue(any("a wall forbids it" in one for one in check_law(wall, files)))
        circle = parse_law(self.LAW.replace("nodes/base :", "nodes/base : nodes/raft"))
        self.assertTrue(any("circle" in one for one in check_law(circle, files)))
        nothing = parse_law(self.LAW + "\nnodes/gone : nodes/base\n")
        self.assertTrue(any("no folder nodes/gone" in one for one in check_law(nothing, files)))
        self.assertRaises(LawError, parse_law, "nodes/base sim\n")
        self.assertRaises(LawError, parse_law, "wall nodes tests\n")

    def test_a_missing_package(self):
        law = parse_law(self.LAW)
        self.assertEqual(check_packages(law, tree.Tree({"dev": "PACKAGES=(g++\n libasio)"})), [])
        self.assertEqual(len(check_packages(law, tree.Tree({"dev": "PACKAGES=(g++)"}))), 1)


if __name__ == "__main__":
    unittest.main()
