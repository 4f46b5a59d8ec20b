# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house as tables. check_sources.py and check_binary.py hold the tree against them."""

# A room is a directory, or one named file that stands for itself ("perfdata/drain" is drain.h and
# drain.cc). Left may include right, nothing else; perfdata/base is open to everyone, and a room to itself.
MAY_INCLUDE = {
    "perfdata/base": [],
    "perfdata/text": [],
    "perfdata/history": [],
    "perfdata/spool": ["perfdata/text"],
    "perfdata/rrd/counters": [],
    "perfdata/rrd": ["perfdata/rrd/counters", "perfdata/spool", "perfdata/text"],
    "perfdata/drain": ["perfdata/rrd", "perfdata/rrd/counters", "perfdata/spool"],
    "perfdata/forecast": ["perfdata/rrd", "perfdata/spool", "perfdata/text", "perfdata/drain"],
    "perfdata/rrd_options": [],
    "perfdata/daemon": ["perfdata/rrd", "perfdata/spool", "perfdata/drain", "perfdata/forecast",
                        "perfdata/rrd_options"],
    "perfdata/main": ["perfdata/daemon", "perfdata/rrd_options"],
    "plugin/probe": [],
    "plugin/check": ["plugin/probe", "perfdata/text", "perfdata/history"],
    "plugin/net": ["plugin/probe"],
    "plugin/sweep": ["plugin/check", "plugin/net", "perfdata/history", "perfdata/spool"],
    "plugin/record": ["plugin/probe", "plugin/check", "plugin/net", "perfdata/history",
                      "perfdata/spool"],
    "plugin/main": ["plugin/probe", "plugin/check", "plugin/net", "plugin/record", "perfdata/text",
                    "perfdata/history"],
    "exporter/metrics": ["perfdata/history", "perfdata/rrd/counters"],
    "exporter/report": ["perfdata/history"],
    "exporter/graph": ["perfdata/rrd", "perfdata/spool", "perfdata/history"],
    "exporter/reconstruct": ["exporter/graph", "perfdata/rrd", "perfdata/history"],
    "exporter/http": [],
    "exporter/cli": ["exporter/cli/options", "exporter/cli/requests", "exporter/report",
                     "exporter/reconstruct", "perfdata/history", "perfdata/rrd/counters",
                     "perfdata/spool"],
    "exporter/cli/options": [],
    "exporter/cli/requests": ["exporter/cli/options", "exporter/report", "perfdata/history"],
    "exporter/site": ["exporter/cli/options", "exporter/cli/requests",
                      "exporter/metrics", "exporter/report", "exporter/graph",
                      "exporter/reconstruct", "exporter/http", "perfdata/history", "perfdata/rrd"],
    "exporter/main": ["exporter/site", "exporter/http", "exporter/graph"],
}
OPEN_TO_ALL = "perfdata/base"

# Directories of source code outside the rooms. Tests may include every room; no room includes tests.
TEST_TREE = "tests"

# What the top level may hold; the last three are never committed.
TOP_LEVEL = {
    "CMakeLists.txt", "plugin", "perfdata", "exporter", "tests", "packaging", "README.md", "LICENSE",
    "CHANGELOG.md", "CMakePresets.json", ".clang-format", ".clang-tidy", ".gitignore", ".ci",
    ".git", "build", ".quickstart",
}

# Third-party header prefix -> the only files outside tests/ that may include it (one a program).
THIRD_PARTY = {
    "boost/": ["plugin/check/options.cc", "exporter/cli/options.cc", "perfdata/rrd_options.cc"],
    "sodium": ["perfdata/history/hash.cc"],
    "rrd": ["perfdata/rrd/local_store.cc", "exporter/graph/rrd_graph.cc",
            "exporter/reconstruct/rrd_rows.cc"],
    "microhttpd": ["exporter/http/server.cc"],
    "gnutls/": ["exporter/http/access.cc", "exporter/http/tls.cc"],
    "crypt": ["exporter/http/access.cc"],
    "yaml-cpp/": ["exporter/http/web_config.cc"],
    "zlib": ["exporter/http/gzip.cc"],
    "systemd/": ["perfdata/main.cc", "plugin/sweep/main.cc", "exporter/main.cc"],
    "nlohmann/": ["exporter/report/json.cc", "exporter/report/icinga_downtimes.cc"],
    "curl/": ["exporter/cli/icinga_api.cc"],
    "date/": ["perfdata/history/calendar.cc"],
    "gtest/": [],
    "gmock/": [],
    "benchmark/": [],
}

