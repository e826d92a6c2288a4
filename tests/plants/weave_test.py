#!/usr/bin/env python3
"""Tests the weaver on small sources, and every plant against the sources of today."""

import contextlib
import io
import pathlib
import subprocess
import tempfile
import unittest

import weave

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

REQUIRED = {
    "plant": ([f"RF-{n:02}" for n in (1, 2, *range(4, 12), 13, *range(15, 21), 22, 24, 25, 27, 28, *range(31, 40), 41, 42,
                                      *range(44, 50))]
              + [f"SN-{n:02}" for n in (1, 3, 4, 5, 8, 10, *range(12, 20), 21, 24)]
              + [f"CL-{n:02}" for n in (1, 2, 4, 5, 7)]),
    "determinism": [f"DT-{n:02}" for n in range(1, 11)],
    "neutral": [f"N-{n}" for n in range(1, 7)],
}


SUITES = ROOT / "scenarios/suites"


def plant_text(plant, edits, kind="plant"):
    return f"id: {plant}\ntitle: What {plant} does\nkind: {kind}\nexpect: something\n\n" + "\n".join(edits)


def edit(file, form, old, new):
    indented = [text.replace("\n", "\n    ") for text in (old, new)]
    return f"edit: {file}\nform: {form}\nreplace:\n    {indented[0]}\nwith:\n    {indented[1]}\n"


