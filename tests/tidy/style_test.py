"""What can be seen of the style by a program: sizes, READMEs, dead files, left-overs.

Sizes have a ratchet: style_ratchet.txt lists what was too large when the rule came. It may only
shrink; `style_test.py --shrink` writes down what has become smaller, and lets nothing grow.
"""

import re
import sys
import unittest

import tree

RATCHET = f"{tree.HERE}/style_ratchet.txt"
COLUMNS_MAX = 100
LINES_MAX = 600
FUNCTION_LINES_MAX = 70
README_LINES_MAX = 40
MEASURED = (".h", ".cc", ".py", ".proto", ".cmake", "CMakeLists.txt")
TEXT = (*MEASURED, ".md", ".txt", ".json", ".plant", "dev", ".ci/run")

# Put together here, so that this file does not name what it forbids.
LEFT_OVERS = [
    (re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bXX" + r"X\b"])),
     "an unfinished thought: finish it, or write it where work is planned"),
    (re.compile(r"^(?:<{7} |={7}$|>{7} )"), "a merge marker"),
    (re.compile(r"(?<![\w.~-])/(?:wo" + r"rk|home/\w+|root|Users/\w+)/"), "a path of one machine"),
    (re.compile(r"\.\./sha" + "red"), "a path outside of this tree"),
    (re.compile(r"\b(?:pypi|crates|npmjs|deb\.debian|docker|ghcr|quay|proxy\.golang)"
                r"\.(?:org|io|com)\b|\bartifac" + r"tory\b"),
     "the host of a package registry: the machine's configuration names it"),
    (re.compile(r"[ \t]+$"), "white space at the end"),
]
PATH_IN_TEXT = re.compile(r"`((?:tests|docs|nodes|network|sim|real|checker|reports|scenarios|cmake)"
                          r"/[\w./*{},-]+)`")


def excess(tree_):
    """(rule, path) -> how much is too much."""
    found = {}
    for path in tree_.paths(*MEASURED):
        lines = tree_.lines(path)
        if wide := sum(len(line) > COLUMNS_MAX for line in lines):
            found["columns", path] = wide
        if len(lines) > LINES_MAX:
            found["lines", path] = len(lines)
        longest = max(function_lengths(tree_.code_lines(path)), default=0)
        if path.endswith(tree.CPP) and longest > FUNCTION_LINES_MAX:
            found["function", path] = longest
    return found


def function_lengths(lines):
    """Of functions at namespace scope: from a line that begins in the first column to the closing
    brace there."""
    begin = None
    for number, line in enumerate(lines):
        if line[:1].isalpha():
            is_type = re.match(r"(?:namespace|class|struct|enum|union)\b", line)
            is_whole = line.rstrip().endswith((";", "}"))
            begin = None if is_type or is_whole or "(" not in line else number
        if line.startswith("}") and begin is not None:
            yield number - begin + 1
            begin = None


def parse_ratchet(text):
    known = {}
    for _, line in tree.rows(text):
        rule, path, amount = line.split()
        known[rule, path] = int(amount)
    return known


UNIT = {"columns": f"lines are wider than {COLUMNS_MAX} columns",
        "lines": f"lines; a file has at most {LINES_MAX}",
        "function": f"lines in one function; at most {FUNCTION_LINES_MAX}"}


def check_sizes(tree_, known):
    findings = []
    for (rule, path), amount in sorted(excess(tree_).items()):
        if amount > known.get((rule, path), 0):
            findings.append(f"{path}: {amount} {UNIT[rule]}")
    findings += [f"{RATCHET}: {path} is gone" for _, path in known if path not in tree_.texts]
    return findings


def check_rooms(tree_):
    findings = []
    for path in tree_.paths("CMakeLists.txt", below=tree.HOUSE):
        if not re.search(r"\bplumbline_(?:room|sources)\b", tree_.texts[path]):
            continue
        readme = path.rpartition("/")[0] + "/README.md"
        if readme not in tree_.texts:
            findings.append(f"{readme}: every room says in a README which question it answers")
        elif len(tree_.lines(readme)) > README_LINES_MAX:
            findings.append(f"{readme}: {len(tree_.lines(readme))} lines, above {README_LINES_MAX}")
        elif "**" not in tree_.texts[readme]:
            findings.append(f"{readme}: the room's one question stands there in bold")
    return findings