# Headers that an edge keeps to itself: they may show the operating system, and no other room, nor
# any test, may include them.
INTERNAL_HEADERS = {"plugin/net/channel.h", "plugin/net/receive_ring.h", "plugin/net/socket_address.h"}

# Headers of the operating system: never in a header that others include, never in a pure file.
OS_PREFIXES = ("sys/", "linux/", "net/", "netinet/", "arpa/", "asm/", "netpacket/")
OS_HEADERS = {
    "dirent.h", "dlfcn.h", "endian.h", "err.h", "errno.h", "fcntl.h", "fnmatch.h", "getopt.h", "glob.h",
    "grp.h", "ifaddrs.h", "limits.h", "malloc.h", "netdb.h", "poll.h", "pthread.h", "pwd.h", "sched.h",
    "semaphore.h", "signal.h", "spawn.h", "stdio.h", "stdlib.h", "string.h", "strings.h", "syslog.h",
    "termios.h", "time.h", "unistd.h", "resolv.h",
}
# Of the system, and yet pure: inet_pton and inet_ntop turn text into bytes and back.
PURE_OS_HEADERS = {"arpa/inet.h"}
# Standard headers that reach outside the program.
IO_HEADERS = {"cstdio", "filesystem", "fstream", "iostream", "csignal", "thread", "future", "ctime", "random"}

# Standard headers that cost start-up time or bring a locale in; kept out of what the plugin is made of.
HEAVY_HEADERS = {"iostream", "istream", "ostream", "sstream", "fstream", "regex", "locale", "iomanip",
                 "strstream", "syncstream", "format"}
PLUGIN_IS_MADE_OF = ["plugin/", "perfdata/base/", "perfdata/text/", "perfdata/history/", "perfdata/spool/"]

STANDARD_HEADERS = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes
climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef
cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution expected filesystem
format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator
latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random
ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept
stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex
typeinfo unordered_map unordered_set utility valarray variant vector version
""".split())

# Pure rooms and their named edges: only these files may use OS_HEADERS and IO_HEADERS there.
PURE_ROOMS = {
    "perfdata/text": [],
    "perfdata/history": ["slot_store.cc", "journal_file.cc", "journal_walk.cc", "live_directory.cc",
                         "maintenance_file.cc"],
    "perfdata/spool": ["directory_spool.cc", "directory_watch.cc", "spool_writer.cc"],
    "perfdata/rrd": ["archive_tree.cc", "undo_log.cc", "local_store.cc", "rrdcached_store.cc"],
    "plugin/probe": [],
    "plugin/check": ["ini_file.cc"],
    "exporter/metrics": ["collect.cc"],
    "exporter/report": [],
}

# The one reader of clocks outside tests/.
CLOCK_READER = "perfdata/base/posix_clock.cc"
CLOCK_READS = [
    (r"\b(?:clock_gettime|gettimeofday|timespec_get|ftime)\s*\(", "reads a clock"),
    (r"\b\w+_clock\s*::\s*now\b", "reads a clock"),
    (r"\busing\s+\w+\s*=\s*[\w:]*_clock\s*;", "renames a clock that can be read"),
    (r"(?<![\w.>:])(?:std\s*::\s*|::\s*)?time\s*\(\s*(?:nullptr|NULL|0|&\s*\w+)\s*\)", "reads a clock"),
    (r"\bstd\s*::\s*clock\s*\(\s*\)", "reads a clock"),
]

# Work that was parked instead of done. In pieces, so that this file does not find itself.
PARKED = [r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"\bGTEST_" r"SKIP\b", r"\bDISABLED" r"_\w"]

MAX_LINES = 300  # reported, not fatal: most files are to be under it

SOURCE_SUFFIXES = (".h", ".cc")
SCRIPT_SUFFIXES = (".py", ".sh", ".cmake")
LICENCE_LINE = "SPDX-License-Identifier: GPL-3.0-or-later"

# check_pingtrail starts once a check: everything it needs at run time is here.
NEEDED_ALLOWED = [r"libc\.so\.6", r"libm\.so\.6", r"ld-linux[-\w]*\.so\.\d+"]
