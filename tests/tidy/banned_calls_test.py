"""What code must not call, and what it uses instead.

Bans are regular expressions over code without comments and literals. They are a fence, not a
proof: what slips through is caught by sim/tripwire when it runs, and by the comparison of trace
hashes.
"""

import dataclasses
import re
import unittest

import tree

ALLOWED = f"{tree.HERE}/banned_calls_allowed.txt"
SIMULATED = ("nodes", "network", "sim")
CORES = ("nodes/raft", "nodes/mvcc", "nodes/lease", "nodes/watch", "nodes/two_phase",
         "nodes/hash_ring")
# Variables, not functions: what follows the name is no list of parameters.
STATIC_MEMBER = (r"^\s*(?:inline\s+)?static\s+(?!.*\boperator)[\w:<>,*&\s]*?\b\w+\s*"
                 r"(?:=|;|\{|\((?=[^()]*\)\s*;)(?=[^()]*\b(?:nullptr|\d+)))")
# Namespaces are not indented, so what begins in the first column is at namespace scope.
AT_NAMESPACE_SCOPE = (
    r"^(?:inline\s+)?(?!(?:constexpr|constinit|using|namespace|struct|class|enum|union|typedef|"
    r"template|extern|friend|return|static|concept|else|case|public|private|protected|default|"
    r"goto|__extension__)\b)[A-Za-z_][\w:<>,*&]*(?:\s+[\w:<>,*&]+)*\s+[*&]?\w+"
    r"(?:\s*=[^=].*|\s*\{.*\}\s*)?;$")
FREE = r"(?<![\w.>])(?<!\w::)"  # a free function: no member, nothing of another namespace


@dataclasses.dataclass
class Ban:
    name: str
    where: tuple
    pattern: re.Pattern
    instead: str
    but_not: tuple = ()


def ban(name, where, pattern, instead, but_not=()):
    return Ban(name, where, re.compile(pattern), instead, but_not)


BANS = [
    ban("clock", SIMULATED,
        r"\bstd::chrono\b|\b(?:clock_get\w+|gettimeofday|localtime|gmtime|strftime)\b|"
        r"\b(?:steady|system|high_resolution)_clock\b|"
        + FREE + r"(?:::|std::)?(?:time|clock)\s*\(\s*(?:nullptr|NULL|0|&\w+)?\s*\)|\b__?rdtsc\b",
        "the Clock port (nodes/world/clock.h), or the time inside the event"),
    ban("threads", SIMULATED,
        r"\bstd::(?:j?thread|(?:\w+_)?mutex|condition_variable\w*|atomic\w*|async|future|promise|"
        r"this_thread|call_once|\w*semaphore|latch|barrier)\b|\bpthread_\w+|\bthread_local\b",
        "a fiber of the Tasks port (nodes/world/tasks.h); nodes are single-threaded"),
    ban("random", SIMULATED,
        r"\bstd::(?:mt19937\w*|random_device|minstd_\w+|\w+_distribution|(?:random_)?shuffle|"
        r"sample)\b|"
        r"\b(?:default_random_engine|drand48|lrand48|arc4random\w*|getrandom|getentropy)\b|"
        + FREE + r"(?:::|std::)?(?:rand\s*\(\s*\)|srand(?:om)?\s*\()",
        "KeyedRandom (nodes/base/keyed_random.h) under a key that says what is decided"),
    ban("sockets", SIMULATED,
        r"\bboost::asio\b|" + FREE + r"::(?:socket|connect|bind|listen|accept|send|recv|sendto|"
        r"recvfrom|poll|select|epoll_\w+|getaddrinfo)\s*\(",
        "the Transport and Streams ports (nodes/world)"),
    ban("files", SIMULATED,
        r"\bstd::(?:[io]?fstream|filesystem|filebuf)\b|\b(?:fopen|freopen|tmpfile|mkstemp)\s*\(|"
        + FREE + r"::(?:open|openat|creat|p?read|p?write|fsync|fdatasync|unlink|rename|mkdir)\s*\(",
        "the Disk port (nodes/world/disk.h)"),
    ban("environment", SIMULATED, r"\b(?:secure_)?getenv\b|\b(?:set|put|unset)env\b|\benviron\b|"
        r"\bsetlocale\b|\bstd::locale\b",
        "a field of the node's options, set by who makes it"),
    ban("process", SIMULATED,
        r"\b(?:getpid|gettid|gethostname|sysconf|get_nprocs|sched_\w+|uname)\s*\(|"
        r"\bhardware_concurrency\b|"
        + FREE + r"(?:::|std::)(?:fork|system|raise|signal|exit|_exit)\s*\(",
        "nothing: a node knows no machine; what ends it is PLUMB_ASSERT or a halt"),
    ban("memory", SIMULATED, r"\b(?:mmap|munmap|mprotect|madvise|malloc_usable_size|sbrk)\s*\(",
        "ordinary allocation"),
    ban("output", SIMULATED,
        r"\bstd::(?:cout|cerr|clog|cin)\b|\bspdlog\b|\b(?:f|v|vf)?printf\s*\(|\bf?puts\s*\(",
        "a record of nodes/trace"),
    ban("unordered", SIMULATED, r"\bunordered_(?:multi)?(?:map|set)\b",
        "std::map, std::set or a sorted vector, whose order is the same everywhere"),
    ban("hash", SIMULATED, r"\bstd::hash\b",
        "nodes/base/hash.h, which is the same in every library and run"),
    ban("pointer-key", SIMULATED,
        r"\bstd::(?:multi)?(?:map|set)<\s*(?:const\s+)?[\w:]+(?:\s+const)?\s*\*",
        "a map by id: addresses differ from run to run"),
    ban("float", SIMULATED, r"\b(?:float|double)\b",
        "integers in parts per million, or nanoseconds"),
    ban("static", SIMULATED, f"{STATIC_MEMBER}|{AT_NAMESPACE_SCOPE}",
        "a constant, or a member of the object whose state it is: seeds share a program"),
    ban("yield", CORES, r"\bYield\b|\bsuspend\s*\(",
        "an event: a core never waits (its shell does)"),
    ban("catch-all", ("nodes", "network", "sim", "real", "checker", "reports", "scenarios"),
        r"\bcatch\s*\(\s*\.\.\.\s*\)",
        "a catch of what the library throws: catching everything stops the unwinding of fibers"),
    ban("skip", ("tests",), r"\bGTEST_SKIP\s*\(\s*\)(?!\s*<<)",
        "GTEST_SKIP() << with the reason in words"),
    ban("sleep", ("tests",), r"\bstd::this_thread::sleep_\w+|\b(?:u|nano)?sleep\s*\(",
        "virtual time, or waiting for what is waited for", ("tests/real", "tests/harness")),
]


