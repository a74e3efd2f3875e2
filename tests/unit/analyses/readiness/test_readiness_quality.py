from __future__ import annotations

import dataclasses
import typing
from datetime import date

import numpy as np
import pandas as pd
import pytest
from readiness_client import AS_OF, TRUE, Resolution, cell, no_keys, simulated_list, table

from cerm_nb import sources, stats
from cerm_nb.analyses.readiness import MEASURES, SOURCES, Params, score_sources

OWN = Params()


def scored(tables, cells=(), resolution=None, keys=None, own=OWN):
    cells = pd.DataFrame(list(cells)) if not isinstance(cells, pd.DataFrame) else cells
    if not len(cells):
        cells = pd.DataFrame([cell("x", "y", 0, 0)]).iloc[:0]
    tables = tables if isinstance(tables, pd.DataFrame) else pd.DataFrame(tables)
    keys = no_keys() if keys is None else keys
    return score_sources(tables, cells, resolution or Resolution(), keys, own, AS_OF)


def one(told, entry: str, measure: str) -> pd.Series:
    scores = told.scores
    return scores[(scores["entry"] == entry) & (scores["measure"] == measure)].iloc[0]


def test_the_seven_sources_are_those_a_table_can_be_mapped_to():
    annotation = sources.TableSpec.model_fields["source"].annotation
    literal = next(each for each in typing.get_args(annotation) if each is not type(None))
    assert typing.get_args(literal) == SOURCES


def test_every_true_share_is_recovered_and_covered():
    true = {
        "completeness": TRUE["filled"],
        "validity": TRUE["readable"] * TRUE["plausible"],
        "readability": TRUE["readable"],
        "timeliness": TRUE["fresh"],
        "uniqueness": 1 - TRUE["duplicated"],
        "agreement": TRUE["agree"],
        "linkability": 0.7,
    }
    found = {name: [] for name in true}
    covered = dict.fromkeys(true, 0)
    rounds = 40
    for seed in range(rounds):
        told = scored(*simulated_list(seed))
        for name, share in true.items():
            row = one(told, "cards", name)
            found[name].append(row["share"])
            covered[name] += row["low"] <= share <= row["high"]
    for name, share in true.items():
        assert np.mean(found[name]) == pytest.approx(share, abs=0.01), name
        assert covered[name] / rounds >= 0.88, name


def test_shares_by_hand():
    told = scored(
        [table("web", "customers", "internet", 10, recent=4, dated=8, future=2)],
        [cell("web", "email", 10, 10, 1, 2), cell("web", "phone", 10, 5, 0, 2)],
        Resolution(links=pd.DataFrame({"entry": "web", "customer_id": [*"aabcdefghi"]})),
    )
    (row,) = told.frame.to_dict("records")
    assert (row["source"], row["table"], row["rows"]) == ("internet", "web", 10)
    assert row["completeness"] == pytest.approx(15 / 20)
    assert row["validity"] == pytest.approx((15 - 3 - 2) / 15)
    assert row["uniqueness"] == pytest.approx(9 / 10)
    assert row["timeliness"] == pytest.approx(4 / 6)
    assert np.isnan(row["agreement"])
    assert np.isnan(row["linkability"])  # one list without numbers has nothing it could be linked to
    assert (row["used_by"], row["used_share"]) == ("value", 0.8)
    completeness = one(told, "web", "completeness")
    assert completeness["n"] == 10  # rows, not cells
    assert (completeness["low"], completeness["high"]) == stats.wilson_interval(7.5, 10)
    assert told.columns["column"].tolist() == ["phone", "email"]
    assert told.weakest["share"] == pytest.approx(2 / 3)


def test_a_record_is_linkable_by_a_number_or_by_another_list():
    links = pd.DataFrame({"entry": [*"aaab"], "customer_id": ["n1", "p1", "p2", "p1"]})
    customers = pd.DataFrame({"customer_id": ["n1", "p1", "p2"], "customer_id_from": ["a", None, None]})
    told = scored(
        [table("a", "customers", "cards", 3), table("b", "customers", "press", 1)],
        resolution=Resolution(links=links, customers=customers),
    )
    assert one(told, "a", "linkability")["share"] == pytest.approx(2 / 3)
    assert one(told, "b", "linkability")["share"] == 1


def test_a_growing_table_is_linked_by_keys_and_unique_by_keys():
    told = scored(
        [table("calls", "contacts", "call_centre", 50, key_column="contact_id", keyed=40, distinct_keys=30)],
        keys=pd.DataFrame({"entry": ["calls"], "rows": [50], "with_key": [25], "linked": [20]}),
    )
    assert one(told, "calls", "linkability")[["share", "n"]].tolist() == [0.4, 50]
    assert one(told, "calls", "uniqueness")[["share", "n"]].tolist() == [0.75, 40]


@pytest.mark.parametrize(
    ("last", "share"), [(AS_OF, 1.0), (date(2024, 12, 29), 0.499), (date(2020, 1, 1), 0.0)]
)
def test_a_growing_table_ages_from_its_last_row(last, share):
    told = scored(
        [table("stays", "transactions", "operations", 100, first_day=date(2019, 1, 1), last_day=last)]
    )
    row = one(told, "stays", "timeliness")
    assert row["share"] == pytest.approx(share, abs=1e-3)
    assert row["low"] == row["share"] <= row["high"] <= 1


