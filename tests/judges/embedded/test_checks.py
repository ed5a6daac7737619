"""Each kind of check on conversations that comply, break the rule, or never come to it."""

from __future__ import annotations

from typing import Any

from coach.findings import Finding
from coach.judges.embedded.judge import EmbeddedJudge
from coach.transcript import Transcript
from tests.builders import conversation, criterion, rubric

SIGNALS = {
    "hello": {"phrases": ["hello", "good morning"], "speaker": "agent"},
    "sorry": {"description": "apologises", "phrases": ["sorry"], "speaker": "agent"},
    "rude": {"phrases": ["hurry up", "that's the rule"], "speaker": "agent"},
    "thanks": {"phrases": ["thank*"], "speaker": "customer"},
    "welcome": {"phrases": ["you are welcome", "my pleasure"], "speaker": "agent"},
    "hold": {"phrases": ["hold on", "one moment"], "speaker": "agent"},
    "may-i": {"phrases": ["may i"], "speaker": "agent"},
    "bye": {"phrases": ["goodbye"]},
}


def judged(transcript: Transcript, *checks: dict[str, Any], scenario: dict[str, Any] | None = None) -> Finding | None:
    """The finding on a criterion with these checks; `scenario` is its detection (default: the criterion is `always`)."""
    where = {"scenario": "s"} if scenario else {}
    scenarios = (
        [{"id": "s", "title": "S", "description": "S", "detect": {"confidence": 1, **scenario}}] if scenario else []
    )
    one = rubric(criterion(checks=list(checks), **where), signals=SIGNALS, scenarios=scenarios)
    findings = EmbeddedJudge(one, calibrated=False).judge(transcript).findings
    return findings[0] if findings else None


def test_a_forbidden_phrase_is_quoted_with_its_sentence() -> None:
    finding = judged(conversation("A: Hello. That's the rule!", "C: Oh."), {"check": "forbid", "says": ["rude"]})
    assert finding is not None
    assert finding.verdict == "violated"
    assert [(e.turn, e.quote) for e in finding.evidence] == [(0, "That's the rule!")]


def test_the_customer_may_say_what_the_agent_may_not() -> None:
    finding = judged(conversation("A: Hello.", "C: Hurry up!"), {"check": "forbid", "says": ["rude"]})
    assert finding is not None
    assert finding.verdict == "met"


def test_quoting_the_forbidden_phrase_is_no_violation() -> None:
    transcript = conversation('A: I see, the colleague said "hurry up" to you.', "C: Yes.")
    finding = judged(transcript, {"check": "forbid", "says": ["rude"]})
    assert finding is not None
    assert finding.verdict == "met"


def test_an_excuse_in_the_same_turn_lifts_the_ban() -> None:
    check = {"check": "forbid", "says": ["rude"], "unless_also": ["sorry"]}
    finding = judged(conversation("A: Sorry, that's the rule.", "C: Oh."), check)
    assert finding is not None
    assert finding.verdict == "met"


def test_what_is_required_at_the_opening_counts_only_there() -> None:
    check = {"check": "require", "says": ["hello"], "where": "opening"}
    assert judged(conversation("A: Good morning.", "C: Hi."), check).verdict == "met"  # type: ignore[union-attr]
    late = judged(conversation("A: Yes?", "C: Hi.", "A: Hello."), check)
    assert late is not None
    assert late.verdict == "violated"
    assert [(e.turn, e.quote) for e in late.evidence] == [(0, "Yes?")]


def test_what_is_missing_is_said_by_its_meaning_and_its_name() -> None:
    missing = judged(conversation("A: Yes?", "C: Hi."), {"check": "require", "says": ["sorry"]})
    assert missing is not None
    assert missing.rationale == "missing in turn 0: apologises (sorry)"


def test_parts_of_a_requirement_may_be_spread_over_turns_in_a_row() -> None:
    check = {"check": "require", "says": ["hello", "may-i"], "where": "opening"}
    finding = judged(conversation("A: Hello.", "A: May I help?", "C: Yes."), check)
    assert finding is not None
    assert finding.verdict == "met"


def test_every_occasion_to_respond_has_to_be_taken() -> None:
    check = {"check": "respond_to", "says": ["welcome"]}
    thanked = {"any": [{"by": "customer", "says": ["thanks"]}]}
    lines = ["A: Here it is.", "C: Thanks.", "A: You are welcome.", "C: Thanks again.", "A: Next."]
    finding = judged(conversation(*lines), check, scenario=thanked)
    assert finding is not None
    assert finding.verdict == "violated"
    assert finding.evidence[0].turn == 4


def test_a_scenario_that_does_not_arise_leaves_no_finding() -> None:
    thanked = {"any": [{"by": "customer", "says": ["thanks"]}]}
    check = {"check": "respond_to", "says": ["welcome"]}
    assert judged(conversation("A: Hello.", "C: Bye."), check, scenario=thanked) is None


def test_consent_has_to_come_before_the_hold() -> None:
    check = {"check": "require_before", "when": [{"by": "agent", "says": ["hold"]}], "says": ["may-i"]}
    asked = judged(conversation("A: May I put you on hold?", "C: Yes.", "A: One moment."), check)
    assert asked is not None
    assert asked.verdict == "met"
    unasked = judged(conversation("A: One moment.", "C: Hm.", "A: May I go on?"), check)
    assert unasked is not None
    assert (unasked.verdict, unasked.evidence[0].turn) == ("violated", 0)