def is_constant(line):
    """Whether a declaration that the `static` bans met cannot be changed: what is const must not be
    only what a pointer points to."""
    declared = re.sub(r"<[^<>]*>", "", line.split("=")[0])
    if "*" in declared:
        return bool(re.search(r"\bconst(?:expr|init)\b|\*\s*const\b", declared))
    return bool(re.search(r"\bconst(?:expr|init)?\b", declared))


def uses(tree_):
    """Every use of something banned: (ban, path, line number)."""
    for path in tree_.sources():
        rules = [one for one in BANS
                 if tree.matches(path, one.where) and not tree.matches(path, one.but_not)]
        for number, line in enumerate(tree_.code_lines(path), 1) if rules else ():
            for rule in rules:
                if rule.pattern.search(line) and not (rule.name == "static" and is_constant(line)):
                    yield rule, path, number


def parse_allowed(text):
    allowed = []
    for _, line in tree.rows(text):
        name, path, reason = (line.split(maxsplit=2) + ["", ""])[:3]
        allowed.append((name, path, reason))
    return allowed


def check(tree_, allowed):
    findings = []
    needed = set()
    for rule, path, number in uses(tree_):
        excuses = [one for one in allowed if one[0] == rule.name and tree.matches(path, [one[1]])]
        needed.update(excuses)
        if not excuses:
            findings.append(f"{path}:{number}: {rule.name} is banned here; use {rule.instead}")
    for one in allowed:
        if not one[2]:
            findings.append(f"{ALLOWED}: {one[0]} {one[1]}: an exception needs a reason")
        if one not in needed:
            findings.append(f"{ALLOWED}: {one[0]} {one[1]}: no longer needed")
    return findings


class ThisTree(unittest.TestCase):
    def test_nothing_banned_is_called(self):
        here = tree.Tree.here()
        findings = check(here, parse_allowed(here.texts[ALLOWED]))
        self.assertFalse(findings, tree.tell(findings))


