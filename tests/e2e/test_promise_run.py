"""The promise question over whole runs: what a client has is told, what it has not is left open."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import yaml
from by_hand import by_hand, changed_by_hand
from projects import ROOT, add_tables, cerm, make_project, write_params
from results import Results, unworded

from cerm_nb.analyses.promise import Params
from cerm_nb.errors import CermError
from cerm_nb.params import CommonParams

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "50_promise"
QUICK = {"bootstrap": 100, "hb_draws": 200, "hb_burn_in": 250}
HOSTILE = "<script>document.title='ours'</script>"
LEVELS = {"check-in": ["desk", "mobile"], "late": ["no", "yes"], "price": ["100", "150", "200"]}
WORTH = {"desk": 0.0, "mobile": 1.0, "no": 0.0, "yes": 2.0, "100": 1.0, "150": 0.0, "200": -1.0}
TODAY = {"check-in": "desk", "late": "no", "price": "150"}
TABLES = {
    "value_curve": "touchpoint attribute brand n n_eff state mean low high difference",
    "positions": "kind name touchpoint attribute x y from_x from_y",
    "part_worths": "attribute level estimate std_error importance",
    "shares": "scenario brand rule share low high",
    "promise": "candidate rank verdict reason",
    "proof": "promise touchpoint attribute stage level proof metric owner",
}


def answers(people: int = 60) -> pd.DataFrame:
    """Ratings of four attributes of our brand and of a hostile one, from 1 to 7; the last of ours is poor."""
    rng = np.random.default_rng(7)
    rows = []
    for brand, levels in {"us": (6, 5, 5, 2), HOSTILE: (4, 5, 4, 5)}.items():
        rated = np.clip(np.rint(rng.normal(levels, 1.0, (people, 4))), 1, 7)
        rows += [
            (f"guest-{who:05d}", f"place {at // 2}", f"thing {at}", "at", "experience", brand, value)
            for who, given in enumerate(rated)
            for at, value in enumerate(given)
        ]
    names = ["respondent", "touchpoint", "attribute", "stage", "measure", "brand", "value"]
    ours = pd.DataFrame(rows, columns=names)
    weight = ours[ours["brand"] == "us"].assign(measure="importance")
    place = weight["attribute"].str[-1].astype(int)
    return pd.concat([ours, weight.assign(value=(7 - place).clip(1, 7))], ignore_index=True)


def tasks(method: str, attributes: list[str], people: int = 60) -> pd.DataFrame:
    """Offers chosen, or rated, by what their levels are worth and some noise."""
    rng = np.random.default_rng(8)
    width = 1 if method == "rating" else 3
    rows = []
    for who in range(people):
        for task in range(12):
            shown = [{name: str(rng.choice(LEVELS[name])) for name in attributes} for _ in range(width)]
            worth = [sum(WORTH[level] for level in one.values()) + rng.gumbel() for one in shown]
            said = [round(5 + value, 1) for value in worth] if width == 1 else np.eye(3)[np.argmax(worth)]
            start = (f"guest-{who:05d}", method, f"t{task:02d}")
            kept = "yes" if task > 9 and method == "choice" else "no"
            rows += [
                (*start, str(at), *both, said[at], kept)
                for at, one in enumerate(shown)
                for both in one.items()
            ]
    names = ["respondent", "method", "task", "alternative", "attribute", "level", "chosen", "holdout"]
    return pd.DataFrame(rows, columns=names)


def promise(at: int, **levels: str) -> dict[str, Any]:
    carrier = {"touchpoint": f"place {at // 2}", "attribute": f"thing {at}", "level": 6.5}
    return {"name": f"promise_{at}", "title": f"{HOSTILE} {at}", "carriers": [carrier], "levels": levels}


def add_fast_food(project: Path) -> None:
    """Copy the survey of a shipped client, and what its params say of the promise."""
    values = yaml.safe_load((ROOT / "params" / "fast_food.yml").read_text(encoding="utf-8"))
    values["data"] = {name: values["data"][name] for name in ("experience", "outcomes")}
    (project / "data" / "fast_food").mkdir()
    for entry in values["data"].values():
        shutil.copy(ROOT / entry["from"], project / entry["from"])
    known = {*CommonParams.model_fields, *Params.model_fields}
    write_params(project, {name: value for name, value in values.items() if name in known} | QUICK)


def add_all(project: Path) -> None:
    """Write the clients: one to be run by the command line, the others by hand."""
    rivals = {"other": {"check-in": "mobile", "late": "no", "price": "150"}}
    known = {"own_profile": TODAY, "scenarios": rivals, "price_attribute": "price"}
    unpriced = [{name: one[name] for name in ("check-in", "late")} for one in (TODAY, rivals["other"])]
    promises = [promise(0, late="yes"), promise(3)]
    wrong = {"own_profile": {**TODAY, "late": "perhaps"}, "scenarios": {"us": TODAY}}
    odd = promise(0) | {"name": "today", "carriers": [{"touchpoint": "plce 0", "attribute": "x", "level": 9}]}
    untold = {"own_profile": unpriced[0], "scenarios": {"other": unpriced[1]}, "promises": promises[1:]}
    clients = {
        "rated": (tasks("rating", list(LEVELS)), known | {"promises": promises}),
        "unpriced": (tasks("choice", ["check-in", "late"]), untold),
        "misnamed": (tasks("choice", list(LEVELS)), wrong | {"promises": [odd]}),
    }
    for name, (choices, changes) in clients.items():
        tables = {"survey": answers(), "choices": choices}
        add_tables(project, name, tables, (1, 7), own_brand="us", **QUICK, **changes)
    add_tables(project, "one", {"survey": answers(1)}, (1, 7), own_brand="us", **QUICK, promises=promises)
    add_fast_food(project)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run one client by the command line, the others by hand."""
    project = make_project(tmp_path_factory.mktemp("promise"), QUESTION)
    add_all(project)
    result = cerm(project, "run", "params/rated.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    shown = {client: by_hand(project, client, QUESTION) for client in ("unpriced", "one", "fast_food")}
    return Results(project, QUESTION, shown=shown)


def test_the_published_tables_begin_with_the_columns_they_promise(ran: Results) -> None:
    for name, columns in TABLES.items():
        frame = ran.table("rated", name)
        wanted = columns.split()
        assert list(frame.columns[: len(wanted)]) == wanted
        assert len(frame)
    shares = ran.table("rated", "shares")
    assert shares.groupby(["scenario", "rule"])["share"].sum().to_numpy() == pytest.approx(1)
    assert set(shares["scenario"]) == {"today", "promise_0"}
    assert ((shares["low"] <= shares["share"]) & (shares["share"] <= shares["high"])).all()
    notebook = json.loads((ROOT / "notebooks" / f"{QUESTION}.ipynb").read_text(encoding="utf-8"))
    for client in ("rated", "unpriced", "one", "fast_food"):
        assert ran.tables(client) == {*notebook["metadata"]["cerm"]["gives"]}


def test_empty_cells_of_the_proof_matrix_are_flagged(ran: Results) -> None:
    proof = ran.table("rated", "proof")
    assert set(proof["promise"]) == {"promise_0", "promise_3"}
    assert all(set(re.findall(r"\w+", empty)) == {"proof", "metric", "owner"} for empty in proof["empty"])
    assert ran.told("rated").count("○ missing") == 3 * len(proof)


def test_without_promises_and_choices_the_page_says_what_could_carry_one(ran: Results) -> None:
    found = ran.finding("fast_food")
    assert found["verdict"] == "not_enough_data"
    assert "how important attributes are is not known" in found["answer"]
    assert found["n"] == 40
    text = ran.told("fast_food")
    assert "no promise is written in the params" in text
    assert "there are no choice tasks of this kind" in text
    assert set(ran.table("fast_food", "value_curve")["brand"]) >= {"Wendy's", "McDonald's"}
    assert len(ran.table("fast_food", "positions").query("kind == 'brand'")) == 8
    for name in ("part_worths", "shares", "promise", "proof"):
        assert ran.table("fast_food", name).empty


def test_ratings_of_offers_tell_preference_but_no_price(ran: Results) -> None:
    worths = ran.table("rated", "part_worths")
    assert set(worths["method"]) == {"rating"}
    estimates = worths.set_index("level")["estimate"]
    assert estimates["yes"] - estimates["no"] == pytest.approx(2.0, abs=0.5)
    judged = ran.table("rated", "promise").set_index("candidate")
    assert judged.loc["promise_0", "preferred"] == "yes"
    assert judged.loc["promise_3", "preferred"] == ""
    assert ran.table("rated", "willingness").empty
    text = ran.told("rated")
    assert "not what they would pay" in text
    assert "no choices were kept back" in text


def test_choices_without_a_price_tell_all_but_money(ran: Results) -> None:
    found = ran.finding("unpriced")
    assert found["verdict"] == "stop"
    assert "thing 3 at place 1" in found["answer"]
    assert found["value"] < 0
    assert ran.table("unpriced", "willingness").empty
    assert not ran.table("unpriced", "forecasts").empty
    assert set(ran.table("unpriced", "shares")["scenario"]) == {"today"}
    assert "the choice tasks have no price" in ran.told("unpriced")


def test_a_survey_of_one_ends_in_a_page_that_says_so(ran: Results) -> None:
    found = ran.finding("one")
    assert found["verdict"] == "not_enough_data"
    assert found["value"] is None
    assert ran.table("one", "value_curve")["mean"].isna().all()


def test_pages_are_worded_throughout(ran: Results) -> None:
    named = ("own_profile", "hb_burn_in", "hb_draws")
    for client in ("rated", "unpriced", "one", "fast_food"):
        assert len(ran.told(client)) > 1_000
        assert not unworded(ran.told(client), *named), client


def test_no_respondent_stands_on_a_page_or_in_a_table(ran: Results) -> None:
    for client in ("rated", "unpriced"):
        for name, text in ran.written(client).items():
            assert "guest-0" not in text, name


def test_a_hostile_brand_and_promise_are_text(ran: Results) -> None:
    assert "<script" not in ran.page("rated")
    assert f"{HOSTILE} 0" in ran.told("rated")


def test_the_same_client_leaves_the_same_bytes(ran: Results, tmp_path: Path) -> None:
    assert changed_by_hand(ran, "rated", tmp_path) == []


def test_all_that_the_promises_name_wrongly_is_refused_at_once(ran: Results) -> None:
    with pytest.raises(CermError) as refused:
        by_hand(ran.project, "misnamed", QUESTION)
    assert not (ran.project / "out" / "misnamed").exists()
    text = " ".join(str(refused.value).split())
    known = ("promises[0] → carriers[0] → touchpoint", "did you mean 'place 0'", "'perhaps' is not known")
    for part in (*known, "scenarios → us", "is our own brand", "'today' is what we are now called"):
        assert part in text, part
