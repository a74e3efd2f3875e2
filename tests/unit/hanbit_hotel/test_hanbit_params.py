"""The params file reads every file of the sample client through the package's own doors."""

import pandas as pd
import pytest

from cerm_nb import params
from cerm_nb.batch.plan import discover
from cerm_nb.schemas import SCHEMAS
from cerm_nb.sources import collect, open_table, table_of

SEVEN = {"office", "internet", "press", "events", "operations", "cards", "call_centre"}


@pytest.fixture(scope="module")
def root(shipped):
    return shipped.parents[1]


@pytest.fixture(scope="module")
def client(root):
    values = params.read(root / "params" / "hanbit_hotel.yml", "params/hanbit_hotel.yml")
    models = [step.parameters for step in discover(root / "notebooks")]
    return params.check(values, models, "params/hanbit_hotel.yml")


@pytest.fixture(scope="module")
def tables(client, root):
    """Every entry as the client table it is read as."""
    return {
        name: collect(open_table(table_of(name, spec), spec, root, label=f"data.{name}").table)
        for name, spec in client.data.items()
    }


def test_every_client_table_is_mapped(client):
    assert {table_of(name, spec) for name, spec in client.data.items()} == set(SCHEMAS)


def test_each_of_the_seven_sources_has_a_table(client):
    assert {spec.source for spec in client.data.values() if spec.source} == SEVEN


def test_no_file_is_left_unmapped(client, shipped):
    mapped = {spec.locations[0].rpartition("/")[2] for spec in client.data.values()}
    made = {path.name for path in shipped.iterdir() if path.is_file()}
    assert made - mapped == {"generate.py", "README.md", "truth.json"}


def test_every_record_of_a_list_is_read_as_the_truth_knows_it(tables, truth):
    for entry, persons in truth["identity"]["persons_of_records"].items():
        assert list(tables[entry]["record_id"]) == list(persons), entry


def test_days_of_every_form_are_read_within_the_three_years(tables):
    last = pd.Timestamp("2026-06-30").date()
    for entry, column in (
        ("cards", "updated"), ("web_members", "updated"), ("newsletter", "updated"), ("vip", "updated"),
        ("attendees", "updated"), ("press_list", "updated"), ("calls", "date"), ("web_inquiries", "date"),
        ("coupons", "date"), ("kpis", "period"), ("pilots", "date"),
    ):  # fmt: skip
        days = tables[entry][column]
        assert days.notna().all(), entry
        assert days.max() <= last, entry
        assert days.min() >= pd.Timestamp("2023-06-01").date(), entry


def test_times_of_the_site_fall_on_the_days_of_seoul(tables, shipped):
    written = pd.read_json(shipped / "web_inquiries.jsonl.gz", lines=True, dtype=False)
    seoul = pd.to_datetime(written["at"]).dt.tz_convert("Asia/Seoul").dt.date
    assert list(tables["web_inquiries"]["date"]) == list(seoul)


def test_codes_of_the_survey_become_empty_and_tell_their_status(tables, ratings):
    survey = tables["survey"]
    assert survey["value"].dropna().between(1, 7).all()
    assert survey["status"].value_counts().to_dict() == {
        "answered": int(ratings["answer"].between(1, 7).sum()),
        "not_experienced": int((ratings["answer"] == 98).sum()),
        "missing": int((ratings["answer"] == 99).sum()),
    }
    assert (survey["value"].isna() == (survey["status"] != "answered")).all()


def test_recommendation_is_read_on_a_scale_of_its_own(tables):
    assert set(tables["recommendation"]["measure"]) == {"recommendation"}
    assert tables["recommendation"]["value"].between(0, 10).all()
    assert tables["outcomes"]["value"].between(1, 7).all()
