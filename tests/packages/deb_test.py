#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the Debian packages and lives with them in a fresh system: install, check, upgrade, remove,
purge. Needs root, debootstrap and a mirror, which is the one this machine's apt uses.

usage: deb_test.py SOURCE_DIRECTORY [unittest options]
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

from package_case import (Namespace, as_user, build, missing_tools, run, scratch, skip_all, traces_of_the_build)

SOURCE = sys.argv.pop(1) if len(sys.argv) > 1 else ""
CHECK = "/usr/lib/nagios/plugins/check_pingtrail"
EVERYONE, NOBODY = "0 2147483647", "1 0"
# What installing any package leaves behind, and the links that fontconfig's scripts make, which comes
# with librrd.
NOT_OURS = re.compile(r"(var/lib/dpkg|var/lib/apt|var/cache|var/log|etc/(passwd|group|shadow|gshadow|subuid|subgid)-|"
                      r"etc/ld\.so\.cache|etc/fonts|usr/local/share/fonts|tmp|root|proc|sys|dev|run)(/|$)")


def mirror():
    """(codename, address) of Debian in this machine's own apt sources, or None."""
    with open("/etc/os-release", encoding="utf-8") as file:
        codename = re.search(r"^VERSION_CODENAME=(\w+)", file.read(), re.M)
    if not codename:
        return None
    lines = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian",
                "Codename: " + codename.group(1), check=False).stdout.split()
    return (codename.group(1), lines[0]) if lines else None


def other_version(package, version, out, work, edit=None):
    """The same package with another version, and with what `edit` does to its files."""
    tree = os.path.join(work, "repack")
    run("dpkg-deb", "-R", package, tree)
    control = os.path.join(tree, "DEBIAN/control")
    with open(control, encoding="utf-8") as file:
        text = file.read()
    current = re.search(r"^Version: (.*)$", text, re.M).group(1)
    with open(control, "w", encoding="utf-8") as file:
        file.write(text.replace(current, version))
    if edit:
        edit(tree)
    path = os.path.join(out, os.path.basename(package).replace(current, version))
    run("dpkg-deb", "--root-owner-group", "-b", tree, path)
    shutil.rmtree(tree)
    return path


