// SPDX-License-Identifier: GPL-3.0-or-later
// Edge: finds and reads the ini file that --extra-opts means.
#pragma once

#include <string>

#include "perfdata/base/expected.h"
#include "plugin/check/parse.h"

namespace pingtrail::check {

// Reads `path`; when it is empty, the first of the places that Monitoring Plugins document:
// $MP_CONFIG_FILE; monitoring-plugins.ini, plugins.ini and nagios-plugins.ini in each directory of
// $NAGIOS_CONFIG_PATH; then the system directories (/etc/monitoring-plugins, /usr/local/etc/...,
// /etc/nagios, /etc/opt/...). Errors name the file; "not found" names --extra-opts. Files over 1
// MiB are refused.
base::Expected<IniText> read_ini_file(const std::string& path);

}  // namespace pingtrail::check
