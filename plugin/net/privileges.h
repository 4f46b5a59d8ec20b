// SPDX-License-Identifier: GPL-3.0-or-later
// Capabilities: none in effect but around the few calls that need them.
// Process-wide state; to be called before any thread is started.
#pragma once

namespace pingtrail::net {

// Empties the effective set and keeps the permitted one. The first thing main() does.
void lower_privileges();

// While one lives, those of CAP_NET_RAW and CAP_NET_ADMIN that are permitted are in effect.
class RaisedPrivileges {
 public:
  RaisedPrivileges();
  ~RaisedPrivileges();
  RaisedPrivileges(const RaisedPrivileges&) = delete;
  RaisedPrivileges& operator=(const RaisedPrivileges&) = delete;
};

// Gives up for good what the network needed, and a set-user-id identity with it. When the real user
// is root, the rights over files stay permitted (not in effect): history written by root is given
// to the owner of its directory.
void drop_privileges();

// While one lives, root's rights over files are in effect, where drop_privileges() left them.
class RaisedFileRights {
 public:
  RaisedFileRights();
  ~RaisedFileRights();
  RaisedFileRights(const RaisedFileRights&) = delete;
  RaisedFileRights& operator=(const RaisedFileRights&) = delete;
};

}  // namespace pingtrail::net