def check_left_overs(tree_):
    findings = []
    for path in tree_.paths(*TEXT):
        if path == "LICENSE" or "/testdata/" in path:
            continue
        for number, line in enumerate(tree_.lines(path), 1):
            findings += [f"{path}:{number}: {what}"
                         for pattern, what in LEFT_OVERS if pattern.search(line)]
    return findings


def expand(pattern):
    """`a/{b,c}*` as regular expressions."""
    if found := re.search(r"\{([^{}]*)\}", pattern):
        return [one for part in found.group(1).split(",")
                for one in expand(pattern[:found.start()] + part + pattern[found.end():])]
    return [re.escape(pattern.rstrip("/")).replace(r"\*", "[^/]*") + r"(?:$|/|\.(?:h|cc|py)$)"]


def check_paths_in_documents(tree_):
    """A document that names a file or folder of the tree names one that is there."""
    findings = []
    for path in tree_.paths(".md"):
        for number, line in enumerate(tree_.lines(path), 1):
            for name in PATH_IN_TEXT.findall(line):
                for pattern in expand(name):
                    if not any(re.match(pattern, one) for one in tree_.texts):
                        findings.append(f"{path}:{number}: there is no {name}")
    return findings


def check_dead_files(tree_):
    included = set()
    for path in tree_.sources():
        included.update(re.findall(r'^\s*#\s*include\s+"([^"]+)"', tree_.texts[path], re.M))
    findings = [f"{path}: nobody includes it" for path in tree_.paths(".h")
                if path not in included and path.rpartition("/")[2] not in included]
    for path in tree_.paths():
        folder, _, name = path.partition("/testdata/")
        if not name:
            continue
        sources = " ".join(tree_.texts[one] for one in tree_.paths(below=[folder])
                           if "/testdata/" not in one and one.endswith((*tree.CPP, ".py")))
        reads_all = "directory_iterator" in sources and "testdata" in sources
        if not reads_all and name.rpartition("/")[2].partition(".")[0] not in sources:
            findings.append(f"{path}: no test names it")
    with_cmake = {path.rpartition("/")[0] for path in tree_.paths("CMakeLists.txt")}
    for path in tree_.paths(".cc"):
        if path.rpartition("/")[0] not in with_cmake:
            findings.append(f"{path}: no CMakeLists.txt beside it, so nobody builds it")
    return findings


def check_decisions(tree_):
    """Decision records are numbered without a gap and say what was rejected."""
    findings = []
    records = [path for path in tree_.paths(".md", below=["docs/decisions"])
               if re.match(r"docs/decisions/\d", path)]
    for number, path in enumerate(records, 1):
        if not path.startswith(f"docs/decisions/{number:04}-"):
            findings.append(f"{path}: number {number:04} is missing or twice")
        if "\n## Rejected" not in tree_.texts[path]:
            findings.append(f"{path}: a decision names what was rejected (## Rejected)")
    return findings


class ThisTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = tree.Tree.here()

    def none(self, findings):
        self.assertFalse(findings, tree.tell(findings))

    def test_sizes_only_shrink(self):
        self.none(check_sizes(self.tree, parse_ratchet(self.tree.texts[RATCHET])))

    def test_every_room_has_its_readme(self):
        self.none(check_rooms(self.tree))

    def test_nothing_is_left_over(self):
        self.none(check_left_overs(self.tree))

    def test_documents_name_what_is_there(self):
        self.none(check_paths_in_documents(self.tree))

    def test_no_file_is_dead(self):
        self.none(check_dead_files(self.tree))

    def test_decisions_are_numbered(self):
        self.none(check_decisions(self.tree))


