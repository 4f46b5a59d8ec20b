// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/spool/directory_spool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "perfdata/spool/directory_watch.h"
#include "perfdata/spool/spool_writer.h"
#include "tests/support/temp_directory.h"

namespace pingtrail::spool {
namespace {

std::vector<std::string> names(const base::Expected<std::vector<SpoolFile>>& files) {
  std::vector<std::string> out;
  for (const SpoolFile& file : files.value()) out.push_back(file.name);
  return out;
}

class SpoolTest : public testing::Test {
 protected:
  // Later calls make younger files.
  void arrive(const std::string& name, const std::string& text) {
    directory_.write(name, text);
    age_ -= std::chrono::seconds(1);
    std::filesystem::last_write_time(directory_.path(name), start_ - age_);
  }
  void claim_all(DirectorySpool& spool) {
    const auto files = spool.pending();
    for (const SpoolFile& file : files.value()) EXPECT_TRUE(spool.claim(file).value());
  }

  support::TempDirectory directory_;
  std::filesystem::file_time_type start_ = std::filesystem::file_time_type::clock::now();
  std::chrono::seconds age_ = std::chrono::hours(1);
};

TEST_F(SpoolTest, lists_regular_files_oldest_first_and_nothing_else) {
  arrive("z-first", "1\n");
  arrive("a-second", "2\n");
  directory_.write(".hidden", "3\n");
  std::filesystem::create_directory(directory_.path("directory"));
  std::filesystem::create_symlink("z-first", directory_.path("link"));
  auto spool = DirectorySpool::open(directory_.path());
  ASSERT_TRUE(spool);
  EXPECT_EQ(names(spool->pending()), (std::vector<std::string>{"z-first", "a-second"}));
}

TEST_F(SpoolTest, claims_by_rename_and_removes_on_release) {
  arrive("f", "x\n");
  auto spool = DirectorySpool::open(directory_.path());
  claim_all(*spool);
  EXPECT_TRUE(directory_.exists("claimed/f"));
  EXPECT_FALSE(directory_.exists("f"));
  ASSERT_TRUE(spool->release("f"));
  EXPECT_FALSE(directory_.exists("claimed/f"));
  EXPECT_FALSE(directory_.exists("rejected/f"));
}

TEST_F(SpoolTest, takes_a_file_that_rests_though_somebody_holds_it_open) {
  arrive("f", "x\n");
  auto spool = DirectorySpool::open(directory_.path());
  const std::ofstream holder(directory_.path("f"), std::ios::app);
  EXPECT_TRUE(spool->claim(spool->pending().value().at(0)).value());
}

TEST_F(SpoolTest, leaves_a_file_that_is_being_written) {
  directory_.write("f", "x\n");
  auto spool = DirectorySpool::open(directory_.path());
  const SpoolFile file = spool->pending().value().at(0);
  {
    std::ofstream writer(directory_.path("f"), std::ios::app);
    EXPECT_FALSE(spool->claim(file).value());
  }
  EXPECT_TRUE(spool->claim(file).value());
}

TEST_F(SpoolTest, leaves_a_second_file_of_a_name_that_is_claimed) {
  arrive("f", "first\n");
  auto spool = DirectorySpool::open(directory_.path());
  claim_all(*spool);
  arrive("f", "second\n");
  EXPECT_FALSE(spool->claim(spool->pending().value().at(0)).value());
  EXPECT_EQ(directory_.read("f"), "second\n");
  EXPECT_EQ(directory_.read("claimed/f"), "first\n");
}

TEST_F(SpoolTest, a_second_process_is_refused) {
  const auto first = DirectorySpool::open(directory_.path());
  ASSERT_TRUE(first);
  const auto second = DirectorySpool::open(directory_.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::would_block);
}

TEST_F(SpoolTest, a_missing_directory_is_named) {
  const auto spool = DirectorySpool::open(directory_.path("none"));
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().message, directory_.path("none") + ": No such file or directory");
}

TEST_F(SpoolTest, rejects_show_when_the_file_is_released) {
  arrive("f", "x\n");
  auto spool = DirectorySpool::open(directory_.path());
  claim_all(*spool);
  ASSERT_TRUE(spool->reject("f", 3, "no DATATYPE"));
  ASSERT_TRUE(spool->reject("f", 7, "no TIMET"));
  EXPECT_FALSE(directory_.exists("rejected/f"));
  ASSERT_TRUE(spool->release("f"));
  EXPECT_EQ(directory_.read("rejected/f"), "f:3: no DATATYPE\nf:7: no TIMET\n");
}

TEST_F(SpoolTest, many_rejects_all_arrive) {
  arrive("f", "x\n");
  auto spool = DirectorySpool::open(directory_.path());
  claim_all(*spool);
  std::string want;
  for (std::size_t line = 1; line <= 20000; ++line) {
    ASSERT_TRUE(spool->reject("f", line, "no DATATYPE"));
    want += "f:" + std::to_string(line) + ": no DATATYPE\n";
  }
  ASSERT_TRUE(spool->release("f"));
  EXPECT_EQ(directory_.read("rejected/f"), want);
}

TEST_F(SpoolTest, rejects_of_an_earlier_file_of_the_same_name_stay) {
  auto spool = DirectorySpool::open(directory_.path());
  for (const char* reason : {"first", "second", "third"}) {
    arrive("f", "x\n");
    claim_all(*spool);
    ASSERT_TRUE(spool->reject("f", 1, reason));
    ASSERT_TRUE(spool->release("f"));
  }
  EXPECT_EQ(directory_.read("rejected/f"), "f:1: first\n");
  EXPECT_EQ(directory_.read("rejected/f.2"), "f:1: second\n");
  EXPECT_EQ(directory_.read("rejected/f.3"), "f:1: third\n");
}

TEST_F(SpoolTest, after_a_crash_claimed_files_are_there_and_their_rejects_begin_anew) {
  directory_.write("claimed/f", "x\n");
  directory_.write("rejected/.f", "f:1: half of the story\n");
  auto spool = DirectorySpool::open(directory_.path());
  EXPECT_EQ(names(spool->claimed()), std::vector<std::string>{"f"});
  EXPECT_FALSE(directory_.exists("rejected/.f"));
  ASSERT_TRUE(spool->reject("f", 1, "all of it"));
  ASSERT_TRUE(spool->release("f"));
  EXPECT_EQ(directory_.read("rejected/f"), "f:1: all of it\n");
}

TEST_F(SpoolTest, after_a_crash_within_release_the_rejects_are_shown) {
  directory_.write("rejected/.f", "f:1: reason\n");
  ASSERT_TRUE(DirectorySpool::open(directory_.path()));
  EXPECT_EQ(directory_.read("rejected/f"), "f:1: reason\n");
  EXPECT_FALSE(directory_.exists("rejected/.f"));
}

TEST_F(SpoolTest, gives_a_file_in_pieces_of_whole_lines) {
  directory_.write("claimed/f", "one\ntwo\nthree\nfour");
  auto spool = DirectorySpool::open(directory_.path());
  auto file = spool->read("f");
  ASSERT_TRUE(file);
  std::string piece;
  std::vector<std::string> pieces;
  while (file->next(9, piece).value() == Piece::lines) pieces.push_back(piece);
  EXPECT_EQ(pieces, (std::vector<std::string>{"one\ntwo\n", "three\n", "four"}));
}

TEST_F(SpoolTest, passes_over_a_line_longer_than_the_limit) {
  directory_.write("claimed/f", "one\n" + std::string(100, 'x') + "\ntwo\n");
  auto spool = DirectorySpool::open(directory_.path());
  auto file = spool->read("f");
  std::string piece;
  EXPECT_EQ(file->next(16, piece).value(), Piece::lines);
  EXPECT_EQ(piece, "one\n");
  EXPECT_EQ(file->next(16, piece).value(), Piece::oversized);
  EXPECT_EQ(file->next(16, piece).value(), Piece::lines);
  EXPECT_EQ(piece, "two\n");
  EXPECT_EQ(file->next(16, piece).value(), Piece::end);
}

TEST_F(SpoolTest, the_writer_leaves_whole_files_and_never_replaces_one) {
  ASSERT_TRUE(leave_in_spool(directory_.path(), "perfdata.1.2", "line\n"));
  EXPECT_EQ(directory_.read("perfdata.1.2"), "line\n");
  EXPECT_FALSE(leave_in_spool(directory_.path(), "perfdata.1.2", "other\n"));
  EXPECT_EQ(directory_.read("perfdata.1.2"), "line\n");
  const auto files = std::filesystem::directory_iterator(directory_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(SpoolTest, the_writer_names_a_directory_that_is_not_there) {
  const auto done = leave_in_spool(directory_.path("none"), "f", "x");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, directory_.path("none") + ": No such file or directory");
}

TEST_F(SpoolTest, the_watch_opens_and_clears_without_waiting) {
  auto watch = DirectoryWatch::open(directory_.path());
  ASSERT_TRUE(watch);
  EXPECT_GE(watch->fd(), 0);
  directory_.write("f", "x");
  watch->clear();
  EXPECT_FALSE(DirectoryWatch::open(directory_.path("none")));
}

}  // namespace
}  // namespace pingtrail::spool
