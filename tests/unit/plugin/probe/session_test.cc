// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/session.h"

#include <gtest/gtest.h>

#include "plugin/probe/statistics.h"
#include "tests/support/echo_messages.h"

namespace pingtrail::probe {
namespace {

using namespace std::chrono_literals;
using support::address;
using support::Bytes;
using support::kId;

constexpr MonoTime kStart{1000s};

// A session to one or two hosts whose probes the test sends by hand.
class Session : public testing::Test {
 protected:
  ProbeSession make(ProbePlan plan, std::vector<Address> targets = {address("192.0.2.7")}) {
    ProbeSession session(plan, std::move(targets), kStart);
    session.identify({kId, kId, payload_});
    return session;
  }

  static ProbePlan plan(int probes) {
    ProbePlan made;
    made.probes_per_target = probes;
    made.packet_interval = 10ms;
    return made;
  }

  // Sends whatever is due until `until` and returns what was sent.
  static std::vector<std::pair<SendEcho, MonoTime>> send_all(ProbeSession& session,
                                                             MonoTime until) {
    std::vector<std::pair<SendEcho, MonoTime>> sent;
    MonoTime now = kStart;
    while (now < until) {
      const Action action = session.next(now);
      if (const auto* echo = std::get_if<SendEcho>(&action)) {
        session.sent(*echo, now);
        sent.emplace_back(*echo, now);
      } else if (const auto* wait = std::get_if<WaitUntil>(&action)) {
        now = wait->at;
      } else {
        break;
      }
    }
    return sent;
  }

  void reply(ProbeSession& session, std::uint16_t sequence, MonoTime at,
             const char* source = "192.0.2.7") {
    const Address from = address(source);
    const Bytes message = support::echo_reply(from.family, kId, sequence, payload_);
    session.received({from, message, at, true, false});
  }

  std::vector<std::byte> payload_ = echo_payload(support::secret(), 24);
};

TEST_F(Session, KeepsThePacketIntervalBetweenProbesToOneHost) {
  auto session = make(plan(3));
  const auto sent = send_all(session, kStart + 50ms);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].second, kStart);
  EXPECT_EQ(sent[1].second, kStart + 10ms);
  EXPECT_EQ(sent[2].second, kStart + 20ms);
}

TEST_F(Session, DoesNotMakeUpForLostTimeWithABurst) {
  auto session = make(plan(3));
  const auto first = std::get<SendEcho>(session.next(kStart));
  session.sent(first, kStart);
  // The machine was busy for a second; two probes are overdue.
  const auto second = std::get<SendEcho>(session.next(kStart + 900ms));
  session.sent(second, kStart + 900ms);
  EXPECT_EQ(session.next(kStart + 900ms), Action(WaitUntil{kStart + 910ms}));
}

TEST_F(Session, SpacesHostsByTheTargetIntervalAndInterleavesRounds) {
  ProbePlan wanted = plan(2);
  wanted.target_interval = 15ms;
  auto session = make(wanted, {address("192.0.2.7"), address("2001:db8::7")});
  const auto sent = send_all(session, kStart + 100ms);
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0], std::pair(SendEcho{0, 0}, kStart));
  EXPECT_EQ(sent[1], std::pair(SendEcho{0, 1}, kStart + 10ms));
  EXPECT_EQ(sent[2], std::pair(SendEcho{1, 0}, kStart + 15ms));
  EXPECT_EQ(sent[3], std::pair(SendEcho{1, 1}, kStart + 25ms));
}

TEST_F(Session, KeepsTheRateCeilingOverAllHosts) {
  ProbePlan wanted = plan(2);
  wanted.packet_interval = 0ms;
  wanted.minimum_gap = 4ms;
  auto session = make(wanted, {address("192.0.2.7"), address("192.0.2.8")});
  const auto sent = send_all(session, kStart + 100ms);
  ASSERT_EQ(sent.size(), 4U);
  for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(sent[i].second, kStart + i * 4ms);
}

TEST_F(Session, KeepsTheTargetIntervalBehindALateProbe) {
  ProbePlan wanted = plan(1);
  wanted.target_interval = 7ms;
  auto session = make(wanted, {address("192.0.2.7"), address("192.0.2.8"), address("192.0.2.9")});
  session.sent(std::get<SendEcho>(session.next(kStart)), kStart);
  session.sent(std::get<SendEcho>(session.next(kStart + 11ms)), kStart + 11ms);
  EXPECT_EQ(session.next(kStart + 14ms), Action(WaitUntil{kStart + 18ms}));
}

