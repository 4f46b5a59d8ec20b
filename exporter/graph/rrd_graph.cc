// SPDX-License-Identifier: GPL-3.0-or-later
#include <rrd.h>
#include <stdlib.h>
#include <time.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "exporter/graph/graph.h"
#include "exporter/graph/plan.h"
#include "exporter/graph/svg_text.h"
#include "perfdata/rrd/archive_tree.h"

namespace pingtrail::graph {
namespace {

using base::Error;
using base::ErrorKind;
using base::Expected;

constexpr int kLockTries = 150;
constexpr std::chrono::milliseconds kLockPause{20};

// librrd parses words and times with static variables, and localtime() reads TZ anew every time.
std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}

// What TZ must hold for a zone; the machine's own is what the C library takes without it.
void set_zone(const std::string& zone) {
  const std::string wanted = zone.empty() ? ":/etc/localtime" : ":" + zone;
  // NOLINTBEGIN(concurrency-mt-unsafe): under the mutex, and at start for the usual zone
  const char* now = ::getenv("TZ");
  if (now != nullptr && wanted == now) return;
  ::setenv("TZ", wanted.c_str(), 1);
  ::tzset();
  // NOLINTEND(concurrency-mt-unsafe)
}

using Info = std::unique_ptr<rrd_info_t, void (*)(rrd_info_t*)>;

struct Drawn {
  std::string image;
  std::vector<std::string> legends;
};

Drawn collected(const rrd_info_t* info) {
  Drawn out;
  for (; info != nullptr; info = info->next) {
    const std::string_view key = info->key;
    if (key == "image" && info->type == RD_I_BLO) {
      const void* bytes = info->value.u_blo.ptr;
      out.image.assign(static_cast<const char*>(bytes), info->value.u_blo.size);
    } else if (key.starts_with("legend[") && info->type == RD_I_STR) {
      out.legends.emplace_back(info->value.u_str);
    }
  }
  return out;
}

// librrd's words without the path it was given, which says nothing to people.
std::string last_failure(const std::string& path) {
  const char* text = ::rrd_get_error();
  std::string out = text == nullptr || *text == '\0' ? "librrd gives no reason" : text;
  ::rrd_clear_error();
  for (std::size_t at = 0; (at = out.find(path)) != std::string::npos;) {
    out.replace(at, path.size(), "it");
  }
  return out;
}

Expected<Drawn> draw_once(const std::vector<std::string>& words, const std::string& path,
                          const std::string& shown) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::rrd_clear_error();
  const Info info(::rrd_graph_v(static_cast<int>(copies.size()), arguments.data()),
                  ::rrd_info_free);
  if (!info) {
    const std::string fact = last_failure(path);
    const bool locked = fact.find("could not lock") != std::string::npos;
    return Error{locked ? ErrorKind::would_block : ErrorKind::system,
                 shown + ": " + (locked ? "locked by another process" : fact)};
  }
  Drawn out = collected(info.get());
  if (out.image.empty()) return Error{ErrorKind::system, shown + ": librrd drew nothing"};
  return out;
}

}  // namespace

void prepare_process(const std::string& zone) {
  const std::lock_guard guard(one_at_a_time());
  // NOLINTNEXTLINE(concurrency-mt-unsafe): at start
  ::unsetenv("RRDCACHED_ADDRESS");
  set_zone(zone);
}

Expected<std::string> draw(ArchiveIndex& index, const GraphRequest& request) {
  const auto entry = index.find(request.host, request.query.service);
  if (!entry) return entry.error();
  const auto archive = index.open(entry->name);
  if (!archive) return archive.error();
  // Through the descriptor: the very file that was looked at, and nothing in its name to escape.
  const std::string path = rrd::descriptor_path(archive->file.get());
  std::vector<std::string> words = graph_words(request, *archive, path);
  for (int tries = 1;; ++tries) {
    Expected<Drawn> drawn = [&] {
      const std::lock_guard guard(one_at_a_time());
      set_zone(request.zone);
      return draw_once(words, path, archive->shown);
    }();
    // What librrd has no value for it would call "-nan".
    if (drawn && dash_missing(words, drawn->legends)) continue;
    if (drawn) return request.svg ? with_text(drawn->image, request, drawn->legends) : drawn->image;
    if (drawn.error().kind != ErrorKind::would_block || tries >= kLockTries) return drawn.error();
    std::this_thread::sleep_for(kLockPause);
  }
}

}  // namespace pingtrail::graph