class Tree(unittest.TestCase):
    """A small tree of sources and plants in a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.plants = self.root / "plants"
        self.plants.mkdir()

    def source(self, file, text):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def plant(self, plant, *edits, kind="plant"):
        (self.plants / f"{plant}.plant").write_text(plant_text(plant, edits, kind), encoding="utf-8")

    def run_weaver(self):
        """Exit status and what was written to standard error."""
        errors, output = io.StringIO(), io.StringIO()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(output):
            status = weave.main(["--source", str(self.root), "--plants", str(self.plants), "--out", str(self.root / "woven")])
        self.printed = output.getvalue().split()
        return status, errors.getvalue()

    def woven(self, file):
        status, errors = self.run_weaver()
        self.assertEqual((status, errors), (0, ""))
        return (self.root / "woven" / file).read_text(encoding="utf-8")

    def error(self):
        status, errors = self.run_weaver()
        self.assertEqual(status, 1)
        return errors

    def results(self, function, plants):
        """Compiles the woven a.h and calls an int function with each plant on; "" is none."""
        self.run_weaver()
        calls = "".join(f'  if (!plumbline::plants::select("{plant}")) return 1;\n  std::printf("%d ", {function});\n'
                        for plant in plants)
        # Beside the sources an #include in quotes would find the original.
        self.source("caller/main.cc", '#include <cstdio>\n#include "a.h"\nint main() {\n' + calls + "}\n")
        program = self.root / "program"
        subprocess.run(["c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", self.root / "woven",
                        "-o", program, self.root / "caller/main.cc"], check=True)
        output = subprocess.run([program], check=True, capture_output=True, text=True)
        return [int(number) for number in output.stdout.split()]


class Switches(Tree):
    def test_each_plant_changes_what_it_says_and_nothing_else(self):
        self.source("a.h", "inline int f(int x) {\n  int y = x + 1;\n  if (y > 3)\n    y = 10;\n  else\n    y = 20;\n  return y;\n}\n")
        self.plant("A-1", edit("a.h", "expression", "x + 1", "x +\n  100"))
        self.plant("A-2", edit("a.h", "statement", "y = 10;", "y = 30;  // planted\ny += 1;"))
        self.plant("A-3", edit("a.h", "expression", "y > 3", "false"), edit("a.h", "expression", "y = 20", "y = 40"))
        self.assertEqual(self.results("f(3)", ["", "A-1", "A-2", "A-3"]), [10, 10, 31, 40])
        self.assertEqual(self.results("f(0)", ["", "A-1", "A-2", "A-3"]), [20, 10, 20, 40])
        self.assertEqual(self.printed, ["a.h"])

    def test_texts_in_texts_and_equal_texts(self):
        self.source("a.h", "inline int f(int x) {\n  return x * (x + 1);\n}\n")
        self.plant("A-1", edit("a.h", "statement", "return x * (x + 1);", "return -1;"))
        self.plant("A-2", edit("a.h", "expression", "x + 1", "x + 2"))
        self.plant("A-3", edit("a.h", "expression", "x + 1", "x + 3"))
        self.assertEqual(self.results("f(10)", ["", "A-1", "A-2", "A-3"]), [110, -1, 120, 130])

    def test_texts_that_cross_are_one_switch(self):
        self.source("a.h", "inline int f() {\n  int y = 0;\n  y += 1;\n  y += 20;\n  y += 300;\n  return y;\n}\n")
        self.plant("A-1", edit("a.h", "statement", "y += 1; y += 20;", "y += 5;"))
        self.plant("A-2", edit("a.h", "statement", "y += 20; y += 300;", "y += 7;"))
        self.plant("A-3", edit("a.h", "expression", "y += 20", "y += 50"))
        self.assertEqual(self.results("f()", ["", "A-1", "A-2", "A-3"]), [321, 305, 8, 351])

    def test_inserted_declarations_and_headers_are_always_there(self):
        self.source("a.h", "struct S {\n  int a = 1;\n  int get() { return a; }\n};\ninline int f() { return S().get(); }\n")
        added = "edit: a.h\nafter:\n    int a = 1;\ninsert:\n      std::vector<int> more = {7, 8};\n"
        self.plant("A-1", "include: a.h <vector>\n", added, edit("a.h", "expression", "a; }", "a"))
        self.assertIn("a; }", self.error())
        self.plant("A-1", "include: a.h <vector>\n", added, edit("a.h", "statement", "return a;", "return more[1];"))
        self.assertEqual(self.results("f()", ["", "A-1"]), [1, 8])

    def test_lines_are_those_of_the_original_and_of_the_plant(self):
        self.source("a.h", "inline int g(int x) {\n  return x;\n}\ninline int f() {\n  return g(\n      1);\n}\n"
                           "inline int line() { return __LINE__; }\n")
        self.plant("A-1", edit("a.h", "expression", "g( 1)", "2"))
        self.plant("A-2", edit("a.h", "statement", "return g( 1);", "return __LINE__;"))
        plant_line = (self.plants / "A-2.plant").read_text().splitlines().index("    return __LINE__;") + 1
        self.assertEqual(self.results("line()", ["", "A-1", "A-2"]), [8, 8, 8])
        self.assertEqual(self.results("f()", ["", "A-1", "A-2"]), [1, 2, plant_line])

    def test_an_unknown_plant_is_not_selected(self):
        self.source("a.h", "inline int f() { return 1; }\n")
        self.plant("A-1", edit("a.h", "expression", "1", "2"))
        self.assertEqual(self.results('(plumbline::plants::select("A-1"), plumbline::plants::select("B-9")) + f()', [""]), [2])
        self.assertEqual(self.results("(f(), int(plumbline::plants::executions))", ["", "A-1"]), [0, 1])

    def test_a_plant_says_where_it_is_hunted(self):
        self.source("a.h", "inline int f() { return 1 + 20; }\n")
        self.plant("A-1", edit("a.h", "expression", "1", "2"))
        self.plant("A-2", "suite: deep\n", edit("a.h", "expression", "20", "30"))
        first = 'plumbline::plants::kAll[0].suite == std::string_view("default")'
        second = 'plumbline::plants::kAll[1].suite == std::string_view("deep")'
        self.assertEqual(self.results(f"f() + 100 * ({first}) + 1000 * ({second})", [""]), [1121])

    def test_a_harmless_change_and_nothing_else_may_be_on_beside_a_plant(self):
        self.source("a.h", "inline int f() { return 1 + 20; }\n")
        self.plant("A-1", edit("a.h", "expression", "1", "2"))
        self.plant("N-1", edit("a.h", "expression", "20", "10 + 10 + 500"), kind="neutral")
        self.assertEqual(self.results("f()", ["A-1", "A-1+N-1", "+N-1", ""]), [22, 522, 521, 21])
        self.assertEqual(self.results('plumbline::plants::select("N-1+A-1")', [""]), [0])


class Files(Tree):
    def test_only_what_changed_is_written_and_what_is_stale_goes(self):
        self.source("x/a.h", "int a = 1;\n")
        self.source("x/b.h", "int b = 1;\n")
        self.plant("A-1", edit("x/a.h", "expression", "1", "2"))
        self.plant("A-2", edit("x/b.h", "expression", "1", "2"))
        self.woven("x/a.h")
        first = (self.root / "woven/x/a.h").stat().st_mtime_ns
        self.plant("A-2", edit("x/b.h", "expression", "1", "3"))
        self.assertIn("(3)", self.woven("x/b.h"))
        self.assertEqual((self.root / "woven/x/a.h").stat().st_mtime_ns, first)
        (self.plants / "A-2.plant").unlink()
        self.woven("x/a.h")
        self.assertFalse((self.root / "woven/x/b.h").exists())

    def test_line_breaks_and_spaces_do_not_count_but_words_do(self):
        self.source("a.h", "int next_a = f(1,\n             2);\nint a = f( 3 ,4 );\n")
        self.plant("A-1", edit("a.h", "expression", "f(1, 2)", "5"))
        self.plant("A-2", edit("a.h", "expression", "f(3, 4)", "6"))
        self.plant("A-3", edit("a.h", "statement", "int a = f(3, 4);", "int a = 7;"))
        self.assertIn('on("A-1") ? (5)', self.woven("a.h"))


class Mistakes(Tree):
    def test_a_text_that_does_not_occur_once_is_named_in_one_line(self):
        self.source("a.h", "int a = 1;\nint b = 1;\n")
        self.plant("A-1", edit("a.h", "expression", "1", "2"))
        self.assertEqual(self.error(), "weave: A-1: a.h: the text occurs 2 times, and must occur once: 1\n")
        self.plant("A-1", edit("a.h", "statement", "int  c\n= 1;", "int c = 2;"))
        self.assertEqual(self.error(), "weave: A-1: a.h: the text occurs 0 times, and must occur once: int c = 1;\n")
        self.plant("A-2", edit("b.h", "expression", "1", "2"))
        self.assertIn("weave: A-2: b.h: there is no such file\n", self.error())
        self.assertFalse((self.root / "woven").exists())

    def test_texts_that_cannot_be_switched(self):
        self.source("a.h", "inline int f() { int x = 1; return x + 2; }\n")
        for form, old, new, complaint in [
                ("expression", "x + 2;", "x", "ends as a statement"),
                ("statement", "x + 2", "x;", "does not end as one"),
                ("expression", "f( {", "f", "brackets that do not match"),
                ("expression", "x + 2", "x  // planted", "no // and no #"),
                ("declaration", "x + 2", "x", "may be expression or statement")]:
            self.plant("A-1", edit("a.h", form, old, new))
            self.assertIn(complaint, self.error())

    def test_overlaps_that_make_no_switch(self):
        self.source("a.h", "inline int f(int x) { x = x + 1; x = 2; return x; }\n")
        self.plant("A-1", edit("a.h", "statement", "x = x + 1; x = 2;", "x = 3;"), edit("a.h", "expression", "x + 1", "x"))
        self.assertIn("A-1: a.h: two of its texts overlap", self.error())
        self.plant("A-1", edit("a.h", "statement", "x = x + 1; x = 2;", "x = 3;"))
        self.plant("A-2", "edit: a.h\nafter:\n    x = x + 1;\ninsert:\n    int y;\n")
        self.assertIn("A-2: a.h: inserts within the text that A-1 replaces", self.error())

    def test_plant_files_that_cannot_be_read(self):
        self.source("a.h", "int a = 1;\n")
        good = plant_text("A-1", [edit("a.h", "expression", "1", "2")])
        for bad, complaint in [
                (good.replace("A-1", "A-2"), "must be the file's name"),
                (good.replace("kind: plant", "kind: weed"), "kind 'weed' is none of"),
                (good.replace("title: What A-1 does\n", ""), "'title:' is missing"),
                (good.replace("replace:\n    1", "replace: 1"), "begins on the next line"),
                (good.replace("with:\n    2", "with:\n  2"), "indented by four spaces"),
                (good.replace("form: expression\n", ""), "has neither form, replace and with"),
                (good.replace("form:", "shape:"), "has no place here"),
                (good.replace("edit: a.h", "what?"), "neither 'key: value' nor part of a block"),
                (good.split("edit:")[0], "changes nothing")]:
            (self.plants / "A-1.plant").write_text(bad, encoding="utf-8")
            error = self.error()
            self.assertIn(complaint, error)
            self.assertEqual(error.count("\n"), 1, error)


class PlantsOfThisTree(unittest.TestCase):
    def test_every_text_occurs_once_and_all_weave_together(self):
        woven = weave.weave_all(ROOT, HERE)
        self.assertIn(weave.HEADER, woven)
        for file, text in woven.items():
            self.assertTrue(weave.is_balanced(text), file)

    def test_the_required_plants_are_there(self):
        found = {plant.id: plant.head["kind"] for plant in weave.read_plants(HERE)}
        for kind, ids in REQUIRED.items():
            for plant in ids:
                self.assertEqual(found.get(plant), kind, plant)

    def test_plants_say_where_they_come_from(self):
        for plant in weave.read_plants(HERE):
            if plant.head["kind"] != "neutral":
                self.assertTrue(plant.head.get("source"), plant.id)
                self.assertTrue(plant.head.get("faults"), plant.id)

    def test_plants_are_hunted_in_suites_that_exist(self):
        for plant in weave.read_plants(HERE):
            suite = plant.head.get("suite", weave.SUITE)
            self.assertTrue(list((SUITES / suite).glob("*.json")), f"{plant.id}: {suite}")

    def test_sources_carry_no_trace_of_plants(self):
        for folder in ("nodes", "network", "sim"):
            for path in (ROOT / folder).rglob("*.[ch]*"):
                text = path.read_text(encoding="utf-8", errors="replace")
                self.assertNotIn("plumbline::plants", text, path)
                self.assertNotIn("PLUMBLINE_PLANTS", text, path)


if __name__ == "__main__":
    unittest.main()