def test_an_apology_has_to_follow_the_hold() -> None:
    check = {"check": "require_after", "when": [{"by": "agent", "says": ["hold"]}], "says": ["sorry"], "within": 2}
    finding = judged(conversation("A: One moment.", "C: Ok.", "A: So, it is red."), check)
    assert finding is not None
    assert finding.verdict == "violated"


def test_a_missing_word_can_be_declared_undecidable() -> None:
    check = {"check": "require", "says": ["hello"], "missing": "not_assessed"}
    finding = judged(conversation("A: Yes?", "C: Hi."), check)
    assert finding is not None
    assert finding.verdict == "not_assessed"


def test_an_unsure_check_is_reported_as_not_assessed() -> None:
    finding = judged(conversation("A: Hurry up."), {"check": "forbid", "says": ["rude"], "confidence": 0.6})
    assert finding is not None
    assert finding.verdict == "not_assessed"
    assert "too unsure (0.60)" in finding.rationale


def test_keeping_a_rule_needs_less_certainty_than_breaking_it() -> None:
    finding = judged(conversation("A: Hello."), {"check": "forbid", "says": ["rude"], "confidence": 0.6})
    assert finding is not None
    assert finding.verdict == "met"


def test_the_pause_before_hanging_up_is_measured() -> None:
    check = {"check": "timing", "measure": "hang_up_wait", "minimum": 4.5}
    waited = judged(conversation("A: Goodbye.", "A: [hangs up]", times=[0, 2, 7.5, 7.6]), check)
    hasty = judged(conversation("A: Goodbye.", "A: [hangs up]", times=[0, 2, 3, 3.1]), check)
    assert waited is not None
    assert hasty is not None
    assert (waited.verdict, hasty.verdict) == ("met", "violated")
    assert hasty.evidence[0].quote == "[hangs up]"


def test_without_turn_times_timing_is_not_assessed() -> None:
    check = {"check": "timing", "measure": "silence", "maximum": 10}
    finding = judged(conversation("A: Hello.", "C: Hi.", "A: Yes."), check)
    assert finding is not None
    assert finding.verdict == "not_assessed"


def test_a_silence_that_was_announced_does_not_count() -> None:
    check = {"check": "timing", "measure": "silence", "maximum": 10, "announced_by": ["hold"]}
    times = [0, 1, 2, 3, 30, 31]
    announced = judged(conversation("A: One moment.", "C: Ok.", "A: So.", times=times), check)
    silent = judged(conversation("A: Hello.", "C: Hi.", "A: So.", times=times), check)
    assert silent is not None
    assert silent.verdict == "violated"
    assert announced is None


def test_speaking_over_the_customer_is_measured() -> None:
    check = {"check": "timing", "measure": "overlap", "maximum": 0.5}
    finding = judged(conversation("C: I wanted to", "A: No.", times=[0, 4, 2, 3]), check)
    assert finding is not None
    assert (finding.verdict, finding.evidence[0].turn) == ("violated", 1)


def test_any_violation_outweighs_what_was_met() -> None:
    checks = [{"check": "require", "says": ["hello"]}, {"check": "forbid", "says": ["rude"]}]
    finding = judged(conversation("A: Hello, hurry up."), *checks)
    assert finding is not None
    assert finding.verdict == "violated"


def test_a_criterion_without_checks_is_not_assessed_and_says_why() -> None:
    one = rubric(criterion(unchecked="politeness of tone needs more than words"))
    finding = EmbeddedJudge(one, calibrated=False).judge(conversation("A: Hello.")).findings[0]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "politeness of tone needs more than words")


def test_the_same_input_always_gives_the_same_findings() -> None:
    one = rubric(criterion(checks=[{"check": "forbid", "says": ["rude"]}]), signals=SIGNALS)
    transcript = conversation("A: Hello.", "C: Hi.", "A: Hurry up.")
    assert EmbeddedJudge(one, calibrated=False).judge(transcript) == EmbeddedJudge(one, calibrated=False).judge(
        transcript
    )


def test_a_check_for_other_channels_is_switched_off() -> None:
    check = {"check": "require", "says": ["hello"], "channels": ["in-person"]}
    assert judged(conversation("A: Yes?", "C: Hi."), check) is None


def test_waiting_before_hanging_up_counts_from_the_agents_own_words() -> None:
    check = {"check": "timing", "measure": "hang_up_wait", "minimum": 4.5}
    times = [0, 2, 4, 6, 7, 7.1]
    finding = judged(conversation("A: Goodbye.", "C: Bye.", "A: [hangs up]", times=times), check)
    assert finding is not None
    assert finding.verdict == "met"


def test_an_omission_is_pinned_to_the_moment_that_asked_for_the_words() -> None:
    check = {"check": "require", "says": ["sorry"], "where": "conversation"}
    late = {"any": [{"by": "customer", "says": ["thanks"]}]}
    finding = judged(conversation("A: Hello.", "C: Yes.", "A: Here.", "C: Thanks.", "A: Bye."), check, scenario=late)
    assert finding is not None
    assert finding.evidence[0].turn == 4
