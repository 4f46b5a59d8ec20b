// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/report/words.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::cli {
namespace {

using base::Expected;
using history::ChainReport;
using history::ChainState;

int exit_code(ChainState state) {
  switch (state) {
    case ChainState::intact:
      return 0;
    case ChainState::torn_end:
      return 1;
    case ChainState::broken:
      break;
  }
  return 2;
}

std::string verdict(const std::string& dir, const ChainReport& chain) {
  const std::string records = report::counted(chain.records, "record");
  if (chain.state == ChainState::intact) return dir + ": intact, " + records + "\n";
  const bool torn = chain.state == ChainState::torn_end;
  return dir + ": " + (torn ? "torn end: " : "broken: ") + chain.fact + " (" + records +
         " good before it)" + (torn ? "; --repair closes it" : "") + "\n";
}

// Verifies one directory, and closes its torn end when asked to.
Expected<int> verify_one(const std::string& dir, bool repair) {
  // A directory that is not there has no journal, which must not pass for an intact one.
  const auto listing = history::read_states(dir);
  if (!listing) return listing.error();
  auto chain = history::walk_journal(dir, {});
  if (!chain) return chain.error();
  chain = history::held_against(std::move(*chain), listing->states);
  std::string text = verdict(dir, *chain);
  if (repair && chain->state == ChainState::torn_end) {
    chain = history::repair_journal(dir);
    if (!chain) return chain.error();
    text = dir + ": torn end closed, " + report::counted(chain->records, "record") + "\n";
    chain->state = ChainState::intact;
  }
  if (auto done = emit(text); !done) return done.error();
  return exit_code(chain->state);
}

}  // namespace

Expected<int> run_verify(const Words& words) {
  std::vector<std::string> dirs = words.all("state-dir");
  if (dirs.empty()) dirs.emplace_back(default_state_dir());
  int worst = 0;
  for (const std::string& dir : dirs) {
    auto code = verify_one(dir, words.has("repair"));
    if (!code) return code;
    worst = std::max(worst, *code);
  }
  return worst;
}

}  // namespace pingtrail::cli