def test_the_high_end_of_a_slow_table_allows_for_the_wait_until_its_next_row():
    random = np.random.default_rng(5)
    start, fed_for, rounds = pd.Timestamp(AS_OF) - pd.Timedelta(days=365), 300, 300
    logs = []
    for at in range(rounds):  # one row in 10 days, the last that could come in 65 days before the end
        days = start + pd.to_timedelta(random.integers(0, fed_for, 1 + random.poisson(30)), unit="D")
        span = {"first_day": days.min(), "last_day": days.max()}
        logs.append(table(f"log{at}", "contacts", "call_centre", days.size, **span))
    scores = scored(logs).scores.query("measure == 'timeliness'")
    covered = scores["low"].le(1 - 65 / 365.25) & scores["high"].ge(1 - 65 / 365.25)
    assert len(scores) == rounds
    assert covered.mean() >= 0.93


@pytest.mark.parametrize(
    "strange", [{"last_day": date(2100, 1, 1), "future": 1}, {"dated": 0, "last_day": None}]
)
def test_a_table_whose_last_day_tells_nothing_has_no_timeliness(strange):
    tables = pd.DataFrame(
        [table("stays", "transactions", "operations", 5, **strange), table("l", "customers", None, 1)]
    )
    assert told_measures(scored(tables), "stays") == {"used_share"}


def told_measures(told, entry: str) -> set[str]:
    return set(told.scores.loc[told.scores["entry"] == entry, "measure"])


def test_every_source_has_a_state():
    filled = [cell(entry, "name", 20, 20) for entry in ("ops", "web", "calls", "desk")] + [
        cell("cards", "name", 20, 3)
    ]
    keys = pd.DataFrame({"entry": ["ops", "cards", "calls", "desk"], "rows": 20, "linked": [20, 20, 5, 20]})
    told = scored(
        [
            table("ops", "transactions", "operations", 20),
            table("cards", "contacts", "cards", 20),
            table("calls", "contacts", "call_centre", 20),
            table("web", "contacts", "internet", 20, used_by=()),
            table("desk", "contacts", "office", 20),
            table("news", "contacts", "press", 0, dated=0, recent=0),
            table("own", "contacts", None, 7),
        ],
        filled,
        keys=keys,
    )
    states = told.by_source.set_index("source")["state"].to_dict()
    assert states == {
        "office": "good",
        "internet": "unused",
        "press": "empty",
        "events": "missing",
        "operations": "good",
        "cards": "weak",
        "call_centre": "unlinked",
    }
    assert list(told.by_source["source"]) == list(SOURCES)
    assert told.sources_there == 5
    assert told.good_sources == 2
    assert told.unused["table"].tolist() == ["web"]
    assert (told.unused_rows, told.unused_share) == (20, 0.2)
    assert told.frame.set_index("table").loc["web", "used_share"] == 0


def test_a_source_is_the_mean_of_its_entries_weighted_by_n():
    told = scored(
        [table("a", "contacts", "press", 10), table("b", "contacts", "press", 30)],
        [cell("a", "text", 10, 5), cell("b", "text", 30, 30)],
    )
    pooled = told.source_scores.set_index(["source", "measure"]).loc[("press", "completeness")]
    assert pooled["share"] == pytest.approx(35 / 40)
    assert pooled["n"] == 40
    assert pooled["low"] < 35 / 40 < pooled["high"]
    assert told.by_source.set_index("source").loc["press", "completeness"] == pooled["share"]


def test_a_customer_table_without_source_stands_for_itself_and_others_do_not():
    told = scored([table("sales", "transactions", None, 9), table("kpis", "kpis", None, 9)])
    assert set(told.source_scores["source"]) == {"sales"}
    assert told.sources_there == 0
    assert np.isnan(told.unused_share)


def test_what_was_not_resolved_leaves_lists_undetermined():
    tables, cells, resolution = simulated_list(1)
    told = scored(tables, cells, dataclasses.replace(resolution, reason="no_identifying_field"))
    assert not {"uniqueness", "linkability"} & told_measures(told, "cards")


def test_tables_of_no_source_are_a_reason():
    told = scored(pd.DataFrame([table("x", "survey", None, 20)]))
    assert told.reason == "no_sources"
    assert len(told.weakest) == 0
    assert scored(pd.DataFrame([table("x", "survey", "office", 20)])).reason == ""


def test_no_tables_is_a_reason():
    told = scored(pd.DataFrame([table("x", "customers", None, 1)]).iloc[:0])
    assert told.reason == "no_tables"
    assert (told.by_source["state"] == "missing").all()
    assert len(told.weakest) == 0
    assert not len(told.frame)


def test_empty_tables_have_no_scores():
    told = scored(
        [table("x", "customers", "press", 0, dated=0, recent=0, columns_there=0)], [cell("x", "name", 0, 0)]
    )
    assert not len(told.scores)
    assert told.frame[list(MEASURES)].isna().all(axis=None)


def test_order_of_the_cells_and_links_does_not_matter():
    tables, cells, resolution = simulated_list(2)
    turned = dataclasses.replace(
        resolution, links=resolution.links[::-1], customers=resolution.customers[::-1]
    )
    pd.testing.assert_frame_equal(
        scored(tables, cells, resolution).scores, scored(tables, cells[::-1], turned).scores
    )
