"""The files of this tree, as the checks of this folder see them.

A check is a function from a Tree to a list of findings, one line each; so it can be held against
the tree itself and against small bad samples, which it must refuse.
"""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = "tests/tidy"
HOUSE = ("nodes", "network", "sim", "real", "checker", "reports", "scenarios")
NOT_OURS = {".git", "build", "out", "__pycache__", ".cache"}
CPP = (".h", ".cc")

# One token at a time, so that a quote inside a comment opens no string and the reverse.
TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<raw>R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)")"""
    r"""|(?P<text>"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+')""",
    re.DOTALL)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """The text without comments and literals; every line and column stays where it is."""

    def replace(match):
        found = match.group()
        if match.group("comment"):
            return blank(found)
        return found[0] + blank(found[1:-1]) + found[-1]

    return TOKEN.sub(replace, text)


def matches(path, prefixes):
    """Whether a path lies in one of the folders, or is one of the files; `*` is any one name."""
    for prefix in prefixes:
        pattern = re.escape(prefix).replace(r"\*", "[^/]+")
        if re.match(pattern + r"(?:/|$)", path):
            return True
    return False


class Tree:
    """Relative paths and their texts."""

    def __init__(self, texts):
        self.texts = texts

    @staticmethod
    def here():
        return Tree({path: read(ROOT / path) for path in listed(ROOT)})

    def paths(self, *suffixes, below=()):
        return sorted(path for path in self.texts
                      if path.endswith(suffixes or ("",)) and (not below or matches(path, below)))

    def sources(self, *below):
        return self.paths(*CPP, below=below)

    def lines(self, path):
        return self.texts[path].splitlines()

    def code_lines(self, path):
        return code_of(self.texts[path]).splitlines()

    def has_folder(self, folder):
        return any(path.startswith(folder.rstrip("/") + "/") for path in self.texts)


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def listed(root):
    """What git would commit; without git, everything that is not made by a build."""
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        result = None
    if result is not None and result.returncode == 0 and result.stdout:
        paths = result.stdout.splitlines()
    else:
        paths = [str(path.relative_to(root)) for path in root.rglob("*")]
    return sorted(path for path in paths
                  if not NOT_OURS & set(path.split("/")) and (root / path).is_file())


def rows(text):
    """The lines of a table in a text file, without comments and blank lines: (number, line)."""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if line:
            yield number, line


def tell(findings):
    """For an assertion's message: the findings, each on a line of its own."""
    return "\n" + "\n".join(findings)
