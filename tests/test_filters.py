"""A subscription's keep and drop rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.filters import chosen
from aggregator.model import Entry, Person, Rule, Subscription

CRANE = Entry(
    "1",
    "Crane in Rabat moved",
    datetime(2026, 11, 23, tzinfo=UTC),
    link="https://pier.test/harbour/crane",
    summary="It took six hours.",
    authors=(Person("Ada Quay"), Person("Nura Vega")),
    categories=("Ships", "Morocco"),
)
BREAD = Entry("2", "Bread rises", datetime(2026, 11, 23, tzinfo=UTC))
BOTH = (CRANE, BREAD)


def _subscription(keep: tuple[Rule, ...] = (), drop: tuple[Rule, ...] = ()) -> Subscription:
    return Subscription("pier", "https://pier.test/feed", timedelta(hours=1), keep=keep, drop=drop)


def _rule(**patterns: str) -> Rule:
    return Rule(tuple(patterns.items()))


def test_without_rules_every_entry_passes() -> None:
    assert chosen(BOTH, _subscription()) == BOTH


@pytest.mark.parametrize(
    "rule",
    [
        _rule(title="(?i)rabat"),
        _rule(summary="six"),
        _rule(author="^Nura"),
        _rule(category="^Morocco$"),
        _rule(link="/harbour/"),
        _rule(title="Crane", author="Ada"),
    ],
)
def test_a_rule_finds_its_pattern_in_the_field_that_it_names(rule: Rule) -> None:
    assert chosen(BOTH, _subscription(keep=(rule,))) == (CRANE,)
    assert chosen(BOTH, _subscription(drop=(rule,))) == (BREAD,)


def test_all_patterns_of_a_rule_must_match() -> None:
    assert chosen(BOTH, _subscription(keep=(_rule(title="Crane", category="Bakery"),))) == ()


def test_one_keep_rule_is_enough_and_one_drop_rule_too() -> None:
    crane, bread = _rule(title="Crane"), _rule(title="Bread")
    assert chosen(BOTH, _subscription(keep=(crane, bread))) == BOTH
    assert chosen(BOTH, _subscription(drop=(crane, bread))) == ()
    assert chosen(BOTH, _subscription(keep=(crane, bread), drop=(bread,))) == (CRANE,)


def test_a_field_that_an_entry_lacks_matches_nothing() -> None:
    assert chosen((BREAD,), _subscription(drop=(_rule(author=".*"), _rule(category=".*")))) == (BREAD,)
