// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/local_store.h"

#include <rrd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "perfdata/base/posix_error.h"

namespace pingtrail::rrd {
namespace {

using base::Done;
using base::Error;
using base::ErrorKind;
using base::Expected;

std::vector<const char*> pointers(std::span<const std::string> texts) {
  std::vector<const char*> out;
  out.reserve(texts.size());
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

// What librrd has to say, with the archive's own name instead of the path it was given.
std::string last_failure(const std::string& given_path) {
  const char* text = rrd_get_error();
  std::string failure = text == nullptr || *text == '\0' ? "librrd gives no reason" : text;
  if (const std::size_t at = failure.find(given_path + ": "); at != std::string::npos) {
    failure.erase(at, given_path.size() + 2);
  }
  rrd_clear_error();
  return failure;
}

std::string source_definition(std::size_t number, const NewSource& source,
                              std::int64_t heartbeat_s) {
  return "DS:" + std::to_string(number) + (source.counter ? ":DERIVE:" : ":GAUGE:") +
         std::to_string(heartbeat_s) + (source.counter ? ":0:U" : ":U:U");
}

// rrd_create_r and rrd_tune are called with texts we made ourselves, so what they refuse is the
// state of the machine (space, rights), which may pass.
Error failed(const ArchiveTree& tree, const ArchiveName& name, const std::string& given_path) {
  return {ErrorKind::system, tree.path(name) + ": " + last_failure(given_path)};
}

class LocalStore : public RrdStore {
 public:
  explicit LocalStore(UndoLog undo) : undo_(std::move(undo)) {}

  bool wants_lock() const override { return true; }
  bool is_full() const override { return false; }
  Expected<Done> settle() override { return base::ok(); }

  Expected<Done> update(const ArchiveName& name, OpenArchive& archive,
                        std::span<const std::string> rows, std::int64_t last_time_s) override {
    (void)last_time_s;
    return update_through_librrd(name, archive, rows, undo_);
  }

 private:
  UndoLog undo_;
};

}  // namespace

Expected<Done> update_through_librrd(const ArchiveName& name, const OpenArchive& archive,
                                     std::span<const std::string> rows, UndoLog& undo) {
  if (auto done = undo.note(name, archive); !done) return done;
  // Through the descriptor: the very file that was looked at and is locked. librrd opens it anew,
  // and its close ends our lock as well (POSIX locks belong to the process).
  const std::string path = descriptor_path(archive.file.get());
  std::vector<const char*> arguments = pointers(rows);
  rrd_clear_error();
  const int status =
      rrd_update_r(path.c_str(), nullptr, static_cast<int>(arguments.size()), arguments.data());
  undo.clear();
  if (status == 0) return base::ok();
  return Error{ErrorKind::invalid_input,
               name.host + "/" + name.service + ".rrd: " + last_failure(path)};
}

std::unique_ptr<RrdStore> make_local_store(UndoLog undo) {
  return std::make_unique<LocalStore>(std::move(undo));
}

Expected<Done> create_archive(const ArchiveTree& tree, const ArchiveName& name, int worker,
                              const RraConfig& config, std::int64_t start_s,
                              const std::vector<NewSource>& sources) {
  std::vector<std::string> definitions;
  definitions.reserve(sources.size());
  for (const NewSource& source : sources) {
    definitions.push_back(source_definition(definitions.size() + 1, source, config.heartbeat_s));
  }
  for (const Rra& rra : config.archives) definitions.push_back(rra_definition(rra));
  std::vector<const char*> arguments = pointers(definitions);
  const std::string path = tree.staging_path(worker);
  rrd_clear_error();
  const int status = rrd_create_r(path.c_str(), static_cast<unsigned long>(config.step_s), start_s,
                                  static_cast<int>(arguments.size()), arguments.data());
  if (status != 0) {
    Error error = failed(tree, name, path);
    tree.sweep_worker(worker);
    return error;
  }
  return tree.publish(name, worker);
}

Expected<Done> add_sources(const ArchiveTree& tree, const ArchiveName& name, int worker,
                           const OpenArchive& archive, std::int64_t heartbeat_s,
                           const std::vector<NewSource>& sources) {
  // rrd_tune has no re-entrant form, and is rare.
  static std::mutex one_at_a_time;
  const std::lock_guard guard(one_at_a_time);
  // On a copy: the archive itself is never seen, nor left, half changed.
  if (auto done = tree.copy_to_staging(archive, worker); !done) {
    tree.sweep_worker(worker);
    return done;
  }
  const std::string path = tree.staging_path(worker);
  std::vector<std::string> words = {"tune", path};
  std::size_t number = archive.header.sources.size();
  words.reserve(words.size() + sources.size());
  for (const NewSource& source : sources)
    words.push_back(source_definition(++number, source, heartbeat_s));
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  rrd_clear_error();
  if (rrd_tune(static_cast<int>(arguments.size()), arguments.data()) != 0) {
    Error error = failed(tree, name, path);
    tree.sweep_worker(worker);
    return error;
  }
  return tree.publish(name, worker);
}

}  // namespace pingtrail::rrd
