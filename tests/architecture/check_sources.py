#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a source tree against the rules of rules.py.

usage: check_sources.py ROOT
Prints one line a violation, "path:line: fact", and exits 1 when there is any.
"""
import os
import re
import sys

import rules

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def files_below(root):
    """Paths relative to root, sorted; build trees and .git left out."""
    found = []
    for directory, names, files in os.walk(root):
        relative = os.path.relpath(directory, root)
        if relative == ".":
            names[:] = [n for n in names if n not in (".git", "build", ".quickstart")]
        names[:] = [n for n in names if n != "__pycache__"]
        for name in files:
            found.append(os.path.normpath(os.path.join(relative, name)))
    return sorted(found)


def room_of(path):
    """The room a source belongs to, "tests" for test code, or None for a place that has no rule."""
    if path.startswith(rules.TEST_TREE + "/"):
        return rules.TEST_TREE
    stem = os.path.splitext(path)[0]
    if stem in rules.MAY_INCLUDE:
        return stem
    directory = os.path.dirname(path)
    return directory if directory in rules.MAY_INCLUDE else None


def blank(match):
    """Keeps the line count of what is taken out."""
    return "\n" * match.group(0).count("\n") or " "


def code_only(text):
    """The text without comments and without what stands in quotes."""
    text = re.sub(r'R"(\w*)\((?:.|\n)*?\)\1"', blank, text)
    pattern = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.DOTALL)
    return pattern.sub(blank, text)


def third_party(header):
    """The prefix of the table that covers the header, or None."""
    for prefix in rules.THIRD_PARTY:
        if prefix.endswith("/"):
            if header.startswith(prefix):
                return prefix
        elif re.fullmatch(re.escape(prefix) + r"(?:_\w+)?\.h", header) or header.startswith(prefix + "/"):
            return prefix
    return None


def is_os(header):
    return header in rules.OS_HEADERS or header.startswith(rules.OS_PREFIXES)


def check_project_include(root, path, room, header):
    if not os.path.isfile(os.path.join(root, header)):
        return f'includes "{header}", which is not a path from the root of the tree'
    target = room_of(header)
    if header in rules.INTERNAL_HEADERS and target != room:
        return f'includes "{header}", which {target} keeps to itself'
    if room == rules.TEST_TREE or target in (room, rules.OPEN_TO_ALL):
        return None
    if target == rules.TEST_TREE:
        return f'includes "{header}": only tests may include tests'
    if target not in rules.MAY_INCLUDE[room]:
        return f'includes "{header}": {room} may not include {target}'
    return None


def check_system_include(path, room, header):
    in_tests = room == rules.TEST_TREE
    library = third_party(header)
    if library is not None:
        if in_tests:
            return None
        if path.endswith(".h"):
            return f"includes <{header}> in a header"
        if path not in rules.THIRD_PARTY[library]:
            allowed = ", ".join(rules.THIRD_PARTY[library]) or "tests"
            return f"includes <{header}>, which belongs to {allowed} alone"
        return None
    if header not in rules.STANDARD_HEADERS and not is_os(header):
        return None if in_tests else f"includes <{header}>, which rules.py does not know"
    if in_tests:
        return None
    if is_os(header) and path.endswith(".h") and path not in rules.INTERNAL_HEADERS:
        return f"includes <{header}> in a header"
    if header in rules.HEAVY_HEADERS and path.startswith(tuple(rules.PLUGIN_IS_MADE_OF)):
        return f"includes <{header}>, which makes every start of the plugin dearer"
    edges = rules.PURE_ROOMS.get(room)
    if edges is not None and os.path.basename(path) not in edges:
        reaches_out = is_os(header) and header not in rules.PURE_OS_HEADERS
        if reaches_out or header in rules.IO_HEADERS:
            where = " outside " + ", ".join(edges) if edges else ""
            return f"includes <{header}>, but {room} is pure{where}"
    return None


def check_includes(root, path, text):
    room = room_of(path)
    if room is None:
        yield 1, "lies in a directory that MAY_INCLUDE does not name"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        if match.group(1) == '"':
            fault = check_project_include(root, path, room, match.group(2))
        else:
            fault = check_system_include(path, room, match.group(2))
        if fault:
            yield number, fault


def check_clocks(path, text):
    if path == rules.CLOCK_READER or path.startswith(rules.TEST_TREE + "/"):
        return
    for number, line in enumerate(code_only(text).splitlines(), 1):
        for pattern, fact in rules.CLOCK_READS:
            if re.search(pattern, line):
                yield number, f"{fact}; only {rules.CLOCK_READER} may"


def is_script(text):
    return text.startswith("#!")


def check_form(path, text):
    """Licence line, #pragma once, nothing parked."""
    lines = text.splitlines()
    is_source = path.endswith(rules.SOURCE_SUFFIXES)
    if is_source or path.endswith(rules.SCRIPT_SUFFIXES) or is_script(text) or path.endswith("CMakeLists.txt"):
        place = 1 if is_script(text) else 0
        if len(lines) <= place or rules.LICENCE_LINE not in lines[place]:
            yield place + 1, "has no licence line " + rules.LICENCE_LINE
    if path.endswith(".h") and "#pragma once" not in lines:
        yield 1, "has no #pragma once"
    if is_source or path.endswith(rules.SCRIPT_SUFFIXES):
        for number, line in enumerate(lines, 1):
            if any(re.search(pattern, line) for pattern in rules.PARKED):
                yield number, "has parked work: " + line.strip()


def violations(root):
    """Every broken rule of the tree as "path:line: fact"."""
    for name in sorted(os.listdir(root)):
        if name not in rules.TOP_LEVEL:
            yield f"{name}:1: does not belong on the top level"
    for path in files_below(root):
        with open(os.path.join(root, path), "rb") as file:
            data = file.read()
        if b"\0" in data:
            continue
        text = data.decode("utf-8", errors="replace")
        checks = [check_form(path, text)]
        if path.endswith(rules.SOURCE_SUFFIXES):
            checks += [check_includes(root, path, text), check_clocks(path, text)]
        for check in checks:
            for number, fact in check:
                yield f"{path}:{number}: {fact}"


def long_files(root):
    """(lines, path) of sources over MAX_LINES, longest first."""
    found = []
    for path in files_below(root):
        if path.endswith(rules.SOURCE_SUFFIXES + rules.SCRIPT_SUFFIXES):
            with open(os.path.join(root, path), "rb") as file:
                lines = file.read().count(b"\n")
            if lines > rules.MAX_LINES:
                found.append((lines, path))
    return sorted(found, reverse=True)


def main(arguments):
    if len(arguments) != 2:
        print("usage: check_sources.py ROOT")
        return 2
    root = arguments[1]
    sources = [p for p in files_below(root) if p.endswith(rules.SOURCE_SUFFIXES)]
    if not sources:
        print(f"{root}: no sources found")
        return 2
    for lines, path in long_files(root):
        print(f"note: {path}: {lines} lines, most files are to be under {rules.MAX_LINES}")
    broken = list(violations(root))
    for line in broken:
        print(line)
    print(f"{len(sources)} sources, {len(broken)} violations")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