class BadSamples(unittest.TestCase):
    def one(self, findings, words):
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(words, findings[0])

    def test_sizes(self):
        wide = tree.Tree({"a/x.cc": "x" * 101 + "\n" + "y" * 100 + "\n"})
        self.one(check_sizes(wide, {}), "1 lines are wider")
        self.assertEqual(check_sizes(wide, {("columns", "a/x.cc"): 1}), [])
        self.one(check_sizes(tree.Tree({"a/x.cc": "x\n" * 601}), {}), "601 lines")
        body = "int f(int x) {\n" + "  x;\n" * 69 + "}\n"
        self.one(check_sizes(tree.Tree({"a/x.cc": body}), {}), "71 lines in one function")
        self.assertEqual(check_sizes(tree.Tree({"a/x.cc": body.replace("  x;\n", "", 1)}), {}), [])
        self.one(check_sizes(tree.Tree({}), parse_ratchet("columns a/gone.cc 3")), "is gone")

    def test_rooms(self):
        room = {"nodes/a/CMakeLists.txt": "plumbline_room(nodes_a)"}
        self.one(check_rooms(tree.Tree(room)), "every room")
        readme = "nodes/a/README.md"
        self.one(check_rooms(tree.Tree({**room, readme: "**Why?**\n" * 41})), "41 lines")
        self.one(check_rooms(tree.Tree({**room, readme: "A room.\n"})), "in bold")
        self.assertEqual(check_rooms(tree.Tree({**room, readme: "**Why?** So.\n"})), [])

    def test_left_overs(self):
        for line in ["// TO" + "DO: later", "<" * 7 + " mine", "see /wo" + "rk/main/x",
                     "see ../sha" + "red/x", "https://pypi" + ".org/simple", "x; "]:
            with self.subTest(line=line):
                self.assertEqual(len(check_left_overs(tree.Tree({"a/x.md": line + "\n"}))), 1)
        good = "/workloads/0 and docs/work/x, a == b, <<<<<<\n=====\n"
        self.assertEqual(check_left_overs(tree.Tree({"a/x.md": good})), [])

    def test_documents(self):
        files = {"tests/a/x_test.cc": "", "sim/b/y.h": ""}
        bad = "`tests/b`, `sim/b/z.h`, `tests/a/{x,y}_test.cc`\n"
        self.assertEqual(len(check_paths_in_documents(tree.Tree({**files, "a.md": bad}))), 3)
        good = "`tests/a`, `sim/b/y`, `tests/*/x_test.cc`, `sim/b/`, `other/c`\n"
        self.assertEqual(check_paths_in_documents(tree.Tree({**files, "a.md": good})), [])

    def test_dead_files(self):
        cmake = {"a/CMakeLists.txt": "", "a/x.cc": '#include "a/used.h"\n'}
        self.one(check_dead_files(tree.Tree({**cmake, "a/used.h": "", "a/x.h": ""})), "nobody")
        self.one(check_dead_files(tree.Tree({**cmake, "a/testdata/t.txt": ""})), "no test names it")
        named = {"a/CMakeLists.txt": "", "a/x.cc": 'run("testdata/t.txt");\n'}
        self.assertEqual(check_dead_files(tree.Tree({**named, "a/testdata/t.txt": ""})), [])
        self.one(check_dead_files(tree.Tree({"b/x.cc": ""})), "nobody builds it")

    def test_decisions(self):
        good = "# One\n\n## Rejected\n"
        self.one(check_decisions(tree.Tree({"docs/decisions/0002-x.md": good})), "0001 is missing")
        self.one(check_decisions(tree.Tree({"docs/decisions/0001-x.md": "# One\n"})), "rejected")


def shrink(fresh):
    here = tree.Tree.here()
    path = tree.ROOT / RATCHET
    head = [line for line in tree.read(path).splitlines() if line.startswith("#")]
    known = parse_ratchet(tree.read(path))
    now = excess(here)
    kept = {key: amount if fresh else min(amount, known[key])
            for key, amount in now.items() if fresh or key in known}
    body = [f"{rule:<9} {name:<44} {amount}" for (rule, name), amount in sorted(kept.items())]
    path.write_text("\n".join([*head, "", *body]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--shrink"]:
        shrink(fresh=False)
    else:
        unittest.main()
