"""The roadmap question over whole runs: a managed client, one with little, and what is refused."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import yaml
from by_hand import by_hand, changed_by_hand
from projects import AS_OF, ROOT, add_tables, cerm, make_project, write_params
from results import Results, unworded

from cerm_nb.errors import CermError

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "60_roadmap"
GIVER = "40_experience"
HOSTILE = "<script>document.title='ours'</script>"
TABLES = {
    "moments": "touchpoint stage dimension nature attributes gap_from n n_eff state experience",
    "journey": "touchpoint stage moment n_eff emotion emotion_low emotion_high reason",
    "causes": "kind cause touchpoint attribute n n_eff estimate low high",
    "initiatives": "initiative name area touchpoint attribute indicator state impact low high gap success",
    "limits": "limit available used shadow_price extra shadow_gain gain gain_points added dropped",
    "schedule": "initiative name area state start end months staff_per_month slack critical stretched",
    "pilots": "initiative estimator estimate low high p p_adjusted n n_pilot n_control clusters",
    "control": "initiative name indicator direction start mean lower upper points_before points_after",
    "blueprint": "promise touchpoint stage segment name customer scenario role process information empty",
}


def survey(people: int = 80) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ratings from 1 to 7 of seven touchpoints, and satisfaction that follows the first ones."""
    rng = np.random.default_rng(9)
    names = [f"guest-{at:04d}" for at in range(people)]
    ratings = np.clip(np.rint(4.5 + rng.normal(0, 0.7, (people, 1)) + rng.normal(0, 1.1, (people, 7))), 1, 7)
    ratings[:, 0] = np.clip(ratings[:, 0] - 1, 1, 7)
    long = [
        pd.DataFrame(
            {
                "respondent": names,
                "brand": "us",
                "stage": ("before", "at", "after")[at % 3],
                "touchpoint": HOSTILE if at == 6 else f"place {at}",
                "attribute": f"thing {at}",
                "dimension": "product_service",
                "nature": ("rational", "emotional")[at % 2],
                "measure": measure,
                "value": values,
            }
        )
        for at in range(7)
        for measure, values in (("experience", ratings[:, at]), ("expectation", np.full(people, 5.0)))
    ]
    felt = np.clip(np.rint(ratings @ [0.4, 0.3, 0.1, 0.1, 0.05, 0.05, 0] + rng.normal(0, 0.5, people)), 1, 7)
    judged = pd.DataFrame({"respondent": names, "brand": "us", "measure": "satisfaction", "value": felt})
    return pd.concat(long, ignore_index=True), judged


