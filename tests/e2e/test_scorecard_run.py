"""The scorecard over whole runs: two days of a club whose customers changed, and what clients bring along."""

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
from projects import AS_OF, ROOT, add_client, cerm, make_project, write_params
from results import Results, readable, unworded

from cerm_nb.batch import plan, run
from cerm_nb.errors import CermError
from cerm_nb.project import Project

if TYPE_CHECKING:
    from pathlib import Path

QUESTION, GIVER = "80_scorecard", "20_value"
BEFORE, LONG_BEFORE = "2024-06-30", "2024-03-31"
HOSTILE = "<script>document.title='ours'</script>"
RISE = 1.6  # of all prices after the first day
TABLES = {
    "indicators": "indicator name perspective kind unit direction source owner target target_date",
    "points": "indicator period value mean lower upper special_cause signal phase chart",
    "links": "from to lag ahead ahead_unit estimate low high",
    "forecasts": "made_at question source quantity subject unit due forecast low high probability",
    "accountability": "made_at question source quantity subject unit due forecast low high probability",
    "proposals": "indicator period n_before n_after before after difference low high p",
    "interventions": "kind id name indicator direction start end expected effect low high p p_adjusted",
    "given": "indicator period value low high n",
    "sources": "question source quantity unit n unknown runs windows subjects bias",
    "drift": "question source quantity subject windows relative_bias p_bias p_spread p_adjusted tendency",
}


class Days(Results):
    """Results of which the latest day is read."""

    def folder(self, client: str) -> Path:
        return max((self.project / "out" / client).iterdir())


def months(values: Any, last: str = "2024-12-01") -> pd.DataFrame:
    """Values of one indicator, month by month."""
    periods = pd.date_range(end=last, periods=len(values), freq="MS")
    return pd.DataFrame({"period": periods.strftime("%Y-%m-%d"), "value": np.round(values, 4)})


def named(**series: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame.assign(indicator=name) for name, frame in series.items()], ignore_index=True)


def sales(customers: int = 300) -> pd.DataFrame:
    """Purchases of customers who buy at their own pace and seldom stop; prices rise after the first day."""
    random = np.random.default_rng(5)
    first, last = random.integers(0, 180, customers), random.exponential(1500, customers)
    pace = random.gamma(1.5, 0.02, customers) + 1e-3
    days = first[:, None] + np.cumsum(random.exponential(1 / pace[:, None], (customers, 120)), axis=1)
    days = np.column_stack([first, days])
    who, at = np.nonzero((days < 730) & (days <= (first + last)[:, None]))
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(days[who, at].astype(int), unit="D")
    spent = random.lognormal(3, 0.5, customers)[who] * random.lognormal(0, 0.4, len(who))
    spent *= np.where(day > pd.Timestamp(BEFORE), RISE, 1.0)
    names = [f"c{number:04d}" for number in who]
    return pd.DataFrame({"customer": names, "day": day.strftime("%Y-%m-%d"), "money": spent.round(2)})


def course() -> dict[str, pd.DataFrame]:
    """A wait that stays as it is; visits that leap by ten standard deviations after the first day."""
    noise = np.random.default_rng(4).normal(size=(2, 48))
    leap = 10 * (np.arange(48) >= 42)
    indicators = {
        "indicator": ["wait", "visits"],
        "name": ["Waiting time", HOSTILE],
        "perspective": ["process", "customer"],
        "kind": ["leading", "lagging"],
        "unit": ["min", "visits"],
        "direction": ["lower", "higher"],
        "baseline": [16.0, 15.0],
        "target": [14.0, 26.0],
        "target_date": [AS_OF, "2025-06-30"],
        "owner": ["Desk", HOSTILE],
        "drives": ["visits", ""],
    }
    return {
        "indicators": pd.DataFrame(indicators),
        "kpis": named(wait=months(10 + noise[0]), visits=months(20 + noise[1] + leap)),
    }


def add_scorecard(project: Path, name: str, tables: dict[str, pd.DataFrame], **changes: Any) -> Path:
    """Write a client with tables of the scorecard, and its params."""
    data = {}
    for table, frame in tables.items():
        frame.to_csv(project / "data" / f"{name}_{table}.csv", index=False)
        data[table] = {"from": f"data/{name}_{table}.csv"}
    given = {"client": name, "lang": "en", "currency": "EUR", "as_of": AS_OF, "data": data}
    return write_params(project, given | {"simulations": 400} | changes)


