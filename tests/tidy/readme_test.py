"""Runs what the README shows: readme_test.py PLUMBLINE.

A fenced block marked `sh test` holds commands (`$ ...`, with `# exit N` when they do not end in 0)
and lines of their output. `./dev plumbline` and `./dev sim` become the program that was built, with
few seeds. Of the output each shown line must come, in this order; numbers may differ, and `...`
stands for anything. A block marked `sh` only is too slow or changes the machine: it must name
commands and options that exist.
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import tree

SEEDS = 14  # two rounds of the default suite
SECONDS_MAX = 120
BLOCK = re.compile(r"^```(sh(?: test)?)\n(.*?)^```$", re.M | re.S)
PROGRAM = "plumbline"  # set by main


class Command:
    def __init__(self, line):
        line, _, comment = line.removeprefix("$ ").partition("#")
        found = re.search(r"exit (\d+)", comment)
        self.words = shlex.split(line)
        self.exit = int(found.group(1)) if found else 0
        self.shown = []


def blocks(text):
    """(is it tested, its commands)."""
    for mark, body in BLOCK.findall(text):
        commands = []
        for line in body.splitlines():
            if line.startswith("$ "):
                commands.append(Command(line))
            elif line.strip() and line.strip() != "..." and commands:
                commands[-1].shown.append(line)
        yield mark == "sh test", commands


def with_few_seeds(words):
    words = list(words)
    if "--seed" in words:
        return words
    if "--seeds" in words:
        at = words.index("--seeds") + 1
        if words[at].isdigit():
            words[at] = str(min(int(words[at]), SEEDS))
        return words
    return [*words, "--seeds", str(SEEDS)]


def runnable(words, program):
    """The words of a shown command as they are run here."""
    if words[:2] == ["./dev", "sim"]:
        return with_few_seeds([program, *words[1:]])
    if words[:2] == ["./dev", "plumbline"]:
        rest = words[2:]
        return with_few_seeds([program, *rest]) if rest[:1] == ["sim"] else [program, *rest]
    if words[0] in ("ls", "cat"):
        return words
    raise ValueError(f"cannot be tested here: {' '.join(words)}")


def pattern_of(line):
    """What a line of output must look like: numbers and the width of gaps may differ."""
    parts = re.split(r"(\.\.\.|0x[0-9a-f]+|[0-9a-f]{16}|\d[\d,.]*|\s+)", line.strip())
    for i, part in enumerate(parts):
        if part == "...":
            parts[i] = ".*"
        elif re.fullmatch(r"0x[0-9a-f]+|[0-9a-f]{16}", part):
            parts[i] = r"(?:0x)?[0-9a-f]+"
        elif re.match(r"\d", part):
            parts[i] = r"\d[\d,.]*" + (r"\." if part.endswith(".") else "")
        elif part.isspace():
            parts[i] = r"\s+"
        else:
            parts[i] = re.escape(part)
    return re.compile(r"\s*" + "".join(parts) + r"\s*")


def missing_line(shown, output):
    """The first line shown that does not come, in their order; None when all do."""
    lines = iter(output.splitlines())
    for line in shown:
        pattern = pattern_of(line)
        if not any(pattern.fullmatch(one) for one in lines):
            return line
    return None


def run(command, program, folder):
    """What is wrong with running it; "" for nothing."""
    words = runnable(command.words, program)
    result = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False,
                            timeout=SECONDS_MAX)
    told = " ".join(command.words)
    if result.returncode != command.exit:
        last = "\n".join((result.stdout + result.stderr).splitlines()[-12:])
        return f"{told}: exit {result.returncode}, the README says {command.exit}\n{last}"
    if (line := missing_line(command.shown, result.stdout + result.stderr)) is not None:
        return f"{told}: this line did not come: {line}\n{result.stdout}{result.stderr}"
    return ""


def check_usage(command, dev, program):
    """A command that is shown but not run here names things that exist."""
    words = command.words
    if words[0] != "./dev":
        return ""
    if not re.search(rf"^  {re.escape(words[1])}\)", dev, re.M):
        return f"./dev has no command {words[1]}"
    subcommand = words[2:3] if words[1] == "plumbline" else ["sim"] if words[1] == "sim" else []
    if not subcommand:
        return ""
    told = subprocess.run([program, *subcommand, "--help"], capture_output=True, text=True,
                          check=False, timeout=SECONDS_MAX)
    if told.returncode != 0:
        return f"plumbline has no command {subcommand[0]}"
    unknown = [word for word in words if word.startswith("--") and
               not re.search(rf"{re.escape(word.partition('=')[0])}\b(?!-)", told.stdout)]
    return f"{subcommand[0]} has no option {' '.join(unknown)}" if unknown else ""


class ThisTree(unittest.TestCase):
    def test_what_the_readme_shows(self):
        readme = tree.read(tree.ROOT / "README.md")
        dev = tree.read(tree.ROOT / "dev")
        findings = []
        tested = 0
        with tempfile.TemporaryDirectory() as folder:
            for part in ("scenarios", "docs"):
                (pathlib.Path(folder) / part).symlink_to(tree.ROOT / part)
            for is_tested, commands in blocks(readme):
                for command in commands:
                    tested += is_tested
                    findings.append(run(command, PROGRAM, folder) if is_tested else
                                    check_usage(command, dev, PROGRAM))
        findings = [one for one in findings if one]
        self.assertFalse(findings, tree.tell(findings))
        self.assertGreaterEqual(tested, 5, "the README shows too little that can be tested")


class BadSamples(unittest.TestCase):
    README = "```sh test\n$ ls\nx  12 seeds\n```\n\n```sh\n$ ./dev fly\n```\n"

    def command(self, line, *shown):
        command = Command(line)
        command.shown = list(shown)
        return command

    def test_blocks(self):
        (tested, first), (other, second) = blocks(self.README)
        self.assertEqual((tested, other), (True, False))
        self.assertEqual(first[0].shown, ["x  12 seeds"])
        self.assertEqual(second[0].words, ["./dev", "fly"])

    def test_commands_are_rewritten(self):
        self.assertEqual(runnable(["./dev", "sim"], "P"), ["P", "sim", "--seeds", str(SEEDS)])
        self.assertEqual(runnable(["./dev", "sim", "--seeds", "9000"], "P")[-1], str(SEEDS))
        self.assertEqual(runnable(["./dev", "plumbline", "check", "h"], "P"), ["P", "check", "h"])
        self.assertEqual(runnable(["./dev", "plumbline", "sim", "--seed", "3"], "P"),
                         ["P", "sim", "--seed", "3"])
        self.assertRaises(ValueError, runnable, ["./dev", "test"], "P")
        self.assertRaises(ValueError, runnable, ["rm", "-r", "x"], "P")

    def test_a_wrong_exit_code_and_a_missing_line_are_told(self):
        self.assertIn("exit 0", run(self.command("$ ls . # exit 1"), "P", "/"))
        self.assertIn("did not come", run(self.command("$ ls .", "no such file"), "P", "/"))
        self.assertEqual(run(self.command("$ ls .", "usr"), "P", "/"), "")

    def test_lines(self):
        output = "all   12   0\n12 seeds, 3.5 a second\nhash 0123456789abcdef, same\n"
        self.assertIsNone(missing_line(["all 700 1", "1,000 seeds, 20.1 a second"], output))
        self.assertIsNone(missing_line(["hash ffffffffffffffff, same"], output))
        self.assertIsNone(missing_line(["hash ..., same"], output))
        self.assertEqual(missing_line(["hash ..., other"], output), "hash ..., other")
        self.assertEqual(missing_line(["12 seeds ...", "all 12 0"], output), "12 seeds ...")
        self.assertEqual(missing_line(["hash ..., same", "all 12 0"], output), "all 12 0")

    def test_commands_that_do_not_exist(self):
        dev = "  sim) ;;\n"
        self.assertIn("no command fly", check_usage(self.command("$ ./dev fly"), dev, "true"))
        fast = check_usage(self.command("$ ./dev sim --fast"), dev, "true")
        self.assertIn("no option --fast", fast)
        self.assertIn("no command sim", check_usage(self.command("$ ./dev sim"), dev, "false"))
        self.assertEqual(check_usage(self.command("$ ./dev sim"), dev, "true"), "")


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve()) if len(sys.argv) > 1 else PROGRAM
    unittest.main()