def core_package(out, work):
    """A package that makes the user nagios and ships /usr/sbin/nagios4, as nagios4-core does."""
    tree = os.path.join(work, "core")
    os.makedirs(os.path.join(tree, "DEBIAN"))
    os.makedirs(os.path.join(tree, "usr/sbin"))
    with open(os.path.join(tree, "usr/sbin/nagios4"), "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n")
    with open(os.path.join(tree, "DEBIAN/control"), "w", encoding="utf-8") as file:
        file.write("Package: a-core\nVersion: 1\nArchitecture: all\nDepends: adduser\n"
                   "Maintainer: nobody <nobody@localhost>\nDescription: stands for a monitoring core\n")
    postinst = os.path.join(tree, "DEBIAN/postinst")
    with open(postinst, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nadduser --quiet --system --no-create-home --home /nonexistent nagios\n")
    os.chmod(postinst, 0o755)
    path = os.path.join(out, "a-core_1_all.deb")
    run("dpkg-deb", "--root-owner-group", "-b", tree, path)
    return path


class Packages(unittest.TestCase):
    """One life, told in order: what a test leaves behind, the next one begins with."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.addClassCleanup(cls.scratch.cleanup)
        top = cls.scratch.name
        cls.out, cls.root, cls.work = (os.path.join(top, name) for name in ("out", "root", "work"))
        os.mkdir(cls.work)
        codename, address = MIRROR
        begun = subprocess.Popen(["debootstrap", "--variant=minbase", codename, cls.root, address],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=WITH_SBIN)
        try:
            build(SOURCE, "deb", cls.out)
        finally:
            said = begun.communicate()[0]
        if begun.returncode != 0:
            raise unittest.SkipTest("no fresh system: " + said.strip().splitlines()[-1])
        with open(os.path.join(cls.root, "usr/sbin/policy-rc.d"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(file.name, 0o755)
        shutil.copy("/etc/resolv.conf", os.path.join(cls.root, "etc/resolv.conf"))
        # An open file of /proc keeps no mount: the namespaces of the commands have their own.
        run("mount", "-t", "proc", "proc", os.path.join(cls.root, "proc"))
        cls.addClassCleanup(run, "umount", "-l", os.path.join(cls.root, "proc"))
        cls.debs = {os.path.basename(path).split("_")[0]: path for path in glob.glob(cls.out + "/*.deb")}
        cls.namespace = Namespace(cls.root)
        cls.before = cls.files()

    @classmethod
    def inside(cls, *command, check=True):
        return run("chroot", cls.root, *command, check=check, env=NONINTERACTIVE)

    @classmethod
    def files(cls):
        names = run("find", ".", "-xdev", "-printf", "%P\n", cwd=cls.root).stdout.splitlines()
        return {name for name in names if not NOT_OURS.match(name)}

    def install(self, *paths, tool=("dpkg", "-i")):
        for path in paths:
            shutil.copy(path, os.path.join(self.root, "root"))
        names = ["/root/" + os.path.basename(path) for path in paths]
        return self.inside(*tool, *names).stdout

    def groups_of(self, user):
        return self.inside("id", "-Gn", user).stdout.split()

    def stat(self, path):
        return self.inside("stat", "-c", "%U:%G %a", path).stdout.strip()

    def test_10_lintian_finds_neither_errors_nor_warnings(self):
        changes = glob.glob(self.out + "/*.changes")
        self.assertEqual(len(changes), 1)
        done = run("lintian", "--fail-on", "error,warning", "--allow-root", *changes, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_11_nothing_names_the_machine_it_was_built_on(self):
        for name, path in self.debs.items():
            tree = os.path.join(self.work, "look", name)
            os.makedirs(os.path.dirname(tree), exist_ok=True)
            run("dpkg-deb", "-R", path, tree)
            with self.subTest(package=name):
                self.assertEqual(traces_of_the_build(tree, SOURCE, self.out), [])

    def test_12_the_plugin_depends_on_the_c_library_and_adduser(self):
        depends = run("dpkg-deb", "-f", self.debs["pingtrail-plugin"], "Depends").stdout
        self.assertEqual({item.split()[0] for item in depends.split(",")}, {"adduser", "libc6"})
        self.assertEqual(set(self.debs) - {name for name in self.debs if name.endswith("-dbgsym")},
                         {"pingtrail", "pingtrail-plugin", "pingtrail-rrd", "pingtrail-exporter"})

    def test_20_the_plugin_alone_goes_into_an_empty_system_and_says_how_it_will_ping(self):
        said = self.install(self.debs["pingtrail-plugin"])
        self.assertIn("no file capability", said)
        self.assertIn("net.ipv4.ping_group_range", said)
        self.assertEqual(self.stat("/var/lib/pingtrail"), "pingtrail:pingtrail 2770")
        self.assertEqual(self.stat("/var/lib/pingtrail/rrd"), "pingtrail:pingtrail 2750")
        self.assertEqual(self.stat("/var/spool/pingtrail/perfdata"), "pingtrail:pingtrail 2770")
        self.assertEqual(self.inside("find", "/usr", "-perm", "/6000", "-name", "*pingtrail*").stdout, "")

    def test_21_a_core_that_comes_later_is_let_in(self):
        said = self.install(core_package(self.out, self.work))
        self.assertIn("user nagios is now in the group pingtrail", said)
        self.assertIn("pingtrail", self.groups_of("nagios"))

    def test_22_checks_run_as_nagios_with_ping_sockets(self):
        command = as_user("nagios", CHECK, "-n", "2", "--name", "by-socket", "-H", "127.0.0.1")
        done = self.namespace.run(EVERYONE, *command)
        self.assertRegex(done.stdout, r"\AOK - 127\.0\.0\.1: rta [\d.]+ms, lost 0%\|rta=[^\n]*\n\Z")
        self.assertEqual(self.stat("/var/lib/pingtrail/state/by-socket"), "nagios:pingtrail 660")
        refused = self.namespace.run(NOBODY, *command, check=False)
        self.assertEqual(refused.returncode, 3, refused.stdout)

    def test_23_checks_run_as_nagios_with_the_file_capability(self):
        self.inside("apt-get", "-qq", "install", "-y", "--no-install-recommends", "libcap2-bin")
        said = self.inside("dpkg-reconfigure", "pingtrail-plugin").stdout
        self.assertNotIn("no file capability", said)
        self.assertEqual(self.inside("getcap", CHECK).stdout.split(), [CHECK, "cap_net_raw=p"])
        command = as_user("nagios", CHECK, "-n", "2", "--name", "by-capability", "-H", "127.0.0.1")
        done = self.namespace.run(NOBODY, *command)
        self.assertRegex(done.stdout, r"\AOK - 127\.0\.0\.1: rta [\d.]+ms, lost 0%\|rta=[^\n]*\n\Z")
        # And still starts where the capability is out of reach.
        bare = ("setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-all")
        self.assertEqual(self.namespace.run(EVERYONE, *bare, *command).returncode, 0)

    def test_30_an_older_version_of_everything_is_installed_and_nothing_starts(self):
        self.inside("dpkg", "-P", "pingtrail-plugin")
        self.assertEqual(self.leftover(), set(), "after purging the plugin")
        # The account stays, as Debian's do. This time the core's user is there before the package.
        self.inside("gpasswd", "-d", "nagios", "pingtrail")

        def another_text(tree):
            path = os.path.join(tree, "etc/pingtrail/rrd.conf")
            if os.path.exists(path):
                with open(path, "a", encoding="utf-8") as file:
                    file.write("# as the older version had it\n")
        old = [other_version(self.debs[name], "0.0.1-1", self.out, self.work, another_text)
               for name in ("pingtrail", "pingtrail-plugin", "pingtrail-rrd", "pingtrail-exporter")]
        said = self.install(*old, tool=("apt-get", "-qq", "install", "-y", "--no-install-recommends"))
        self.assertIn("user nagios is now in the group pingtrail", said)
        self.assertIn("pingtrail", self.groups_of("nagios"))
        wanted = self.inside("find", "/etc/systemd/system", "-name", "pingtrail*").stdout
        self.assertEqual(wanted, "", "enabled without being asked")

    def test_31_the_packages_own_tests_pass(self):
        for name in ("plugin", "rrd", "exporter"):
            with self.subTest(test=name):
                if name == "exporter" and not os.path.exists(os.path.join(SOURCE, "exporter/main.cc")):
                    print("\nskip packages.deb.exporter: this tree has no pingtrail-exporter")
                    continue
                script = os.path.join(self.root, "root", "test-" + name)
                shutil.copy(os.path.join(SOURCE, "packaging/debian/tests", name), script)
                self.namespace.run(EVERYONE, "/root/test-" + name)

    def test_32_the_settings_show_every_option_of_their_daemon(self):
        for program, settings in (("pingtrail-rrd", "rrd.conf"), ("pingtrail-exporter", "exporter.conf")):
            if not os.path.exists(self.root + "/usr/sbin/" + program):
                continue  # test_31 tells whether it should be there
            offered = set(re.findall(r"^ +(?:-\w, )?--([a-z][a-z.-]+)", self.inside(program, "--help").stdout, re.M))
            self.assertGreater(len(offered), 5)
            with open(self.root + "/etc/pingtrail/" + settings, encoding="utf-8") as file:
                shown = set(re.findall(r"^#?([a-z.-]+) = ", file.read(), re.M))
            with self.subTest(settings=settings):
                self.assertEqual(shown, offered - {"config", "help", "version", "once", "dry-run"})

    def test_33_units_are_sound_and_confined(self):
        units = sorted(os.path.basename(path) for path in glob.glob(self.root + "/lib/systemd/system/pingtrail*"))
        self.assertIn("pingtrail-rrd.service", units)
        units = [unit.replace("@.", "@pingtrail-rrd.service.") for unit in units]
        # With this machine's own units behind them, as the fresh system has no systemd; but then it
        # looks for the programs here as well.
        done = run("systemd-analyze", "verify", "--man=no", *units, check=False,
                   env=dict(WITH_SBIN, SYSTEMD_UNIT_PATH=self.root + "/lib/systemd/system:"))
        faults = [line for line in done.stdout.splitlines() if "is not executable" not in line]
        self.assertEqual(faults, [])
        services = [unit for unit in units if unit.endswith(".service")]
        # In tenths: all are at 1.2 or below, on systemd's scale to 10.
        run("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", "--root=" + self.root,
            *services)

    def test_34_a_failure_is_logged_and_handed_to_the_administrators_script(self):
        hook = "/usr/lib/pingtrail/failure-hook"
        said = self.inside(hook, "a.service").stdout
        self.assertEqual(said, "<2>a.service: failed (unknown); see journalctl -u a.service\n")
        script = self.root + "/etc/pingtrail/on-failure"
        with open(script, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho told of $1\n")
        os.chmod(script, 0o755)
        self.assertIn("told of a.service\n", self.inside(hook, "a.service").stdout)
        os.unlink(script)

    def test_35_an_upgrade_keeps_history_archives_and_edited_settings(self):
        settings = os.path.join(self.root, "etc/pingtrail/rrd.conf")
        with open(settings, "a", encoding="utf-8") as file:
            file.write("group = 60s\n")
        self.inside("setcap", "-r", CHECK)
        self.inside("chmod", "2775", "/var/spool/pingtrail/perfdata")
        history = self.inside("find", "/var/lib/pingtrail", "-type", "f", "-exec", "sha256sum", "{}", "+").stdout
        self.assertIn("/state/autopkgtest", history)
        self.assertIn(".rrd", history)
        new = [self.debs[name] for name in ("pingtrail", "pingtrail-plugin", "pingtrail-rrd", "pingtrail-exporter")]
        self.install(*new, tool=("dpkg", "--force-confdef", "--force-confold", "-i"))
        after = self.inside("find", "/var/lib/pingtrail", "-type", "f", "-exec", "sha256sum", "{}", "+").stdout
        self.assertEqual(sorted(after.splitlines()), sorted(history.splitlines()))
        with open(settings, encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("group = 60s\n"))
        self.assertEqual(self.stat("/var/spool/pingtrail/perfdata"), "pingtrail:pingtrail 2775")
        self.assertIn("cap_net_raw=p", self.inside("getcap", CHECK).stdout)

    def test_40_removal_keeps_history_and_settings(self):
        names = ("pingtrail", "pingtrail-rrd", "pingtrail-exporter", "pingtrail-plugin")
        self.inside("dpkg", "-r", *names)
        self.assertFalse(os.path.exists(self.root + CHECK))
        for kept in ("/var/lib/pingtrail/state/autopkgtest", "/etc/pingtrail/rrd.conf"):
            self.assertTrue(os.path.exists(self.root + kept), kept)

    def test_41_purging_leaves_nothing(self):
        self.inside("dpkg", "-P", "pingtrail", "pingtrail-rrd", "pingtrail-exporter", "pingtrail-plugin")
        self.assertEqual(self.leftover(), set())

    def leftover(self):
        """Files that are there now, were not in the beginning, and belong to no other package."""
        owned = set()
        for path in glob.glob(self.root + "/var/lib/dpkg/info/*.list"):
            with open(path, encoding="utf-8") as file:
                owned.update(line.strip().lstrip("/") for line in file)
        # With /usr merged, dpkg's lists name /lib and /bin, and the files are in /usr.
        owned.update(["usr/" + name for name in owned if name.split("/")[0] in ("bin", "sbin", "lib", "lib64")])
        return self.files() - self.before - owned


WITH_SBIN = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin", LC_ALL="C.UTF-8")
NONINTERACTIVE = dict(WITH_SBIN, DEBIAN_FRONTEND="noninteractive")
MIRROR = None

if __name__ == "__main__":
    absent = missing_tools("debootstrap", "dpkg-deb", "lintian", "apt-get", "unshare", "ip", "setpriv",
                           "systemd-analyze")
    if os.geteuid() != 0 or absent:
        skip_all("packages.deb", "needs root" if os.geteuid() != 0 else "not installed: " + " ".join(absent))
    if run("unshare", "--net", "true", check=False).returncode != 0:
        skip_all("packages.deb", "no network namespace may be made here")
    MIRROR = mirror()
    if MIRROR is None:
        skip_all("packages.deb", "apt on this machine knows no Debian mirror")
    unittest.main(failfast=True)