def odd() -> dict[str, pd.DataFrame]:
    """Values as clients bring them: all of these can be read, and something is to be said of each."""
    rng = np.random.default_rng(6)
    quarters = pd.date_range("2018-01-01", periods=16, freq="QS")
    slow = pd.DataFrame({"period": quarters.strftime("%Y-%m-%d"), "value": rng.normal(5, 1, 16)})
    whole = months(20 + rng.normal(size=36))
    kpis = named(
        gaps=whole.drop(index=[5, 20]),
        twice=pd.concat([whole, whole.tail(2)]),
        faster=pd.concat([slow, months(5 + rng.normal(size=24))], ignore_index=True),
        late=months(10 + rng.normal(size=36)),
        few=months(10 + rng.normal(size=8)),
        unheard=whole,
    )
    names = ["gaps", "twice", "faster", "late", "few", "silent"]
    indicators = pd.DataFrame({"indicator": names, "direction": "higher", "perspective": "customer"})
    told = {"name": names, "target": 8.0, "baseline": 2.0, "kind": "lagging", "owner": "Kim"}
    indicators = indicators.assign(**told, target_date=[AS_OF] * 3 + [BEFORE] + ["2025-12-31"] * 2)
    indicators.loc[5, "name"] = HOSTILE
    return {"indicators": indicators, "kpis": kpis}


def add_club(project: Path) -> Path:
    """Write a client with purchases and indicators, seen from the first day."""
    told = yaml.safe_load(add_scorecard(project, "club", course()).read_text(encoding="utf-8"))
    path = add_client(project, "club", sales(), holdout_weeks=13)
    bought = yaml.safe_load(path.read_text(encoding="utf-8"))
    return write_params(project, bought | told | {"data": bought["data"] | told["data"], "as_of": BEFORE})


