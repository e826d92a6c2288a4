"""Keeps docs/requirements.md true: who proves what.

A test, an invariant or a workload that proves a requirement names its id. Each such id stands in
the table with every file that names it; a row without files says that nothing proves it yet.
`requirements_test.py --rewrite` fills the column of files anew; the words are left alone.
"""

import re
import sys
import unittest

import tree

TABLE = "docs/requirements.md"
ID = re.compile(r"\b(?:R-[a-z]+-\d+|I(?:1[01]|[1-9])(?=\b))(?![\w^])")
ROW = re.compile(r"^\| (?P<id>R-[a-z]+-\d+|I\d+) \| (?P<words>[^|]*) \| (?P<files>[^|]*) \|$")
NOTHING = "nothing yet"


def proofs(tree_):
    """id -> files below tests/ and scenarios/ that name it."""
    found = {}
    for path in tree_.paths(*tree.CPP, ".py", ".txt", below=["tests", "scenarios"]):
        if path.startswith(tree.HERE + "/"):
            continue
        for one in ID.findall(tree_.texts[path]):
            found.setdefault(one, set()).add(path)
    return found


def table(tree_):
    """id -> (line number, words, files)."""
    rows = {}
    for number, line in enumerate(tree_.lines(TABLE), 1):
        if match := ROW.match(line):
            rows[match["id"]] = (number, match["words"], re.findall(r"`([^`]+)`", match["files"]))
    return rows


def check(tree_):
    findings = []
    found = proofs(tree_)
    rows = table(tree_)
    for one, paths in sorted(found.items()):
        if one not in rows:
            named = ", ".join(sorted(paths))
            findings.append(f"{TABLE}: {one} has no row, and is named in {named}")
    for one, (number, words, files) in rows.items():
        named = found.get(one, set())
        findings += [f"{TABLE}:{number}: {one}: {path} does not name it"
                     for path in files if path not in named]
        findings += [f"{TABLE}:{number}: {one}: {path} names it too"
                     for path in sorted(named) if path not in files]
        if len(words.split()) < 3:
            findings.append(f"{TABLE}:{number}: {one}: what does it ask for, in a few words?")
    if not rows:
        findings.append(f"{TABLE}: no rows")
    return findings


def rewrite(tree_):
    found = proofs(tree_)

    def files_of(match):
        paths = sorted(found.get(match["id"], ()))
        cell = ", ".join(f"`{path}`" for path in paths) or NOTHING
        return f"| {match['id']} | {match['words']} | {cell} |"

    return "\n".join(ROW.sub(files_of, line) for line in tree_.lines(TABLE)) + "\n"


class ThisTree(unittest.TestCase):
    def test_the_table_is_true(self):
        findings = check(tree.Tree.here())
        self.assertFalse(findings, tree.tell(findings))


class BadSamples(unittest.TestCase):
    ROWS = ("| I1 | one leader per term | `tests/a_test.cc` |\n"
            "| R-raft-2 | a minority refuses to answer | nothing yet |\n")
    FILES = {"tests/a_test.cc": "// I1: no two\n"}

    def findings(self, rows=ROWS, **files):
        texts = {f"tests/{name}_test.cc": text for name, text in files.items()}
        return check(tree.Tree({TABLE: rows, **self.FILES, **texts}))

    def test_a_true_table(self):
        self.assertEqual(self.findings(), [])
        self.assertEqual(self.findings(b="term I^2 of I12, R-raft-, II1\n"), [])

    def test_untrue_tables(self):
        self.assertIn("I4 has no row", self.findings(b="// I4\n")[0])
        self.assertIn("R-raft-18 has no row", self.findings(b="// (R-raft-18)\n")[0])
        self.assertIn("names it too", self.findings(b="// I1 again\n")[0])
        self.assertIn("names it too", self.findings(b="// R-raft-2\n")[0])
        gone = self.ROWS.replace("a_test", "gone_test")
        self.assertEqual(len(self.findings(rows=gone)), 2)
        short = self.ROWS.replace("one leader per", "a")
        self.assertIn("in a few words", self.findings(rows=short)[0])
        self.assertIn("no rows", self.findings(rows="# Requirements\n")[-1])

    def test_rewriting_makes_it_true_and_keeps_the_words(self):
        false = tree.Tree({TABLE: self.ROWS.replace("a_test", "gone_test"), **self.FILES})
        self.assertEqual(rewrite(false), self.ROWS)


if __name__ == "__main__":
    if sys.argv[1:] == ["--rewrite"]:
        (tree.ROOT / TABLE).write_text(rewrite(tree.Tree.here()), encoding="utf-8")
    else:
        unittest.main()
