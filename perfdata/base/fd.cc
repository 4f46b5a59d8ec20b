// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/fd.h"

#include <unistd.h>

namespace pingtrail::base {

void Fd::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

}  // namespace pingtrail::base