TEST_F(Session, ReachesAHighRateAlthoughEverySleepIsTooLong) {
  ProbePlan wanted = plan(1000);
  wanted.packet_interval = 0ms;
  wanted.minimum_gap = 25us;
  auto session = make(wanted);
  int sent = 0;
  for (MonoTime now = kStart; now < kStart + 10ms; now += 100us) {
    for (;;) {
      const Action action = session.next(now);
      const auto* echo = std::get_if<SendEcho>(&action);
      if (echo == nullptr) break;
      session.sent(*echo, now);
      ++sent;
    }
  }
  EXPECT_GE(sent, 390);
  EXPECT_LE(sent, 401);
}

TEST_F(Session, DoesNotMakeUpForALongStallBeyondAMillisecond) {
  ProbePlan wanted = plan(1000);
  wanted.packet_interval = 0ms;
  wanted.minimum_gap = 100us;
  auto session = make(wanted);
  session.sent(std::get<SendEcho>(session.next(kStart)), kStart);
  int burst = 0;
  while (std::holds_alternative<SendEcho>(session.next(kStart + 500ms))) ++burst;
  EXPECT_LE(burst, 11);
}

TEST_F(Session, EndsWhenTheCallerKnowsTheDeadlineIsReached) {
  auto session = make(plan(2));
  send_all(session, kStart + 5ms);
  session.reach_deadline();
  EXPECT_EQ(session.next(kStart + 5ms), Action(Finished{}));
  EXPECT_TRUE(std::move(session).finish(kStart + 5ms).deadline_reached);
}

TEST_F(Session, SlowsDownWhenMoreIsInFlightThanTheBufferHolds) {
  ProbePlan wanted = plan(4);
  wanted.packet_interval = 0ms;
  wanted.in_flight_limit = 2;
  auto session = make(wanted);
  const auto sent = send_all(session, kStart + 1ms);
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[1].second, kStart);
  EXPECT_EQ(sent[2].second, kStart + 50us);
  EXPECT_EQ(sent[3].second, kStart + 100us);
}

TEST_F(Session, CountsAReplyOnceAndTheRestAsDuplicates) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  for (int i = 0; i < 3; ++i) reply(session, 0, kStart + 12ms + i * 1ms);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(statistics(result.probes).received, 1U);
  EXPECT_EQ(result.duplicates, 2U);
  EXPECT_EQ(result.probes[0].round_trip, Nanoseconds(12ms));
}

struct Forgery {
  const char* name;
  const char* source;
  std::uint16_t id;
  std::uint16_t sequence;
  std::size_t payload_bytes;
  int flipped_byte;  // of the payload; -1: none
  std::uint32_t corrupted;
  std::uint32_t foreign;
};

class NoReply : public Session, public testing::WithParamInterface<Forgery> {};

TEST_P(NoReply, IsNeverCountedAndNeverHidesLoss) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  const Forgery& forgery = GetParam();
  auto payload = echo_payload(support::secret(), forgery.payload_bytes);
  if (forgery.flipped_byte >= 0) {
    payload[static_cast<std::size_t>(forgery.flipped_byte)] ^= std::byte{1};
  }
  const Address source = address(forgery.source);
  const Bytes message = support::echo_reply(source.family, forgery.id, forgery.sequence, payload);
  session.received({source, message, kStart + 16ms, true, false});
  const auto results = std::move(session).finish(kStart + 2s);
  EXPECT_EQ(statistics(results.targets[0].probes).received, 0U);
  EXPECT_EQ(results.targets[0].corrupted, forgery.corrupted);
  EXPECT_EQ(results.foreign, forgery.foreign);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NoReply,
    testing::Values(Forgery{"foreign_source", "192.0.2.8", kId, 0, 24, -1, 0, 1},
                    Forgery{"other_family", "2001:db8::7", kId, 0, 24, -1, 0, 1},
                    Forgery{"wrong_id", "192.0.2.7", kId + 1, 0, 24, -1, 0, 0},
                    Forgery{"sequence_never_sent", "192.0.2.7", kId, 2, 24, -1, 1, 0},
                    Forgery{"far_sequence", "192.0.2.7", kId, 65535, 24, -1, 1, 0},
                    Forgery{"wrong_secret", "192.0.2.7", kId, 0, 24, 0, 1, 0},
                    Forgery{"last_byte_wrong", "192.0.2.7", kId, 0, 24, 23, 1, 0},
                    Forgery{"cut_by_one", "192.0.2.7", kId, 0, 23, -1, 1, 0},
                    Forgery{"header_only", "192.0.2.7", kId, 0, 0, -1, 1, 0},
                    Forgery{"longer", "192.0.2.7", kId, 0, 25, -1, 1, 0}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Session, RefusesAWrongChecksumWhereNobodyBelowChecked) {
  auto session = make(plan(1));
  send_all(session, kStart + 5ms);
  const Address source = address("192.0.2.7");
  Bytes message = support::echo_reply(Family::ipv4, kId, 0, payload_);
  message[2] ^= std::byte{0x40};
  session.received({source, message, kStart + 2ms, true, false});
  EXPECT_EQ(std::move(session).finish(kStart + 2s).targets[0].corrupted, 1U);
}