def management() -> dict[str, pd.DataFrame]:
    """Three initiatives, one begun, one piloted; the indicator steps up where the first begins."""
    initiatives = pd.DataFrame(
        {
            "initiative": ["A", "B", "C"],
            "name": ["quicker desk", HOSTILE, ""],
            "area": ["process", "people", "information"],
            "touchpoint": ["place 1", "place 0", HOSTILE],
            "indicator": ["speed", None, None],
            "effect": [0.5, 0.8, 0.3],
            "effect_low": [0.2, 0.4, 0.1],
            "effect_high": [0.7, 1.2, 0.4],
            "cost": [10.0, 20.0, 5.0],
            "staff": [1.0, 2.0, 1.0],
            "months": [2, 3, 1],
            "feasibility": [4, 4, 5],
            "depends_on": [None, "C", None],
            "start": ["2024-01-01", None, None],
        }
    )
    periods = pd.date_range("2022-01-01", "2024-12-01", freq="MS")
    values = 10 + np.random.default_rng(3).normal(0, 0.3, len(periods)) + 2 * (periods >= "2024-01-01")
    kpis = pd.DataFrame({"indicator": "speed", "period": periods.strftime("%Y-%m-%d"), "value": values})
    told = {"indicator": ["speed"], "perspective": ["process"], "direction": ["higher"], "name": ["Speed"]}
    arms = np.repeat(["pilot", "control"], 60)
    unit = np.arange(120)
    pilots = pd.DataFrame({"initiative": "B", "unit": unit, "cluster": unit // 5, "arm": arms})
    rng = np.random.default_rng(2)
    phases = [
        pilots.assign(phase=phase, value=5 + rng.normal(0, 0.5, 120) + gain * (arms == "pilot"))
        for phase, gain in (("before", 0.0), ("after", 1.0))
    ]
    return {
        "initiatives": initiatives,
        "kpis": kpis,
        "indicators": pd.DataFrame(told),
        "pilots": pd.concat(phases, ignore_index=True),
    }


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run one client by the command line, one without management by hand; both were asked the same."""
    project = make_project(tmp_path_factory.mktemp("roadmap"), GIVER, QUESTION)
    ratings, judged = survey()
    tables = {"survey": ratings, "outcomes": judged}
    pages = [{"touchpoint": "place 0", "scenario": "somebody is there at once", "role": HOSTILE}]
    own = {"budget": 30.0, "staff": 10.0, "blueprint": pages}
    add_tables(project, "managed", tables | management(), (1, 7), **own)
    add_tables(project, "bare", tables, (1, 7))
    by_hand(project, "managed", GIVER)
    shutil.copytree(project / "out" / "managed" / AS_OF / GIVER, project / "out" / "bare" / AS_OF / GIVER)
    result = cerm(project, "run", "--only", QUESTION, "params/managed.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    return Results(project, QUESTION, shown={"bare": by_hand(project, "bare", QUESTION)})


def test_the_published_tables_begin_with_the_columns_they_promise(ran: Results) -> None:
    notebook = json.loads((ROOT / "notebooks" / f"{QUESTION}.ipynb").read_text(encoding="utf-8"))
    for client in ("managed", "bare"):
        for name, columns in TABLES.items():
            wanted = columns.split()
            assert list(ran.table(client, name).columns[: len(wanted)]) == wanted
        assert ran.tables(client) == {*TABLES} == {*notebook["metadata"]["cerm"]["gives"]}
    assert all(len(ran.table("managed", name)) for name in {*TABLES} - {"causes"})


def test_what_is_begun_fits_the_limits_and_is_scheduled(ran: Results) -> None:
    initiatives = ran.table("managed", "initiatives")
    picked = initiatives[initiatives["selected"]]
    assert len(picked)
    assert picked["cost"].sum() <= 30
    assert picked["staff"].sum() <= 10
    assert set(picked["state"]) == {"planned"}
    assert set(ran.table("managed", "schedule")["initiative"]) == set(picked["initiative"])


def test_nobody_s_number_stands_on_a_page_or_in_a_table(ran: Results) -> None:
    for name, text in ran.written("managed").items():
        assert "guest-0" not in text, name


def test_pages_are_worded_throughout(ran: Results) -> None:
    for client in ("managed", "bare"):
        assert len(ran.told(client)) > 1_000
        assert not unworded(ran.told(client)), client


def test_hostile_names_are_text(ran: Results) -> None:
    assert "<script" not in ran.page("managed")
    assert HOSTILE in ran.told("managed")


def test_a_small_client_is_told_what_to_begin_and_what_worked(ran: Results) -> None:
    found = ran.findings("managed")
    assert found["roadmap"]["verdict"] in ("go", "watch")
    assert (
        "1 of the 2 initiatives" in found["roadmap"]["answer"] or "2 of the 2" in found["roadmap"]["answer"]
    )
    assert found["effect"]["verdict"] == "go"
    assert found["effect"]["n"] == 2
    assert ran.table("managed", "initiatives").set_index("initiative").loc["A", "state"] == "done"
    (record,) = ran.table("managed", "blueprint").to_dict("records")
    assert record["missing"] == "process; information"


def test_a_client_without_initiatives_is_told_so_and_still_sees_its_moments(ran: Results) -> None:
    found = ran.findings("bare")
    assert {each["verdict"] for each in found.values()} == {"not_enough_data"}
    assert "no initiatives are given" in found["roadmap"]["answer"]
    assert "Gather initiatives" in found["roadmap"]["action"]
    assert "nothing was piloted" in found["effect"]["answer"]
    assert ran.table("bare", "moments")["gap"].notna().all()
    assert ran.table("bare", "initiatives").empty


def test_all_that_is_wrong_with_initiatives_is_refused_at_once(ran: Results, tmp_path: Path) -> None:
    wrong = management()["initiatives"].assign(
        touchpoint=["plce 1", "place 0", HOSTILE], depends_on=["B", "A", "nobody"], feasibility=[4, 9, 5]
    )
    for part in ("notebooks", "params", "data", "out/managed"):
        shutil.copytree(ran.project / part, tmp_path / part)
    wrong.to_csv(tmp_path / "data" / "managed_initiatives.csv", index=False)
    with pytest.raises(CermError) as refused:
        by_hand(tmp_path, "managed", QUESTION)
    text = " ".join(str(refused.value).split())
    for part in ("'plce 1'", "place 1", "wait for each other", "'nobody'", "feasibility", "got 9"):
        assert part in text, text


def test_a_budget_of_nothing_is_refused_before_anything_runs(ran: Results) -> None:
    values = yaml.safe_load((ran.project / "params" / "bare.yml").read_text(encoding="utf-8"))
    path = write_params(ran.project, values | {"client": "broke", "budget": 0.0})
    result = cerm(ran.project, "check", path)
    assert result.returncode == 1
    assert "nothing can be done with 0" in " ".join((result.stdout + result.stderr).split())


def test_the_same_client_leaves_the_same_bytes(ran: Results, tmp_path: Path) -> None:
    assert changed_by_hand(ran, "managed", tmp_path) == []
