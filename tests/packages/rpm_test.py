#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the RPM packages with this machine's rpmbuild, reads them, and installs them into a root of
their own: this machine's files, with every change in a layer above that is thrown away. Needs root.

usage: rpm_test.py SOURCE_DIRECTORY [unittest options]
"""
import glob
import os
import subprocess
import sys
import unittest

from package_case import Namespace, as_user, build, missing_tools, run, scratch, skip_all, traces_of_the_build

SOURCE = sys.argv.pop(1) if len(sys.argv) > 1 else ""
NAMES = ("pingtrail", "pingtrail-plugin", "pingtrail-rrd", "pingtrail-exporter")
STATE, SPOOL = "/var/lib/pingtrail", "/var/spool/pingtrail"
PLUGINS = "/usr/lib64/nagios/plugins"
EVERYONE, NOBODY = "0 2147483647", "1 0"
LAYOUT = "[%{FILEMODES:perms}\t%{FILEUSERNAME}:%{FILEGROUPNAME}\t%{FILEFLAGS:fflags}\t%{FILECAPS}\t%{FILENAMES}\n]"


class Packages(unittest.TestCase):
    """One life, told in order: what a test leaves behind, the next one begins with."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.out = os.path.join(cls.scratch.name, "out")
        build(SOURCE, "rpm", cls.out)
        found = glob.glob(cls.out + "/*.rpm")
        cls.rpms = {run("rpm", "-qp", "--qf", "%{NAME}", path).stdout: path
                    for path in found if not path.endswith(".src.rpm")}
        cls.layout = {}
        for name, path in cls.rpms.items():
            lines = run("rpm", "-qp", "--qf", LAYOUT, path).stdout.splitlines()
            fields = [line.split("\t") for line in lines if line.count("\t") == 4]
            cls.layout.update({field[4]: (name, *field[:4]) for field in fields})

    def mount_root(self):
        """A root over this machine's own; False where no such layer can be mounted."""
        top = self.scratch.name
        type(self).root = os.path.join(top, "root")
        for name in ("layer", "layer/upper", "layer/work", "root"):
            os.makedirs(os.path.join(top, name), exist_ok=True)
        # A layer must not lie in what it covers: tmpfs is neither.
        if run("mount", "-t", "tmpfs", "tmpfs", top + "/layer", check=False).returncode != 0:
            return False
        self.addClassCleanup(run, "umount", "-l", top + "/layer")
        os.makedirs(top + "/layer/upper")
        os.makedirs(top + "/layer/work")
        options = "lowerdir=/,upperdir=%s/layer/upper,workdir=%s/layer/work" % (top, top)
        if run("mount", "-t", "overlay", "-o", options, "overlay", self.root, check=False).returncode != 0:
            return False
        self.addClassCleanup(run, "umount", "-l", self.root)
        run("mount", "-t", "proc", "proc", self.root + "/proc")
        self.addClassCleanup(run, "umount", "-l", self.root + "/proc")
        return True

    def inside(self, *command, check=True):
        return run("chroot", self.root, *command, check=check)

    def rpm(self, *options, check=True):
        return run("rpm", "--root", self.root, "--nodeps", *options, check=check).stdout

    def test_10_rpmlint_finds_no_errors(self):
        spec, filters = (os.path.join(SOURCE, "packaging/rpm/pingtrail." + end) for end in ("spec", "rpmlintrc"))
        done = run("rpmlint", "-r", filters, "--ignore-unused-rpmlintrc", spec, *glob.glob(self.out + "/*.rpm"),
                   check=False)
        self.assertIn(" 0 errors", done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_11_the_packages_are_those_of_the_contract(self):
        self.assertEqual(set(self.rpms), set(NAMES))
        needs = run("rpm", "-qp", "--requires", self.rpms["pingtrail-plugin"]).stdout
        libraries = {line.split("(")[0] for line in needs.splitlines() if ".so" in line}
        self.assertLessEqual(libraries, {"libc.so.6", "ld-linux-x86-64.so.2"})

    def test_12_owners_modes_capability_and_configuration(self):
        for path, owner, mode in ((STATE, "pingtrail:pingtrail", "drwxrws---"),
                                  (STATE + "/rrd", "pingtrail:pingtrail", "drwxr-s---"),
                                  (SPOOL + "/perfdata", "pingtrail:pingtrail", "drwxrws---"),
                                  ("/usr/sbin/pingtrail-rrd", "root:root", "-rwxr-xr-x"),
                                  ("/usr/bin/pingtrail", "root:root", "-rwxr-xr-x")):
            with self.subTest(path=path):
                self.assertEqual(self.layout[path][1:3], (mode, owner))
        check = self.layout[PLUGINS + "/check_pingtrail"]
        self.assertEqual((check[0], check[1], check[4]), ("pingtrail-plugin", "-rwxr-xr-x", "cap_net_raw=p"))
        with_capability = [path for path, entry in self.layout.items() if entry[4] not in ("", "(none)")]
        self.assertEqual(with_capability, [PLUGINS + "/check_pingtrail"])
        settings = {path for path in self.layout if path.startswith("/etc/pingtrail/")}
        self.assertLessEqual({"/etc/pingtrail/rrd.conf", "/etc/pingtrail/maintenance.conf"}, settings)
        for path in settings:
            # c: a configuration file; n: kept when it was edited.
            self.assertEqual(self.layout[path][3], "cn", path)
        set_id = [path for path, entry in self.layout.items() if entry[1][0] == "-" and "s" in entry[1]]
        self.assertEqual(set_id, [])

    def test_13_scriptlets_have_no_unexpanded_macro_and_are_shell(self):
        for name, path in self.rpms.items():
            text = run("rpm", "-qp", "--scripts", "--triggers", path).stdout
            with self.subTest(package=name):
                self.assertNotIn("%{", text)
                self.assertNotIn("%systemd", text)
                body = "\n".join(line for line in text.splitlines()
                                 if "scriptlet (using" not in line and not line.startswith("trigger"))
                self.assertEqual(run("sh", "-n", input=body, check=False).returncode, 0, text)

    def test_14_nothing_names_the_machine_it_was_built_on(self):
        for name, path in self.rpms.items():
            tree = os.path.join(self.scratch.name, "look", name)
            os.makedirs(tree)
            with subprocess.Popen(["rpm2cpio", path], stdout=subprocess.PIPE) as packed:
                run("cpio", "-id", "--quiet", cwd=tree, stdin=packed.stdout)
            with self.subTest(package=name):
                self.assertEqual(traces_of_the_build(tree, SOURCE, self.out), [])

    def test_20_installed_into_another_root_it_is_complete_and_answers(self):
        if not self.mount_root():
            print("\nskip packages.rpm.root: no overlay can be mounted here")
            return
        self.inside("sh", "-c", "getent passwd nagios || useradd -r -g nogroup nagios; gpasswd -d nagios pingtrail; true")
        before = set(self.inside("find", "/etc", "/usr", "/var/lib/pingtrail", "/var/spool", "-xdev",
                                 check=False).stdout.splitlines())
        said = self.rpm("-i", *self.rpms.values())
        self.assertIn("user nagios is now in the group pingtrail", said)
        wrong = self.rpm("-V", "--nofiledigest", *NAMES, check=False)
        self.assertEqual([line for line in wrong.splitlines() if not line.startswith("Unsatisfied")], [])
        stat = self.inside("stat", "-c", "%U:%G %a", STATE).stdout.strip()
        self.assertEqual(stat, "pingtrail:pingtrail 2770")
        namespace = Namespace(self.root)
        command = as_user("nagios", PLUGINS + "/check_pingtrail", "-n", "2", "--name", "by-rpm", "-H", "127.0.0.1")
        for groups in (NOBODY, EVERYONE):
            self.assertIn("OK - 127.0.0.1", namespace.run(groups, *command).stdout)
        self.assertTrue(os.path.exists(self.root + STATE + "/state/by-rpm"))

        # An upgrade, here to itself, keeps edited settings; removal keeps the history.
        settings = self.root + "/etc/pingtrail/rrd.conf"
        with open(settings, "a", encoding="utf-8") as file:
            file.write("group = 60s\n")
        self.rpm("-U", "--force", *self.rpms.values())
        with open(settings, encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("group = 60s\n"))
        self.rpm("-e", *NAMES)
        self.assertTrue(os.path.exists(self.root + STATE + "/state/by-rpm"))
        after = set(self.inside("find", "/etc", "/usr", "-xdev").stdout.splitlines())
        new = {path for path in after - before if not path.endswith("-") and "/etc/.pwd.lock" not in path}
        self.assertLessEqual(new, {"/etc/pingtrail", "/etc/pingtrail/rrd.conf.rpmsave", "/usr/share/licenses"})


if __name__ == "__main__":
    absent = missing_tools("rpm", "rpmbuild", "rpmlint", "rpm2cpio", "cpio", "unshare", "ip", "setpriv")
    if os.geteuid() != 0 or absent:
        skip_all("packages.rpm", "needs root" if os.geteuid() != 0 else "not installed: " + " ".join(absent))
    if run("unshare", "--net", "true", check=False).returncode != 0:
        skip_all("packages.rpm", "no network namespace may be made here")
    unittest.main(failfast=True)