def set_day(project: Path, day: str) -> None:
    """Let the club be seen from another day."""
    path = project / "params" / "club.yml"
    write_params(project, yaml.safe_load(path.read_text(encoding="utf-8")) | {"as_of": day})


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Run the club by hand at the first day and by the command line at the second, the others by hand."""
    project = make_project(tmp_path_factory.mktemp("scorecard"), GIVER, QUESTION)
    path = add_club(project)
    add_scorecard(project, "odd", odd())
    write_params(project, {"client": "bare", "currency": "EUR", "as_of": AS_OF, "data": {}, "lang": "en"})
    for question in (GIVER, QUESTION):
        by_hand(project, "club", question)
    result = cerm(project, "run", "--as-of", AS_OF, path.relative_to(project))
    assert result.returncode == 0, result.stdout + result.stderr
    set_day(project, AS_OF)
    shown = {client: by_hand(project, client, QUESTION) for client in ("odd", "bare")}
    return Days(project, QUESTION, result.stdout, shown)


def then(ran: Days) -> Path:
    """What the club was told at the first day."""
    return ran.project / "out" / "club" / BEFORE


def scored(ran: Days) -> pd.DataFrame:
    return ran.table("club", "accountability").set_index(["question", "quantity", "subject"]).sort_index()


def due_now(ran: Days) -> pd.DataFrame:
    """Those forecasts that came due at the second day."""
    told = scored(ran)
    return told[told["due"] == pd.Timestamp(AS_OF)]


def test_the_published_tables_begin_with_the_columns_they_promise(ran: Days) -> None:
    notebook = json.loads((ROOT / "notebooks" / f"{QUESTION}.ipynb").read_text(encoding="utf-8"))
    for client in ("club", "odd", "bare"):
        for name, columns in TABLES.items():
            wanted = columns.split()
            assert list(ran.table(client, name).columns[: len(wanted)]) == wanted, name
        assert ran.tables(client) == {*TABLES} == {*notebook["metadata"]["cerm"]["gives"]}


def test_the_first_day_is_told_that_there_is_nothing_to_compare_with(ran: Days) -> None:
    found = json.loads((then(ran) / QUESTION / "findings.json").read_text(encoding="utf-8"))
    account = next(one for one in found if one["id"] == "account")
    assert account["verdict"] == "not_enough_data"
    assert "no earlier run" in account["answer"]
    assert not (then(ran) / QUESTION / "reviews.json").exists()


def test_every_forecast_of_the_first_day_that_came_due_is_held_against_what_came(ran: Days) -> None:
    kept = pd.read_parquet(then(ran) / QUESTION / "tables" / "forecasts.parquet")
    due = kept[kept["due"] <= pd.Timestamp(AS_OF)]
    told = ran.table("club", "accountability")
    assert len(told) == len(due)
    assert told["actual"].notna().all()
    assert set(told["question"]) == {"value", "scorecard"}


def test_what_came_is_what_stands_in_the_data(ran: Days) -> None:
    customers = pd.read_parquet(then(ran) / GIVER / "tables" / "customers.parquet").set_index("customer_id")
    sold = sales()
    since = sold[(sold["day"] > BEFORE) & sold["customer"].isin(customers.index)]
    is_target = since["customer"].map(customers["is_target"]).astype(bool)
    for subject, rows in (("all", since), ("target", since[is_target])):
        whole = scored(ran).xs(("value", subject), level=("question", "subject"))
        whole = whole[whole["due"] == pd.Timestamp(AS_OF)]["actual"]
        assert whole["purchases"] == len(rows.drop_duplicates(["customer", "day"]))
        assert whole["revenue"] == pytest.approx(rows["money"].sum())


def test_forecasts_of_what_stayed_held_and_of_what_leapt_did_not(ran: Days) -> None:
    covered = scored(ran)["covered"]
    assert covered.loc[("scorecard", "level", "wait")].all()
    assert not covered.loc[("scorecard", "level", "visits")].any()
    last = due_now(ran)
    assert last.loc[("value", "purchases", "all"), "covered"]
    assert not last.loc[("value", "revenue", "all"), "covered"]
    assert last.loc[("scorecard", "hit", "wait"), "actual"] == 1
    assert last.loc[("value", "revenue", "all"), "relative_error"] == pytest.approx(1 / RISE - 1, abs=0.1)
    found = ran.findings("club")["account"]
    assert (found["value"], found["n"], found["verdict"]) == (0.5, 3, "watch")  # two series and a model
    assert "Forecasts come due: 3; " in found["answer"]
    assert "50%" in found["answer"]


def test_the_page_says_what_was_said_and_what_it_was(ran: Days) -> None:
    text = ran.told("club")
    found = re.search(
        r"On 30 June 2024 we said (€\S+) \(€\S+ to €\S+\) for revenue from the target customers"
        r" by 31 December 2024; it was (€\S+)\. We said too little\.",
        text,
    )
    assert found, text
    row = due_now(ran).loc[("value", "revenue", "target")]
    for name, said in zip(("forecast", "actual"), found.groups(), strict=True):
        assert float(said.strip("€K")) * 1000 == pytest.approx(row[name], abs=50)
    assert "Models of these questions drift" in text


def test_a_model_that_drifts_lowers_the_verdict_of_its_question_and_not_its_findings(ran: Days) -> None:
    drift = ran.table("club", "drift")
    told = drift[drift["drifts"]]
    assert set(zip(told["question"], told["quantity"], strict=True)) == {
        ("value", "revenue"),
        ("scorecard", "level"),
    }
    assert set(told["tendency"]) == {"too_low"}
    day = ran.folder("club")
    review = json.loads((day / QUESTION / "reviews.json").read_text(encoding="utf-8"))["value"]
    assert (review["from"], review["to"], review["reason"]) == ("go", "watch", "too_low")
    (found,) = json.loads((day / GIVER / "findings.json").read_text(encoding="utf-8"))
    assert found["verdict"] == "go"
    for page in (f"{GIVER}.html", "index.html"):
        text = readable((day / page).read_text(encoding="utf-8"))
        assert "Lowered from Go to Watch" in text, page
        assert "30 June 2024" in text, page


def test_forecasts_are_kept_for_the_next_day(ran: Days) -> None:
    kept = ran.table("club", "forecasts")
    assert set(kept["question"]) == {"value", "scorecard"}
    assert (kept["made_at"] == pd.Timestamp(AS_OF)).all()
    assert (kept["due"] > pd.Timestamp(AS_OF)).all()
    levels = kept[kept["quantity"] != "hit"].dropna(subset=["low"])
    assert ((levels["low"] <= levels["forecast"]) & (levels["forecast"] <= levels["high"])).all()
    assert set(kept.loc[kept["quantity"] == "hit", "subject"]) == {"visits"}


def run_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run the club at the second day as a batch does; name the questions it would execute."""
    executed: list[str] = []
    monkeypatch.setattr(run, "_execute_and_publish", lambda step, *_: executed.append(step.name))
    here = Project(project, project / "out")
    steps = plan.discover(here.notebooks)
    run.run_client(run.read_client(here.params_file("club"), here, steps, AS_OF), steps, here)
    return executed


