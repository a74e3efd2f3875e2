"""What the notebooks' run on the sample hotel published, against what its generator planted.

The tables are what nbval's own run leaves: `make nbval-chain` runs this file after it, no notebook twice.
"""

import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
TRUTH = json.loads((ROOT / "data" / "hanbit_hotel" / "truth.json").read_text(encoding="utf-8"))
PERSON = re.compile(r"\bR\d{4,}\b|(?<![\d.])01\d-?\d{3,4}-?\d{4}\b|@")
LEFT = os.environ.get("CERM_CHAIN", "")

pytestmark = pytest.mark.skipif(not LEFT, reason="needs the tables of nbval's run (make nbval-chain)")


def table(address: str) -> pd.DataFrame:
    question, _, name = address.partition(".")
    (path,) = Path(LEFT).glob(f"hanbit_hotel/*/*_{question}/tables/{name}.parquet")
    return pd.read_parquet(path)


def test_every_candidate_for_the_promise_is_preferred_to_what_is_there() -> None:
    promises = table("promise.promise")
    assert len(promises) == 3
    assert (promises["preference_low"] > 0).all()


def test_what_is_chosen_fits_budget_and_staff() -> None:
    initiatives = table("roadmap.initiatives")
    chosen = initiatives[initiatives["selected"].fillna(value=False).astype(bool)]
    assert 0 < chosen["cost"].sum() <= 800_000_000
    assert chosen["staff"].sum() <= 60


def test_causes_are_variables_reasons_and_needs() -> None:
    assert set(table("roadmap.causes")["kind"]) == {"variable", "reason", "need"}


def test_the_links_found_are_those_planted_and_no_others() -> None:
    links = table("scorecard.links").set_index(["from", "to"])
    supported = links[links["evidence"] == "supported"]
    planted = {(one["from"], one["to"]): one["lag_months"] for one in TRUTH["kpis"]["lead_lag"]}
    assert supported["lag"].to_dict() == planted


def test_the_changes_of_level_found_are_those_planted_and_no_others() -> None:
    proposals = table("scorecard.proposals").set_index("indicator")
    planted = TRUTH["kpis"]["change_points"]
    assert {name: f"{row['period']:%Y-%m-%d}" for name, row in proposals.iterrows()} == {
        name: one["period"] for name, one in planted.items()
    }
    for name, one in planted.items():
        assert proposals.loc[name, "low"] <= one["step"] <= proposals.loc[name, "high"]


def test_only_what_was_planted_improves_and_nothing_gets_worse() -> None:
    variation = table("scorecard.indicators").set_index("indicator")["variation"]
    told = variation[variation.isin(["improvement", "concern"])]
    assert told.to_dict() == dict.fromkeys(TRUTH["kpis"]["change_points"], "improvement")


def test_what_other_questions_found_stands_on_the_scorecard() -> None:
    sources = table("scorecard.indicators").set_index("indicator")["source"]
    assert {"gap_at_moments", "kept_promise"} <= set(sources[sources != "kpis"].index)


def test_no_table_holds_a_persons_contact() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(LEFT).rglob("*.csv")]
    assert texts
    private = [path for path in Path(LEFT).rglob("*.csv") if PERSON.search(path.read_text(encoding="utf-8"))]
    assert not [path.name for path in private]