TEST_F(Session, RefusesAReplyLongerThanTheReceiversBuffer) {
  auto session = make(plan(1));
  send_all(session, kStart + 5ms);
  const Bytes message = support::echo_reply(Family::ipv4, kId, 0, payload_);
  session.received({address("192.0.2.7"), message, kStart + 2ms, false, true});
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(result.corrupted, 1U);
  EXPECT_EQ(statistics(result.probes).received, 0U);
}

TEST_F(Session, CallsAReplyLateByItsStamp) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  reply(session, 0, kStart + 1s);
  reply(session, 1, kStart + 10ms + 1s + 1ns);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(statistics(result.probes).received, 1U);
  EXPECT_EQ(result.late, 1U);
  EXPECT_EQ(result.probes[1].fate, ProbeFate::cut_short);
}

TEST_F(Session, TakesBackALossWhenABusyMachineReadsTheReplyAfterItsTime) {
  auto session = make(plan(1));
  send_all(session, kStart + 5ms);
  EXPECT_EQ(session.next(kStart + 3s), Action(Finished{}));
  EXPECT_EQ(session.tally(0).lost, 1U);
  reply(session, 0, kStart + 40ms);
  EXPECT_EQ(session.tally(0).lost, 0U);
  const auto result = std::move(session).finish(kStart + 3s).targets[0];
  EXPECT_EQ(result.probes[0].round_trip, Nanoseconds(40ms));
}

TEST_F(Session, MeasuresFromTheKernelsTransmitStampEvenWhenItComesLast) {
  auto session = make(plan(1));
  send_all(session, kStart + 5ms);
  reply(session, 0, kStart + 40ms);
  session.transmitted({0, 0}, kStart + 3ms);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(result.probes[0].round_trip, Nanoseconds(37ms));
}

TEST_F(Session, DoesNotBelieveStampsThatContradictTheReply) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  session.transmitted({0, 0}, kStart - 2s);
  session.transmitted({0, 1}, kStart + 5s);
  reply(session, 0, kStart + 4ms);
  reply(session, 1, kStart + 15ms);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(result.probes[0].round_trip, Nanoseconds(4ms));
  EXPECT_EQ(result.probes[1].round_trip, Nanoseconds(5ms));
}

TEST_F(Session, NotesAnErrorWithItsSenderAndGoesOnWaiting) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  const Bytes message = support::icmp_error(
      {.destination = address("192.0.2.7"), .sequence = 1, .payload = payload_});
  session.received({address("198.51.100.1"), message, kStart + 16ms, true, false});
  EXPECT_EQ(session.tally(0).outstanding, 2U);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0], (ProbeError{1, address("198.51.100.1"), 3, 1, 0}));
}

TEST_F(Session, LetsAValidReplyOutweighAnErrorInEitherOrder) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  const auto error_about = [&](std::uint16_t sequence) {
    const Bytes message = support::icmp_error(
        {.destination = address("192.0.2.7"), .sequence = sequence, .payload = payload_});
    session.received({address("198.51.100.1"), message, kStart + 16ms, true, false});
  };
  error_about(0);
  reply(session, 0, kStart + 20ms);
  reply(session, 1, kStart + 20ms);
  error_about(1);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(statistics(result.probes).received, 2U);
  EXPECT_TRUE(result.errors.empty());
}

struct ForgedError {
  const char* name;
  const char* destination;
  std::uint16_t id;
  std::uint16_t sequence;
  std::size_t quoted_bytes;
  bool wrong_secret;
  std::size_t noted;
};

class Error : public Session, public testing::WithParamInterface<ForgedError> {};

