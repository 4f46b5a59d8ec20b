#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Completion offers what the programs take: every long option of the help and no other, and the words and
files of those that want them. bash completes for real, by the function that it would call; zsh too, in a
terminal of its own.

usage: completion_test.py NAME=PROGRAM... [unittest options]
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
COMPLETION = os.path.join(HERE, "../../packaging/completion")
NAMES = ("check_pingtrail", "pingtrail", "pingtrail-rrd", "pingtrail-exporter")
COMMANDS = ("status", "outages", "report", "import", "maintenance add", "maintenance list", "maintenance import",
            "rename", "forget", "verify", "health")
PROGRAMS = {}
while len(sys.argv) > 1 and "=" in sys.argv[1]:
    name, _, path = sys.argv.pop(1).partition("=")
    PROGRAMS[name] = os.path.abspath(path)
# Prints what bash would offer for the words, of which the last is being written.
BASH = """set -u
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
spec=$(complete -p "$1")
function=${spec#*-F }; function=${function%% *}
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
exit 0
"""
# Completes lines in an interactive zsh, whose compadd is told to show what it would offer.
ZSH = r"""
zmodload zsh/zpty || exit 1
zpty inner zsh -f -i
zpty -w inner "PS1=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w inner 'compadd () { local -a got; builtin compadd -O got "$@" 2>/dev/null; print -r -- "<offer>${(j:<offer>:)got}</offer>"; builtin compadd "$@" }'
zpty -w inner "zstyle ':completion:*' list-prompt ''; tab () { zle complete-word; print -r -- '<e''nd>' }; zle -N tab; bindkey '^I' tab; setopt no_list_beep no_always_last_prompt; LISTMAX=10000; stty columns 10000; print rea''dy"
zpty -r inner start '*ready*'
for line in ${@[2,-1]}; do
  zpty -n -w inner "$line"$'\t'
  zpty -r inner text '*<end>*' && print -r -- "<line>$text"
  zpty -n -w inner $'\C-u'
done
zpty -d inner
"""


def long_options(text):
    found = set()
    for line in text.splitlines():
        if re.match(r" +-", line):
            found |= set(re.findall(r"(?<![\w-])--\w[\w.-]*", re.split(r"  (?=\S)|=", line.strip())[0]))
    return found


def helped(name, command=""):
    done = subprocess.run([PROGRAMS[name], *command.split(), "--help"], capture_output=True, text=True, check=False)
    return long_options(done.stdout + done.stderr)


def bash(*words):
    done = subprocess.run(["bash", "-c", BASH, "bash", os.path.join(COMPLETION, "bash", words[0]), *words],
                          capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr)
    return set(done.stdout.split("\n")) - {""}


def zsh_text(name):
    with open(os.path.join(COMPLETION, "zsh", "_" + name), encoding="utf-8") as file:
        return file.read()


def zsh_options(text):
    return set(re.findall(r"(?<![\w-])--\w[\w.-]*", re.sub(r"\[[^]]*\]|\([^)]*\)", "", text)))


def zsh_block(text, command):
    if command.startswith("maintenance "):
        text = text.split("\n_pingtrail() {")[0]
    else:
        text = text.split("\n_pingtrail() {")[1]
    return re.search(rf"\n        {command.split()[-1]}\)\n(.*?);;", text, re.S).group(1)


