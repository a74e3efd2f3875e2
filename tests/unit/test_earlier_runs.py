"""What earlier runs of a client left is read where it is whole, and named where it is not."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cerm_nb import artifacts, findings, manifest, params
from cerm_nb.batch import fingerprint, plan
from cerm_nb.batch.run import Client, in_order
from cerm_nb.client_data import ClientData
from cerm_nb.errors import OutputError, PlanError
from cerm_nb.params import CommonParams
from cerm_nb.project import Project

ROOT = Path(__file__).parents[2]


def finding(verdict: str) -> findings.Finding:
    return findings.Finding("f", "?", verdict, "It is 1.", 1.0, 0.0, 2.0, 3, "3", "EUR")


def result(
    here: Project, day: str, name: str = "20_value", verdict: str = "go", *, as_told: str = ""
) -> Path:
    """Leave a whole result of the client shop."""
    place = here.results("shop", day) / name
    frame = pd.DataFrame({"customer_id": ["a", day]})
    artifacts.write_table(frame, place, "customers")
    (place / "findings.json").write_text(findings.to_json([finding(verdict), finding("stop")]), "utf-8")
    (place / "notebook.ipynb").write_text("{}", encoding="utf-8")
    made = {"client": "shop", "notebook": name, "as_of": day, "key": "k", "params": {"seed": 1}}
    manifest.write(made | {"outputs": artifacts.hash_files(place, but=manifest.NAME)}, place)
    return place


@pytest.fixture
def here(tmp_path: Path) -> Project:
    return Project(tmp_path, tmp_path / "out")


def shop(here: Project, day: str = "2025-06-30") -> ClientData:
    common = CommonParams.model_validate({"client": "shop", "as_of": day})
    return ClientData(common, date.fromisoformat(day), here)


def test_earlier_days_come_oldest_first_and_never_the_day_itself_or_a_later_one(here: Project) -> None:
    for day in ("2025-03-31", "2024-12-31", "2025-06-30", "2025-09-30"):
        result(here, day)
    runs = shop(here).earlier()
    assert [run.as_of.isoformat() for run in runs] == ["2024-12-31", "2025-03-31"]
    assert runs[0].day == pd.Timestamp("2024-12-31")
    assert shop(here, "2024-12-31").earlier() == ()
    assert shop(here).earlier_caveats() == ()


def test_tables_findings_verdicts_and_parameters_of_a_day_are_read(here: Project) -> None:
    result(here, "2025-03-31", verdict="watch")
    result(here, "2025-03-31", "30_segments", "stop")
    run = shop(here).earlier()[0]
    assert run.has_published("value.customers")
    assert not run.has_published("value.tiers")
    assert not run.has_published("offers.rules")
    assert run.published("value.customers")["customer_id"].tolist() == ["a", "2025-03-31"]
    assert run.verdicts() == {"value": "watch", "segments": "stop"}
    assert [one.verdict for one in run.findings("value")] == ["watch", "stop"]
    assert run.findings("offers") == []
    assert run.params("value") == {"seed": 1}
    assert run.params("offers") == {}
    with pytest.raises(OutputError, match="offers has no whole result"):
        run.published("offers.rules")


def test_the_day_itself_is_read_without_the_question_that_asks(here: Project) -> None:
    result(here, "2025-06-30")
    result(here, "2025-06-30", "80_scorecard")
    assert shop(here).today("scorecard").verdicts() == {"value": "go"}
    assert shop(here, "2025-09-30").today("scorecard").verdicts() == {}


def test_what_is_damaged_or_of_somebody_else_is_named_and_not_read(here: Project) -> None:
    for day in ("2024-03-31", "2024-06-30", "2024-09-30", "2024-10-31", "2024-11-30", "2024-12-31"):
        result(here, day)
    out = here.out / "shop"
    (out / "2024-03-31/20_value/tables/customers.parquet").write_bytes(b"PAR1")
    (out / "2024-06-30/20_value/manifest.json").unlink()
    (out / "2024-09-30/20_value/findings.json").unlink()
    (out / "2024-10-31/20_value/manifest.json").write_text("[]", encoding="utf-8")
    extra = pd.DataFrame({"customer_id": ["z"]})
    artifacts.write_table(extra, out / "2024-11-30/20_value", "slipped_in")
    shutil.copytree(out / "2024-12-31", out / "2024-12-30")
    (out / "notes").mkdir()
    (out / "2025-01-01.txt").write_text("x", encoding="utf-8")
    found = shop(here)
    assert [run.as_of.isoformat() for run in found.earlier()] == ["2024-12-31"]
    told = [(key, str(values["as_of"]), values["what"]) for key, values in found.earlier_caveats()]
    damaged = ("2024-03-31", "2024-06-30", "2024-09-30", "2024-10-31", "2024-11-30")
    assert told == [("earlier_damaged", day, "20_value") for day in damaged] + [
        ("earlier_foreign", "2024-12-30", "20_value")
    ]


def test_a_notebook_that_was_opened_and_saved_does_not_spoil_a_result(here: Project) -> None:
    place = result(here, "2025-03-31")
    (place / "notebook.ipynb").write_text('{"cells": []}', encoding="utf-8")
    assert len(shop(here).earlier()) == 1


def test_one_damaged_question_leaves_the_others_of_its_day(here: Project) -> None:
    place = result(here, "2025-03-31")
    result(here, "2025-03-31", "30_segments")
    (place / "findings.json").write_text("{}", encoding="utf-8")
    found = shop(here)
    assert list(found.earlier()[0].verdicts()) == ["segments"]
    assert len(found.earlier_caveats()) == 1


def step(here: Project, **cerm: object) -> plan.Step:
    here.notebooks.mkdir(exist_ok=True)
    path = here.notebooks / "80_scorecard.ipynb"
    notebook = {
        "cells": [],
        "metadata": {"cerm": {"analysis": "", **cerm}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return plan.read_step(path)


def test_a_step_that_reads_earlier_runs_is_run_again_when_one_comes_or_changes(here: Project) -> None:
    values = {"client": "shop", "as_of": "2025-06-30"}
    reads, alone = step(here, earlier=True), step(here)

    def keys() -> tuple[str, str]:
        return tuple(fingerprint.key(one, values, here, {}) for one in (reads, alone))

    seen = [keys()]
    result(here, "2025-03-31")
    seen.append(keys())
    result(here, "2025-03-31", verdict="stop")
    seen.append(keys())
    (here.out / "shop/2025-03-31/20_value/findings.json").unlink()
    seen.append(keys())
    result(here, "2025-06-30")
    seen.append(keys())
    assert len({first for first, _ in seen}) == 5
    assert len({second for _, second in seen}) == 1
    result(here, "2025-09-30")
    result(here, "2025-06-30", "80_scorecard")
    assert keys() == seen[-1]


def test_a_flag_that_is_neither_true_nor_false_is_refused(here: Project) -> None:
    assert step(here, earlier=True).earlier
    assert not step(here).earlier
    with pytest.raises(PlanError, match=r"cerm.earlier is 'yes'; expected true or false"):
        step(here, earlier="yes")


def test_days_of_one_client_are_run_in_their_order_and_clients_as_they_came() -> None:
    named = [("b", "2025-06-30"), ("a", "2025-01-31"), ("b", "2024-06-30"), ("a", "2024-01-31")]
    clients = [
        Client(CommonParams.model_validate({"client": name, "as_of": day}), {}, "") for name, day in named
    ]
    sorted_names = [(one.common.client, one.common.as_of) for one in in_order(clients)]
    assert sorted_names == [
        ("b", "2024-06-30"), ("b", "2025-06-30"), ("a", "2024-01-31"), ("a", "2025-01-31"),
    ]  # fmt: skip


def cdnow(day: str) -> ClientData:
    file = ROOT / "params" / "cdnow_sample.yml"
    values = params.read(file, file.name) | {"as_of": day}
    return ClientData(
        params.select(CommonParams, values), date.fromisoformat(day), Project(ROOT, ROOT / "out")
    )


def test_purchases_between_two_days_are_the_published_ones_of_the_hold_out() -> None:
    client = cdnow("1998-06-30")
    bought = client.purchases_between(date(1997, 9, 30), date(1998, 6, 30))
    history = client.purchases(39)
    assert bought["purchases"].sum() == 1_882  # Fader, Hardie & Lee (2005); all were acquired before
    held = history.holdout[history.holdout["actual"] > 0].reset_index(drop=True)
    assert bought["customer_id"].tolist() == held["customer_id"].tolist()
    assert bought["revenue"].tolist() == held["spend"].tolist()
    assert bought.attrs["last_day"] == date(1998, 6, 30)


def test_what_lies_after_as_of_may_not_be_counted() -> None:
    with pytest.raises(ValueError, match="may not be seen yet"):
        cdnow("1998-01-31").purchases_between(date(1997, 9, 30), date(1998, 2, 1))
