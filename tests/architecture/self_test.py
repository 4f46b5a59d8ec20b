#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks every rule once, in trees and programs made for it, and expects to be caught each time."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import check_binary
import check_sources

LICENCE = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
CLEAN = {
    "CMakeLists.txt": "# SPDX-License-Identifier: GPL-3.0-or-later\n",
    "perfdata/base/time.h": LICENCE + "#pragma once\n#include <chrono>\n",
    "perfdata/base/posix_clock.cc": LICENCE + "#include <ctime>\nint f() { return clock_gettime(0, nullptr); }\n",
    "perfdata/text/range.h": LICENCE + '#pragma once\n#include "perfdata/base/time.h"\n',
    "perfdata/spool/record.h": LICENCE + '#pragma once\n#include "perfdata/text/range.h"\n',
    "perfdata/spool/directory_spool.cc": LICENCE + "#include <dirent.h>\n",
    "plugin/probe/icmp.h": LICENCE + "#pragma once\n#include <vector>\n",
    "plugin/check/options.cc": LICENCE + '#include <boost/program_options.hpp>\n#include "plugin/probe/icmp.h"\n',
    "plugin/probe/address.cc": LICENCE + "#include <arpa/inet.h>\n",
    "plugin/net/resolver.cc": LICENCE + "#include <netdb.h>\n#include <thread>\n",
    "plugin/net/channel.h": LICENCE + "#pragma once\n#include <sys/socket.h>\n",
    "plugin/net/channel.cc": LICENCE + '#include "plugin/net/channel.h"\n',
    "plugin/main.cc": LICENCE + '#include "plugin/probe/icmp.h"\n',
    "tests/unit/plugin/probe/icmp_test.cc":
        LICENCE + '#include <gtest/gtest.h>\n#include <chrono>\n#include "plugin/probe/icmp.h"\n'
        "auto now() { return std::chrono::steady_clock::now(); }\n",
    "tests/support/fake.h": LICENCE + "#pragma once\n",
    "packaging/quickstart": "#!/usr/bin/env bash\n# SPDX-License-Identifier: GPL-3.0-or-later\n",
}

# {name: (path, text, words the violation must hold)}; None as text takes the file away.
BREAKS = {
    "room_not_in_the_table": ("plugin/extra/a.cc", LICENCE, "MAY_INCLUDE does not name"),
    "edge_that_is_not_allowed": ("plugin/net/resolver.cc", LICENCE + '#include "perfdata/spool/record.h"\n',
                                 "resolver.cc:2: includes \"perfdata/spool/record.h\": plugin/net may not"),
    "edge_against_the_direction": ("perfdata/text/range.h",
                                   LICENCE + '#pragma once\n#include "perfdata/spool/record.h"\n',
                                   "perfdata/text may not include perfdata/spool"),
    "edge_in_a_header_behind_spaces": ("perfdata/base/time.h",
                                       LICENCE + '#pragma once\n  #  include "plugin/probe/icmp.h"\n',
                                       "perfdata/base may not include plugin/probe"),
    "code_that_includes_tests": ("plugin/main.cc", LICENCE + '#include "tests/support/fake.h"\n',
                                 "only tests may include tests"),
    "relative_include": ("plugin/probe/icmp.h", LICENCE + '#pragma once\n#include "session.h"\n',
                         "not a path from the root"),
    "third_party_in_the_wrong_file": ("plugin/net/resolver.cc",
                                      LICENCE + "#include <boost/program_options.hpp>\n",
                                      "belongs to plugin/check/options.cc, exporter/cli/options.cc, perfdata/rrd_options.cc alone"),
    "third_party_in_a_header": ("plugin/check/options.h", LICENCE + "#pragma once\n#include <sodium.h>\n",
                                "includes <sodium.h> in a header"),
    "third_party_below_a_prefix": ("plugin/net/resolver.cc", LICENCE + "#include <rrd_client.h>\n",
                                   "includes <rrd_client.h>, which belongs to"),
    "test_library_in_code": ("plugin/net/resolver.cc", LICENCE + "#include <gtest/gtest.h>\n", "belongs to tests"),
    "unknown_library": ("plugin/net/resolver.cc", LICENCE + "#include <pcap/pcap.h>\n", "does not know"),
    "os_header_in_a_header": ("plugin/net/socket.h", LICENCE + "#pragma once\n#include <sys/socket.h>\n",
                              "includes <sys/socket.h> in a header"),
    "internal_header_in_another_room": ("plugin/main.cc", LICENCE + '#include "plugin/net/channel.h"\n',
                                        "which plugin/net keeps to itself"),
    "internal_header_in_a_test": ("tests/support/fake.h",
                                  LICENCE + '#pragma once\n#include "plugin/net/channel.h"\n',
                                  "which plugin/net keeps to itself"),
    "os_header_in_a_pure_room": ("plugin/probe/session.cc", LICENCE + "#include <unistd.h>\n",
                                 "plugin/probe is pure"),
    "file_access_in_a_pure_room": ("perfdata/spool/record.cc", LICENCE + "#include <cstdio>\n",
                                   "pure outside directory_spool.cc, directory_watch.cc, spool_writer.cc"),
    "stream_in_the_plugin": ("plugin/main.cc", LICENCE + "#include <sstream>\n", "start of the plugin"),
    "clock_gettime": ("plugin/net/resolver.cc", LICENCE + "\nint f() { return clock_gettime (0, nullptr); }\n",
                      "resolver.cc:3: reads a clock"),
    "chrono_now": ("plugin/net/resolver.cc", LICENCE + "auto t = std::chrono::system_clock::now();\n",
                   "reads a clock"),
    "chrono_now_under_another_name": ("plugin/net/resolver.cc",
                                      LICENCE + "using Mine = std::chrono::steady_clock;\n", "renames a clock"),
    "time_null": ("plugin/net/resolver.cc", LICENCE + "long t = time(nullptr);\n", "reads a clock"),
    "std_time": ("plugin/net/resolver.cc", LICENCE + "long t = std::time(nullptr);\n", "reads a clock"),
    "gettimeofday": ("plugin/net/resolver.cc", LICENCE + "int f() { return gettimeofday(nullptr, nullptr); }\n",
                     "reads a clock"),
    "no_licence_in_a_source": ("plugin/main.cc", "int main() {}\n", "main.cc:1: has no licence line"),
    "no_licence_in_a_script": ("packaging/quickstart", "#!/usr/bin/env bash\necho\n", "quickstart:2: has no licence"),
    "no_licence_in_cmake": ("plugin/CMakeLists.txt", "add_subdirectory(probe)\n", "has no licence"),
    "no_pragma_once": ("perfdata/base/time.h", LICENCE + "#include <chrono>\n", "has no #pragma once"),
    "stranger_on_the_top_level": ("notes.txt", "remember\n", "notes.txt:1: does not belong"),
    "parked_work": ("plugin/main.cc", LICENCE + "// TO" "DO: the rest\n", "has parked work"),
    "skipped_test": ("tests/unit/plugin/probe/icmp_test.cc", LICENCE + "GTEST_" "SKIP();\n", "has parked work"),
}