class Completion(unittest.TestCase):
    def need(self, name):
        if name not in PROGRAMS:
            print(f"skip config.completion.{name}: the program is not built")
            self.skipTest("not built")

    def test_bash_options(self):
        for name in NAMES:
            with self.subTest(name):
                self.need(name)
                if name != "pingtrail":
                    self.assertEqual(bash(name, "--"), helped(name))
        self.need("pingtrail")
        self.assertEqual(bash("pingtrail", "--"), helped("pingtrail"))

    def test_bash_commands(self):
        self.need("pingtrail")
        self.assertEqual(bash("pingtrail", "") - {"--help", "--version"}, {c.split()[0] for c in COMMANDS})
        self.assertEqual(bash("pingtrail", "maintenance", "") - {"--help", "--version"}, {"add", "list", "import"})
        for command in COMMANDS:
            self.assertEqual(bash("pingtrail", *command.split(), "--"), helped("pingtrail", command), command)

    def test_bash_values(self):
        self.assertEqual(bash("check_pingtrail", "--perfdata", ""), {"compat", "full"})
        self.assertEqual(bash("check_pingtrail", "--perfdata", "=", "f"), {"full"})
        self.assertEqual(bash("check_pingtrail", "--perfdata", "="), {"compat", "full"})
        self.assertEqual(bash("check_pingtrail", "--dscp", "E"), {"EF"})
        self.assertEqual(bash("check_pingtrail", "--warning", ""), set())
        self.assertEqual(bash("check_pingtrail", "--warn"), {"--warning"})
        self.assertIn("lo", bash("check_pingtrail", "-s", ""))
        self.assertEqual(bash("pingtrail", "report", "--format", ""), {"text", "json", "csv", "html"})
        self.assertEqual(bash("pingtrail", "status", "--format", ""), {"text", "json", "csv"})
        self.assertEqual(bash("pingtrail-exporter", "--histogram", "o"), {"on", "off"})
        self.assertEqual(bash("pingtrail-rrd", "--log-level", "=", "d"), {"debug"})
        with tempfile.TemporaryDirectory() as base:
            os.mkdir(os.path.join(base, "a dir"))
            with open(os.path.join(base, "file"), "w", encoding="utf-8"):
                pass
            for words in (("check_pingtrail", "--state-dir"), ("pingtrail", "health", "--spool"),
                          ("pingtrail-rrd", "--rrd-dir"), ("pingtrail-exporter", "--state-dir")):
                self.assertEqual(bash(*words, base + "/"), {base + "/a dir"}, words)
            for words in (("pingtrail-exporter", "--config"), ("pingtrail-rrd", "--rra-cfg"), ("pingtrail", "import")):
                self.assertEqual(bash(*words, base + "/"), {base + "/a dir", base + "/file"}, words)

    def test_zsh_options(self):
        for name in NAMES:
            with self.subTest(name):
                self.need(name)
                if name != "pingtrail":
                    self.assertEqual(zsh_options(zsh_text(name)), helped(name))
        self.need("pingtrail")
        for command in COMMANDS:
            self.assertEqual(zsh_options(zsh_block(zsh_text("pingtrail"), command)), helped("pingtrail", command), command)

    def zsh(self, *words):
        if shutil.which("zsh") is None:
            print("skip config.completion.zsh: zsh is not installed")
            self.skipTest("no zsh")
        done = subprocess.run(["zsh", "-f", *words], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_zsh_loads(self):
        for name in NAMES:
            self.zsh("-n", os.path.join(COMPLETION, "zsh", "_" + name))
        text = self.zsh("-c", "fpath=($1 $fpath); autoload -Uz compinit; compinit -u -D; "
                        "for n in ${@[2,-1]}; do print $n $_comps[$n]; autoload -Uz +X $_comps[$n]; done",
                        "zsh", os.path.join(COMPLETION, "zsh"), *NAMES)
        self.assertEqual(text.split(), [word for name in NAMES for word in (name, "_" + name)])

    def test_zsh_completes(self):
        wanted = {"pingtrail maintenance import --icinga-t": "--icinga-timeout", "pingtrail rep": "report",
                  "pingtrail health --writer-age-c": "--writer-age-critical", "check_pingtrail --perfdata=f": "full",
                  "pingtrail-exporter --histogram=o": "off", "pingtrail-rrd --log-level=w": "warning"}
        text = self.zsh("-c", ZSH, "zsh", os.path.join(COMPLETION, "zsh"), *wanted)
        answers = text.split("<line>")[1:]
        self.assertEqual(len(answers), len(wanted), text)
        for answer, (line, word) in zip(answers, wanted.items()):
            offers = re.findall(r"<offer>([^<]+)", answer)
            self.assertIn(word, [offer.rstrip("=") for offer in offers], line + "\n" + answer)


if __name__ == "__main__":
    unittest.main()