class BadSamples(unittest.TestCase):
    def names(self, path, text):
        return sorted({rule.name for rule, _, _ in uses(tree.Tree({path: text}))})

    def test_each_ban_strikes(self):
        for name, line in [
            ("clock", "  auto t = std::chrono::steady_clock::now();"),
            ("clock", "  const auto t = time(nullptr);"),
            ("clock", "::clock_gettime(CLOCK_MONOTONIC, &now);"),
            ("threads", "  std::mutex mutex_;"),
            ("threads", "  std::atomic<int> n;"),
            ("random", "std::mt19937_64 engine(seed);"),
            ("random", "  const int r = rand();"),
            ("random", "  std::shuffle(a.begin(), a.end(), engine);"),
            ("sockets", "  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);"),
            ("files", "  std::ofstream file(path);"),
            ("files", "  if (::fsync(fd) != 0) return;"),
            ("environment", '  const char* home = std::getenv("HOME");'),
            ("process", "  const pid_t me = getpid();"),
            ("memory", "  void* p = ::mmap(nullptr, n, 0, 0, -1, 0);"),
            ("output", '  std::printf("%d", n);'),
            ("unordered", "  std::unordered_map<int, int> m;"),
            ("hash", "  return std::hash<std::string>{}(s);"),
            ("pointer-key", "  std::map<const Node*, int> m;"),
            ("float", "  const double ratio = 0.5;"),
            ("static", "  static int calls = 0;"),
            ("static", "  static std::vector<int> seen;"),
            ("static", "int g_calls = 0;"),
            ("static", "std::map<int, int> registry;"),
            ("static", "const Node* first = nullptr;"),
            ("static", "  static const char* last = nullptr;"),
            ("catch-all", "  } catch (...) {"),
        ]:
            with self.subTest(line=line):
                self.assertEqual(self.names("nodes/replica/x.cc", line + "\n"), [name])

    def test_bans_of_their_own_places(self):
        self.assertEqual(self.names("nodes/raft/x.h", "void wait(Yield& yield);\n"), ["yield"])
        self.assertEqual(self.names("nodes/log/x.h", "void wait(Yield& yield);\n"), [])
        self.assertEqual(self.names("tests/sim/x_test.cc", "  GTEST_SKIP();\n"), ["skip"])
        self.assertEqual(self.names("tests/sim/x_test.cc", '  GTEST_SKIP() << "why";\n'), [])
        self.assertEqual(self.names("tests/sim/x_test.cc", "  ::usleep(10);\n"), ["sleep"])
        self.assertEqual(self.names("tests/real/x_test.cc", "  ::usleep(10);\n"), [])
        self.assertEqual(self.names("real/asio/x.cc", "std::mutex mutex_;\n"), [])

    def test_what_is_good_is_not_refused(self):
        for line in [
            "// No clock: std::chrono, getenv, double.",
            'trace("time(nullptr) and std::cout", 1);',
            "  const Instant now = clock_.now();",
            "  event.time(0);",
            "  static constexpr int kMax = 3;",
            "  static const std::vector<int> sorted = make();",
            "  static Status parse(std::string_view text);",
            "constexpr int kMax = 3;",
            "inline constexpr Duration kWait{5};",
            "const char* name_of(Kind kind);",
            "const char* const kName = nullptr;",
            "const std::vector<const char*> kNames = {};",
            "KeyedRandom& random();",
            "  Report& operator=(const Report&) = default;",
            "using Names = std::map<std::string, int>;",
            "  std::snprintf(text, sizeof(text), format);",
            "  disk.open(yield, path, OpenMode::kRead);",
            "  std::map<NodeId, Peer*> peers_;",
            "  } catch (const Unwind&) {",
        ]:
            with self.subTest(line=line):
                self.assertEqual(self.names("nodes/replica/x.cc", line + "\n"), [])

    def test_exceptions_need_a_reason_and_a_use(self):
        sample = tree.Tree({"nodes/a/x.cc": "  double x;\n"})
        self.assertEqual(len(check(sample, [])), 1)
        self.assertEqual(check(sample, parse_allowed("float nodes/a because\n")), [])
        self.assertEqual(len(check(sample, parse_allowed("float nodes/a\n"))), 1)
        stale = parse_allowed("float nodes/a because\nclock nodes/a because\n")
        self.assertIn("no longer needed", check(sample, stale)[0])


if __name__ == "__main__":
    unittest.main()