# Looks like a violation and is none.
INNOCENT = {
    "clock_in_a_comment": "// clock_gettime(CLOCK_MONOTONIC) costs 20 ns\n/* gettimeofday( too */\n",
    "clock_in_a_string": 'const char* text = "time(nullptr) and clock_gettime(";\n',
    "method_of_that_name": "auto at = packet.time(0);\nauto other = session->time(0);\n",
    "duration_named_time": "int answer_time(int);\nint x = answer_time(0);\n",
}


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as file:
        file.write(text)


class SourceRules(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        for path, text in CLEAN.items():
            write(self.root, path, text)

    def tearDown(self):
        shutil.rmtree(self.root)

    def test_clean_tree_passes(self):
        self.assertEqual(list(check_sources.violations(self.root)), [])

    def test_every_break_is_found_and_nothing_else(self):
        for name, (path, text, want) in BREAKS.items():
            with self.subTest(name):
                write(self.root, path, text)
                found = list(check_sources.violations(self.root))
                self.assertEqual(len(found), 1, found)
                self.assertIn(want, found[0])
                self.assertTrue(found[0].startswith(path + ":"), found[0])
                if path in CLEAN:
                    write(self.root, path, CLEAN[path])
                else:
                    os.remove(os.path.join(self.root, path))

    def test_innocent_code_passes(self):
        for name, text in INNOCENT.items():
            with self.subTest(name):
                write(self.root, "plugin/net/resolver.cc", LICENCE + text)
                self.assertEqual(list(check_sources.violations(self.root)), [])

    def test_long_file_is_reported(self):
        write(self.root, "plugin/main.cc", LICENCE + "\n" * 400)
        self.assertEqual(check_sources.long_files(self.root), [(401, "plugin/main.cc")])

    def test_program_fails_on_a_break_and_on_an_empty_tree(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_sources.py")

        def exit_code(root):
            return subprocess.run([sys.executable, "-B", script, root], capture_output=True).returncode

        self.assertEqual(exit_code(self.root), 0)
        write(self.root, "plugin/main.cc", "int main() {}\n")
        self.assertEqual(exit_code(self.root), 1)
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(exit_code(empty), 2)


class BinaryRules(unittest.TestCase):
    def build(self, directory, *flags):
        source = os.path.join(directory, "a.cc")
        write(directory, "a.cc", "#include <string>\n#include <cstdio>\n"
              "int main(int n, char** a) { std::puts((std::string(a[0]) + __FILE__).c_str()); return n - 1; }\n")
        program = os.path.join(directory, "a.out")
        compiler = os.environ.get("CXX", "c++")
        subprocess.run([compiler, "-o", program, source, *flags], check=True)
        return program

    def verdict(self, program, *paths):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_binary.py")
        done = subprocess.run([sys.executable, "-B", script, program, *paths], capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_shared_standard_library_and_build_path_are_found(self):
        with tempfile.TemporaryDirectory() as directory:
            code, text = self.verdict(self.build(directory, "-Wl,-rpath,/opt/x"), directory)
        self.assertEqual(code, 1)
        self.assertIn("needs libstdc++.so.6", text)
        self.assertIn("has the run path /opt/x", text)
        self.assertIn("holds a path of the build machine: " + directory + "/a.cc", text)

    def test_static_standard_library_and_mapped_path_pass(self):
        with tempfile.TemporaryDirectory() as directory:
            program = self.build(directory, "-static-libstdc++", "-static-libgcc",
                                 f"-ffile-prefix-map={directory}/=")
            self.assertEqual(self.verdict(program, directory), (0, ""))

    def test_allow_list_matches_whole_names(self):
        def needed(name):
            return f" 0x0000000000000001 (NEEDED)             Shared library: [{name}]\n"

        allowed = ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"]
        refused = ["libc.so.60", "xlibm.so.6", "librrd.so.8", "libboost_program_options.so.1.74.0",
                   "libgcc_s.so.1", "libmicrohttpd.so.12"]
        for name in allowed:
            self.assertEqual(list(check_binary.check_dynamic(needed(name))), [])
        for name in refused:
            self.assertEqual(list(check_binary.check_dynamic(needed(name))), [f"needs {name}"])


if __name__ == "__main__":
    unittest.main()