def test_an_earlier_run_that_appears_makes_the_scorecard_run_again_and_nothing_else(
    ran: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "again"
    shutil.copytree(ran.project, project)
    assert run_again(project, monkeypatch) == []
    set_day(project, LONG_BEFORE)
    by_hand(project, "club", GIVER)
    assert run_again(project, monkeypatch) == [QUESTION]
    set_day(project, AS_OF)
    by_hand(project, "club", QUESTION, stage=tmp_path)
    told = pd.read_parquet(tmp_path / "tables" / "accountability.parquet")
    assert set(told["made_at"]) == {pd.Timestamp(LONG_BEFORE), pd.Timestamp(BEFORE)}


def test_a_client_with_nothing_gets_a_page_that_says_so(ran: Days) -> None:
    found = ran.findings("bare")
    assert {one["verdict"] for one in found.values()} == {"not_enough_data"}
    assert "no indicators are listed" in found["scorecard"]["answer"]
    assert "no earlier run" in found["account"]["answer"]
    assert "there is no earlier run to compare with" in ran.told("bare")
    for name in TABLES:
        assert ran.table("bare", name).empty, name


def test_odd_series_are_told_of_one_by_one(ran: Days) -> None:
    text = " ".join(ran.findings("odd")["scorecard"]["caveats"])
    for part in (
        "2 periods of gaps",
        "2 values of twice",
        "faster is told in other periods since",
        "late",
        "few",
        "unheard",
        HOSTILE,
    ):
        assert part in text, (part, text)
    told = ran.table("odd", "indicators").set_index("indicator")
    assert told.loc["silent", "variation_reason"] == "no_values"
    assert told.loc["few", "variation_reason"] == "too_few_points"
    assert told.loc["late", "hit_then"] == 1
    assert np.isnan(told.loc["late", "p_hit"])
    assert told.loc["faster", "n"] == 24


def test_charts_of_few_values_say_so(ran: Days) -> None:
    assert "fewer than 12 values: 1." in ran.told("odd")


def test_pages_are_worded_throughout(ran: Days) -> None:
    for client in ("club", "odd", "bare"):
        assert len(ran.told(client)) > 1_000
        text = ran.told(client).replace("None of ", "")
        assert not unworded(text), client
        assert "()" not in text, client  # a list of names that has none


def test_hostile_names_are_text(ran: Days) -> None:
    for client in ("club", "odd"):
        assert "<script>document" not in ran.page(client)
        assert HOSTILE in ran.told(client)
    assert "<script>document" not in (ran.folder("club") / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("client", ["club", "odd"])
def test_the_same_client_leaves_the_same_bytes(ran: Days, client: str, tmp_path: Path) -> None:
    assert changed_by_hand(ran, client, tmp_path) == []


def spoilt(name: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The club's tables with one thing that cannot be."""
    tables, params = course(), dict[str, Any]()
    indicators, kpis = tables["indicators"], tables["kpis"]
    if name == "percent":
        indicators.loc[0, "unit"] = "%"
        kpis.loc[3, "value"] = 104.0
    elif name == "circle":
        indicators.loc[1, "drives"] = "wait"
    elif name == "twice":
        tables["kpis"] = pd.concat([kpis, kpis.head(1).assign(value=99.0)], ignore_index=True)
    elif name == "nowhere":
        indicators.loc[0, "drives"] = "vists"
    elif name == "listed twice":
        tables["indicators"] = pd.concat([indicators, indicators.head(1)], ignore_index=True)
    elif name == "rebase":
        params["rebase"] = {"wiat": [{"from": "2023-07-01", "reason": "a second desk"}]}
    return tables, params


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("percent", ("data.kpis → wait → value", "got 104 in 2021-04-01", "100 at most")),
        ("circle", ("wait", "visits", "circle")),
        ("twice", ("for the same period 2021-01-01", "99")),
        ("nowhere", ("vists", "visits")),
        ("listed twice", ("data.indicators → wait", "is listed 2 times")),
        ("rebase", ("rebase", "wiat", "wait")),
    ],
)
def test_what_cannot_be_is_one_clear_error(tmp_path: Path, name: str, parts: tuple[str, ...]) -> None:
    tables, params = spoilt(name)
    project = make_project(tmp_path, QUESTION)
    add_scorecard(project, "spoilt", tables, **params)
    with pytest.raises(CermError) as refused:
        by_hand(project, "spoilt", QUESTION)
    text = " ".join(str(refused.value).split())
    for part in parts:
        assert part in text, text
    assert not (project / "out").exists()
