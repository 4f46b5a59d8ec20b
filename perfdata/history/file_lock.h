// SPDX-License-Identifier: GPL-3.0-or-later
// Small parts that the edges of history share. Each is defined in slot_store.cc.
#pragma once

#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/base/time.h"

namespace pingtrail::history {

// How long a check waits for a lock.
constexpr base::Milliseconds kLockWait{50};

// An exclusive flock, tried again until `wait` is over; then would_block.
base::Expected<base::Done> lock_file(const base::Fd& fd, const std::string& path,
                                     base::Milliseconds wait);
void unlock_file(const base::Fd& fd);

// Opens DIR/<folder>/<file> for reading and writing, and makes file and folder where they are
// missing (0660 and 2770 whatever the umask; as root they are given to DIR's owner and group). DIR
// itself is never made. folder may be "". Errors name path, fact and cure.
base::Expected<base::Fd> open_or_make(const std::string& dir, const std::string& folder,
                                      const std::string& file);

// What to do about it, appended to errors: "; mend with ...", or "".
std::string cure(const std::string& dir, int error_number);

}  // namespace pingtrail::history
