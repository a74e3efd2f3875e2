"""Link records by probability: a Fellegi–Sunter model that Splink trains and applies in DuckDB."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cerm_nb.analyses.readiness.identity import blocks, conflicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pandas as pd

LEAST_RECORDS = 200  # with fewer, chance agreement cannot be told from a match
LEAST_FILLED = 50  # records in which a field must be filled to be compared
MOST_ALIKE = 2  # records saying exactly the same that are compared
SAMPLED_PAIRS = 3_000_000  # random pairs that show how often strangers agree: all there are of 2,449 records
STRICT_RECALL = 0.8  # share of the true pairs that the strict rules find, for the prior alone
FIELDS = ("given", "family", "birth", "gender", "phone", "email", "other_id", "address", "city", "postcode")


@dataclass(frozen=True)
class Untrained:
    """Why no model could be trained, as a key with its numbers."""

    reason: str
    numbers: dict[str, object]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Splink's progress notes off the page; its errors still come through."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def train(connection: duckdb.DuckDBPyConnection, seed: int) -> dict[str, Any] | Untrained:
    """Train a model on the table ``linkable``: u from random pairs, m by expectation maximisation.

    Parameters
    ----------
    connection
        Database holding ``linkable``.
    seed
        Seed of the random pairs; of no effect where all pairs are looked at (`SAMPLED_PAIRS`).

    Returns
    -------
    dict or Untrained
        Splink's settings with all parameters, or why there are none.

    Notes
    -----
    Fellegi & Sunter 1969; parameters as in Linacre et al. 2022 (Splink). Fields filled too seldom are left
    out. m is learnt among the pairs of two or more rules without a field in common, so that each field is
    learnt from pairs that others found.
    """
    records, fields = _filled(connection)
    if records < LEAST_RECORDS:
        return Untrained("few_records", {"n": records, "needed": LEAST_RECORDS})
    counted = [rule for rule in (*blocks.RULES, *blocks.STRICT) if set(rule) <= set(fields)]
    pairs = blocks.pairs_of(connection, counted, "linkable")
    chosen = blocks.affordable({rule: n for rule, n in pairs.items() if rule in blocks.RULES}, records)
    lessons = blocks.to_learn_from(pairs, chosen)
    if len(lessons) < blocks.LEAST_RULES or lessons[0] not in blocks.STRICT:
        return Untrained("few_pairs", {"needed": blocks.LEAST_PAIRS})
    strict = max((n for rule, n in pairs.items() if rule in blocks.STRICT), default=0)
    prior = max(strict, 1) / STRICT_RECALL / (records * (records - 1) / 2)
    with quiet():
        return _fitted(connection, fields, chosen, lessons, min(prior, 0.5), seed)


def _filled(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[str]]:
    counts = ", ".join(f"count({field}), count(DISTINCT {field})" for field in FIELDS)
    records, *filled = connection.execute(f"SELECT count(*), {counts} FROM linkable").fetchall()[0]  # noqa: S608
    told = zip(FIELDS, filled[::2], filled[1::2], strict=True)
    return int(records), [field for field, n, distinct in told if n >= LEAST_FILLED and distinct > 1]


def _fitted(
    connection: duckdb.DuckDBPyConnection,
    fields: list[str],
    chosen: list[blocks.Rule],
    lessons: list[blocks.Rule],
    prior: float,
    seed: int,
) -> dict[str, Any] | Untrained:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row",
        comparisons=[_comparison(field) for field in fields],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in chosen],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
        linker_uid="readiness",
    )
    linker = Linker(DuckDBAPI(connection).register("linkable"), settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=seed)
    learnt = sum(_learn(linker, block_on(*rule)) for rule in lessons)
    if learnt < blocks.LEAST_RULES:
        return Untrained("did_not_converge", {"learnt": learnt, "tried": len(lessons)})
    return dict(linker.misc.save_model_to_json())


def _learn(linker: Any, rule: Any) -> bool:
    """Learn m among the pairs of a rule; tell whether that came to an end."""
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )
    except ValueError:  # a level that hardly occurs among few pairs: its probability runs down to nought
        return False
    return True


def _comparison(field: str) -> Any:
    """Say how near two values of a field can be, in the levels usual for its kind."""
    from splink import comparison_library as library

    if field in ("given", "family"):
        return library.NameComparison(field).configure(term_frequency_adjustments=True)
    if field in ("birth", "phone", "other_id"):
        return library.LevenshteinAtThresholds(field, [1, 2])
    if field in ("email", "address"):
        return library.JaroWinklerAtThresholds(field, [0.9, 0.8])
    if field == "city":
        return library.JaroWinklerAtThresholds(field, [0.9])
    return library.ExactMatch(field) if field == "gender" else library.LevenshteinAtThresholds(field, [1])


def pairs(
    connection: duckdb.DuckDBPyConnection, trained: dict[str, Any], least: float, further: str = ""
) -> pd.DataFrame:
    """Find the pairs of ``linkable``, or between it and a further table, that the model takes for one person.

    Parameters
    ----------
    connection, trained
        Database and model, from `train`.
    least
        Probability from which a pair is linked.
    further
        Table laid out the same whose rows are linked to those of ``linkable``, and not to each other.

    Returns
    -------
    DataFrame
        Columns left, right (row numbers) and weight (log2 odds, to 4 places so that the order in which
        threads add up leaves no trace); pairs in conflict are left out.
    """
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection)
    tables = [further, "linkable"] if further else ["linkable"]
    settings = trained | {"link_type": "link_only" if further else "dedupe_only"}
    with quiet():
        # The names decide which table is left: Splink orders its inputs by them.
        inputs = [api.register(name, table_name=f"{place}_{name}") for place, name in enumerate(tables)]
        linker = Linker(inputs, settings, validate_settings=False, log_level=None)  # Splink wrote them itself
        scored = linker.inference.predict(threshold_match_probability=least).physical_name
    found = connection.execute(
        f"SELECT l.row AS left, r.row AS right, round(match_weight, 4) AS weight FROM {scored} "  # noqa: S608
        f"JOIN {tables[0]} l ON l.row = row_l JOIN linkable r ON r.row = row_r "
        f"WHERE NOT {conflicts.in_conflict()} ORDER BY 1, 2"
    ).df()
    api.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    return found
