// SPDX-License-Identifier: GPL-3.0-or-later
// pingtrail-rrd at work: watches the spool, drains it, and keeps at it whatever happens.
#pragma once

#include <functional>
#include <string>

#include "perfdata/base/log.h"
#include "perfdata/rrd_options.h"

namespace pingtrail::daemon {

// Tells the service manager: sd_notify(3)'s "READY=1" and the like.
using Notify = std::function<void(const std::string&)>;

// Runs until SIGTERM or SIGINT, or with --once until the spool is empty. `reload` gives the
// settings anew after SIGHUP. Returns the exit code: 0, or 1 when it could not begin or, with
// --once, could not finish; everything not written is still in the spool then.
int run(const rrd_options::Settings& settings, const base::Log& log, const Notify& notify,
        const std::function<base::Expected<rrd_options::Settings>()>& reload);

// --dry-run: one line on standard output about what the spool would make. Returns the exit code.
int tell_forecast(const rrd_options::Settings& settings, const base::Log& log);

}  // namespace pingtrail::daemon
