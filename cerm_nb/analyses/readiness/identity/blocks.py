"""Which pairs of records are worth comparing: rules that find nearly every true pair among few."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

Rule = tuple[str, ...]

RULES: tuple[Rule, ...] = (
    ("email",),
    ("phone",),
    ("other_id",),
    ("given", "family"),
    ("birth",),
    ("birth", "given"),
    ("birth", "family"),
    ("birth", "city"),
    ("address",),
    ("address", "family"),
    ("postcode",),
    ("postcode", "family"),
    ("postcode", "given"),
    ("city",),
    ("city", "given"),
    ("city", "family"),
    ("given", "family", "city"),
)
"""Fields that must agree, the loosest first: a rule is not needed where a looser one could be afforded."""
STRICT: tuple[Rule, ...] = (("email",), ("other_id",), ("phone", "given"), ("birth", "given", "family"))
"""Rules whose pairs are nearly all true; they tell how many pairs there are to find."""
PAIRS_PER_RECORD, PAIRS_ALWAYS = 6, 100_000  # what one rule may cost
LEAST_PAIRS = 30  # a rule that finds fewer teaches nothing
LEAST_RULES = 2  # without a field in common, they teach every field


def pairs_of(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], table: str) -> dict[Rule, int]:
    """Count the pairs of records that agree on all fields of each rule."""
    counts = {}
    for rule in rules:
        names = ", ".join(rule)
        there = " AND ".join(f"{field} IS NOT NULL" for field in rule)
        found = connection.execute(
            f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT count(*) AS n FROM {table} "  # noqa: S608
            f"WHERE {there} GROUP BY {names})"
        ).fetchall()
        counts[rule] = int(found[0][0])
    return counts


def affordable(pairs: dict[Rule, int], records: int) -> list[Rule]:
    """Choose the rules to compare by: within the cost, and not within a looser rule already chosen."""
    budget = PAIRS_ALWAYS + PAIRS_PER_RECORD * records
    chosen: list[Rule] = []
    for rule, count in pairs.items():
        if 0 < count <= budget and not any(set(looser) <= set(rule) for looser in chosen):
            chosen.append(rule)
    return chosen


def to_learn_from(pairs: dict[Rule, int], chosen: Iterable[Rule]) -> list[Rule]:
    """Choose rules without a field in common, so that each field is learnt from pairs found by another.

    Strict rules first: a model learns best where matches are no rarity. Others, those with the fewest pairs
    first, only where strict ones alone would leave a field unlearnt.
    """
    loose = sorted(chosen, key=lambda rule: pairs[rule])
    rules: list[Rule] = []
    for rule in (*STRICT, *loose):
        apart = all(set(rule).isdisjoint(each) for each in rules)
        wanted = rule in STRICT or len(rules) < LEAST_RULES
        if wanted and apart and pairs.get(rule, 0) >= LEAST_PAIRS:
            rules.append(rule)
    return rules
