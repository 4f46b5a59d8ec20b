# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of both kinds of packages share."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
# What a binary says of the machine it was built on: temporary directories of packaging/build.
BUILD_TRACE = rb"/tmp/tmp\.[A-Za-z0-9]{6,}"


def run(*command, check=True, **options):
    """The command's result with its output; a failure shows the output."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **options)
    if check and done.returncode != 0:
        raise AssertionError("%s: exit code %d\n%s" % (" ".join(command), done.returncode, done.stdout))
    return done


def skip_all(name, reason):
    print("skip %s: %s" % (name, reason))
    sys.exit(SKIPPED)


def missing_tools(*names):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [name for name in names if shutil.which(name, path=path) is None]


def build(source, kind, out):
    """packaging/build as its user runs it; the last lines of its output when it fails."""
    done = run(os.path.join(source, "packaging/build"), kind, out, check=False)
    if done.returncode != 0:
        raise AssertionError("packaging/build %s: exit code %d\n%s" %
                             (kind, done.returncode, done.stdout[-8000:]))
    return done.stdout


def traces_of_the_build(directory, *more):
    """Files below `directory` that name the directory they were built in, or one of `more`."""
    trace = re.compile(b"|".join([BUILD_TRACE] + [re.escape(os.fsencode(path)) for path in more]))
    found = []
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                match = trace.search(file.read())
            if match:
                found.append("%s: %s" % (os.path.relpath(path, directory), match.group().decode()))
    return found


class Namespace:
    """Commands inside `root`, in a network of their own with nothing but loopback. `groups` is
    net.ipv4.ping_group_range: '1 0' is nobody."""

    def __init__(self, root):
        self.root = root

    def run(self, groups, *command, check=True):
        script = 'ip link set lo up && echo "$1" >/proc/sys/net/ipv4/ping_group_range && shift && exec "$@"'
        return run("unshare", "--net", "--", "sh", "-c", script, "sh", groups, "chroot", self.root, *command,
                   check=check)


def as_user(user, *command):
    """The command as a core would run it: that user's groups, none of root's capabilities."""
    return ("setpriv", "--reuid", user, "--regid", "nogroup" if user == "nagios" else user, "--init-groups", "--") + command


def scratch():
    return tempfile.TemporaryDirectory(prefix="pingtrail-packages-")