TEST_P(Error, IsNotedOnlyWhenAllItQuotesIsOurs) {
  auto session = make(plan(2));
  send_all(session, kStart + 5ms);  // only the first probe is out
  const ForgedError& row = GetParam();
  Bytes quoted(payload_.begin(), payload_.begin() + static_cast<std::ptrdiff_t>(row.quoted_bytes));
  if (row.wrong_secret) quoted[3] ^= std::byte{0x10};
  const Bytes message = support::icmp_error({.destination = address(row.destination),
                                             .id = row.id,
                                             .sequence = row.sequence,
                                             .payload = quoted});
  session.received({address("198.51.100.1"), message, kStart + 4ms, true, false});
  EXPECT_EQ(std::move(session).finish(kStart + 2s).targets[0].errors.size(), row.noted);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Error,
    testing::Values(ForgedError{"whole_quote", "192.0.2.7", kId, 0, 24, false, 1},
                    ForgedError{"header_only", "192.0.2.7", kId, 0, 0, false, 1},
                    ForgedError{"half_a_quote", "192.0.2.7", kId, 0, 12, false, 1},
                    ForgedError{"wrong_secret", "192.0.2.7", kId, 0, 24, true, 0},
                    ForgedError{"wrong_secret_in_a_short_quote", "192.0.2.7", kId, 0, 8, true, 0},
                    ForgedError{"wrong_id", "192.0.2.7", kId + 1, 0, 24, false, 0},
                    ForgedError{"sequence_not_sent_yet", "192.0.2.7", kId, 1, 24, false, 0},
                    ForgedError{"sequence_beyond_the_run", "192.0.2.7", kId, 2, 24, false, 0},
                    ForgedError{"other_destination", "192.0.2.8", kId, 0, 24, false, 0}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Session, EndsAtTheDeadlineAndTellsUnsentFromInFlight) {
  ProbePlan wanted = plan(4);
  wanted.deadline = kStart + 15ms;
  auto session = make(wanted);
  send_all(session, kStart + 15ms);
  reply(session, 0, kStart + 12ms);
  EXPECT_EQ(session.next(kStart + 15ms), Action(Finished{}));
  const auto results = std::move(session).finish(kStart + 15ms);
  EXPECT_TRUE(results.deadline_reached);
  const auto& probes = results.targets[0].probes;
  EXPECT_EQ(probes[0].fate, ProbeFate::answered);
  EXPECT_EQ(probes[1].fate, ProbeFate::cut_short);
  EXPECT_EQ(probes[2].fate, ProbeFate::unsent);
  EXPECT_EQ(statistics(probes).sent, 2U);
}

TEST_F(Session, EndsAsSoonAsEveryProbeIsAnswered) {
  auto session = make(plan(2));
  send_all(session, kStart + 15ms);
  reply(session, 0, kStart + 12ms);
  EXPECT_EQ(session.next(kStart + 12ms), Action(WaitUntil{kStart + 10ms + 1s}));
  reply(session, 1, kStart + 13ms);
  EXPECT_EQ(session.next(kStart + 13ms), Action(Finished{}));
  EXPECT_FALSE(std::move(session).finish(kStart + 13ms).deadline_reached);
}

TEST_F(Session, DoesNotCountRefusedProbesAsSent) {
  auto session = make(plan(2));
  const auto echo = std::get<SendEcho>(session.next(kStart));
  session.refused(echo, base::Error{base::ErrorKind::unreachable, "192.0.2.7: no route"});
  EXPECT_EQ(session.tally(0).refused, 1U);
  const auto result = std::move(session).finish(kStart + 2s).targets[0];
  EXPECT_EQ(statistics(result.probes).sent, 0U);
  EXPECT_EQ(result.local_fault->message, "192.0.2.7: no route");
}

TEST_F(Session, LeavesOutWhatWasInFlightWhenTheAnswerWasSettled) {
  auto session = make(plan(3));
  send_all(session, kStart + 25ms);
  reply(session, 0, kStart + 12ms);
  session.settle();
  EXPECT_EQ(session.next(kStart + 26ms), Action(Finished{}));
  const auto result = std::move(session).finish(kStart + 26ms).targets[0];
  EXPECT_EQ(result.probes[1].fate, ProbeFate::abandoned);
  EXPECT_EQ(statistics(result.probes).sent, 1U);
}

TEST_F(Session, TellsWhichTargetsChanged) {
  auto session = make(plan(1), {address("192.0.2.7"), address("192.0.2.8")});
  send_all(session, kStart + 1ms);
  EXPECT_EQ(session.take_changed(), (std::vector<TargetIndex>{0, 1}));
  reply(session, 0, kStart + 2ms, "192.0.2.8");
  EXPECT_EQ(session.take_changed(), std::vector<TargetIndex>{1});
  EXPECT_TRUE(session.take_changed().empty());
}

TEST_F(Session, AcceptsAnEmptyPayloadBySourceIdAndSequence) {
  payload_.clear();
  auto session = make(plan(1));
  send_all(session, kStart + 1ms);
  reply(session, 0, kStart + 2ms);
  EXPECT_EQ(session.tally(0).answered, 1U);
}

}  // namespace
}  // namespace pingtrail::probe
