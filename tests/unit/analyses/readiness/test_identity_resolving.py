"""What identity resolution promises, on lists small enough to see through."""

import importlib.util
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.readiness.identity import linkage, resolve
from cerm_nb.analyses.readiness.parameters import Params
from cerm_nb.errors import ParamsError

KEYS = Params(identity_method="keys")
lists = runpy.run_path(str(Path(__file__).parents[4] / "benchmarks" / "people.py"))["lists"]


def records(*rows: dict[str, object]) -> pd.DataFrame:
    numbered = [{"entry": "a", "source": "cards", "record_id": str(i)} | row for i, row in enumerate(rows)]
    frame = pd.DataFrame(numbered)
    for day in {"updated", "acquired_on"} & set(frame):
        frame[day] = pd.to_datetime(frame[day])
    return frame


def persons(found) -> list[int]:
    return pd.factorize(found.links.sort_values("record_id")["customer_id"])[0].tolist()


MINSU = {"name": "김민수", "birth_date": "1980-01-02", "phone": "010-1234-5678", "email": "minsu@mail.test"}


@pytest.mark.parametrize(
    "shared",
    [["customer_id"], ["other_id"], ["email"], ["phone", "name"], ["name", "birth_date"]],
    ids="-".join,
)
def test_each_key_makes_two_records_one_person(shared):
    both = {field: (MINSU | {"customer_id": "7", "other_id": "c9"})[field] for field in shared}
    found = resolve(records(both, both | {"city": "부산"}), KEYS)
    assert found.found == 1
    assert found.links["match_probability"].between(0.5, 1).all()


def test_a_household_stays_two_persons():
    home = {"phone": "02-1234-5678", "address": "중앙로 1", "email": "home@mail.test"}
    found = resolve(
        records(
            home | {"name": "김민수", "birth_date": "1950-01-02"},
            home | {"name": "김하늘", "birth_date": "1980-05-06"},
        ),
        KEYS,
    )
    assert found.found == 2


def test_a_record_without_birthday_does_not_chain_a_household_together():
    mail = {"email": "home@mail.test"}
    found = resolve(
        records(
            mail | {"name": "김민수", "birth_date": "1950-01-02"},
            mail | {"name": "김하늘", "birth_date": "1980-05-06"},
            mail | {"city": "부산"},
        ),
        KEYS,
    )
    assert found.found == 2
    assert ("links_cut", {"links": 1}) in found.caveats


def test_a_declared_customer_number_is_never_split():
    one = {"customer_id": "7", "name": "김민수", "birth_date": "1950-01-02"}
    found = resolve(records(one, one | {"name": "박하늘", "birth_date": "1980-05-06"}), KEYS)
    assert found.customers["customer_id"].tolist() == ["7"]
    assert found.links["match_probability"].tolist() == [1, 1]


NAMES = [chr(0xAC00 + 600 * i) + "가나" for i in range(12)]


def test_a_number_that_stands_for_no_number_ties_nobody_and_is_nobodys():
    guests = [
        {"customer_id": "GUEST", "name": name, "email": f"{i}@mail.test"} for i, name in enumerate(NAMES)
    ]
    found = resolve(records(*guests, MINSU | {"customer_id": "7"}), KEYS)
    assert found.found == 13
    assert found.customers["customer_id"].is_unique
    assert found.customers["customer_id_from"].notna().sum() == 1
    assert found.numbers.to_dict("list") == {"number": ["7"], "customer_id": ["7"]}
    assert ("shared_values", {"field": "customer_id", "n": 1, "records": 12}) in found.caveats


def test_each_declared_number_has_its_person_though_record_numbers_repeat():
    one, other = MINSU | {"customer_id": "7"}, {"customer_id": "9", "name": "이하늘"}
    found = resolve(records(one, MINSU | {"customer_id": "8"}, other).assign(record_id="1"), KEYS)
    assert found.numbers.to_dict("list") == {"number": ["7", "8", "9"], "customer_id": ["7", "7", "9"]}


@pytest.mark.parametrize(
    ("birthday", "persons"),
    [("1980-01-03", 1), ("1980-10-02", 1), ("1980-02-01", 1), ("1980-10-20", 2), ("1981-03-02", 2)],
)
def test_a_mailbox_is_shared_by_two_whose_birthdays_differ_by_more_than_a_slip(birthday, persons):
    other = {"name": "박하늘", "birth_date": birthday, "email": MINSU["email"]}
    assert resolve(records(MINSU, other), KEYS).found == persons


def test_names_in_two_scripts_are_two_persons_only_with_two_birthdays():
    latin = {"name": "Minsu Kim", "email": MINSU["email"]}
    assert resolve(records(MINSU, latin), KEYS).found == 1
    assert resolve(records(MINSU, latin | {"birth_date": "1980-01-02"}), KEYS).found == 1
    assert resolve(records(MINSU, latin | {"birth_date": "1955-07-19"}), KEYS).found == 2


def test_only_a_count_from_linked_pairs_is_sure():
    frame = lists(300, seed=4).drop(columns="person")
    found = resolve(frame, Params())
    assert (found.sure, found.errors) == (True, "linked")
    assert not resolve(frame, KEYS).sure
    few = resolve(frame.query("entry == 'loyalty'"), Params())
    assert (few.sure, few.errors) == (False, "assumed")
    assert few.count.high >= len(few.links) - few.duplicates["duplicates"].sum()
    assert not resolve(None, Params()).sure


def test_the_interval_takes_in_what_the_threshold_decides(monkeypatch):
    frame = lists(300, seed=4).drop(columns="person")
    wide = resolve(frame, Params()).count
    monkeypatch.setattr(linkage, "DOUBTFUL", (0.5, 0.5))
    narrow = resolve(frame, Params()).count
    assert wide.value == narrow.value
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high
    assert wide.high - wide.low > narrow.high - narrow.low


def test_the_most_declared_number_wins_and_then_the_smallest():
    rows = [MINSU | {"customer_id": number} for number in ("9", "9", "3")]
    assert resolve(records(*rows), KEYS).customers["customer_id"].tolist() == ["9"]
    assert resolve(records(*rows[1:]), KEYS).customers["customer_id"].tolist() == ["3"]


def test_the_golden_record_takes_valid_then_agreed_then_recent_then_the_earlier_list():
    rows = records(
        MINSU | {"entry": "a", "city": "서울", "postcode": "1", "gender": "F", "updated": "2024-01-01"},
        MINSU | {"entry": "b", "city": "부산", "postcode": "2", "gender": "?!", "updated": "2025-01-01"},
        MINSU
        | {"entry": "c", "city": "서울특별시", "postcode": "3", "updated": "2023-01-01", "phone": "123"},
    )
    golden = resolve(rows, KEYS).customers.iloc[0]
    assert (golden["city"], golden["city_from"]) == ("서울", "a")  # two of three, the more recent of them
    assert (golden["postcode"], golden["postcode_from"]) == ("2", "b")  # no two agree: the most recent
    assert (golden["gender"], golden["gender_from"]) == ("female", "a")  # the more recent one cannot be read
    assert (golden["phone"], golden["phone_from"]) == ("01012345678", "b")
    assert golden["updated"] == pd.Timestamp("2025-01-01")
    assert (golden["records"], golden["lists"], golden["sources"]) == (3, 3, 1)


def test_the_order_of_lists_is_that_of_the_categories():
    rows = records(MINSU | {"entry": "z", "city": "서울"}, MINSU | {"entry": "b", "city": "부산"})
    rows["entry"] = pd.Categorical(rows["entry"], ["z", "b"])
    assert resolve(rows, KEYS).customers["city_from"].tolist() == ["z"]


def test_what_won_a_customer_is_what_came_first():
    rows = records(
        MINSU | {"acquired_by": "web", "acquired_on": "2024-02-01"},
        MINSU | {"acquired_by": "leaflet", "acquired_on": "2023-02-01"},
    )
    golden = resolve(rows, KEYS).customers.iloc[0]
    assert (golden["acquired_by"], golden["acquired_on"]) == ("leaflet", pd.Timestamp("2023-02-01"))


def test_agreement_is_told_between_sources_and_not_within_one():
    rows = records(
        MINSU | {"entry": "a", "city": "서울"},
        MINSU | {"entry": "b", "city": "부산"},
        MINSU | {"entry": "c", "source": "internet", "city": "서울"},
    )
    found = resolve(rows, KEYS)
    city = found.fields.set_index("field").loc["city"]
    assert (city["pairs"], city["agree"]) == (2, 1)
    by_list = found.agreement[found.agreement["field"] == "city"].set_index("entry")["agree"]
    assert by_list.to_dict() == {"a": 1, "b": 0, "c": 1}


def test_a_list_that_holds_somebody_twice_is_told():
    found = resolve(records(MINSU, MINSU, MINSU | {"entry": "b"}), KEYS)
    assert found.duplicates.set_index("entry")["duplicates"].to_dict() == {"a": 1, "b": 0}


@pytest.mark.parametrize("nothing", [None, pd.DataFrame(), pd.DataFrame({"entry": [], "record_id": []})])
def test_no_records_are_no_error(nothing):
    found = resolve(nothing, Params())
    assert found.reason == "no_records"
    assert found.links.empty
    assert found.customers.empty
    assert np.isnan(found.count.value)


def test_records_that_identify_nobody_are_told():
    found = resolve(records({"city": "서울"}, {"city": "부산"}, {}), Params())
    assert found.reason == "no_identifying_field"
    assert dict(found.caveats)["unidentifiable_records"] == {"records": 3, "n": 3}


def test_one_record_is_one_customer():
    found = resolve(records(MINSU), Params())
    assert (found.found, found.count.value, found.count.reason) == (1, 1, "one_person")
    assert found.links["match_probability"].tolist() == [1]


def test_a_thousand_records_saying_the_same_are_one_customer():
    found = resolve(records(*[MINSU] * 1000), Params())
    assert found.found == 1
    assert dict(found.caveats)["large_persons"] == {"persons": 1, "records": 1000}


def test_few_records_are_linked_by_keys_and_the_reason_is_told():
    found = resolve(
        records(MINSU, MINSU | {"city": "부산"}, {"name": "이하늘", "email": "sky@mail.test"}), Params()
    )
    assert found.method == "keys"
    assert dict(found.caveats)["splink_not_used"] == {"reason": "few_records", "n": 3, "needed": 200}
    assert found.count.reason == "few_records"


def test_records_that_say_nothing_widen_the_interval_downward():
    frame = lists(400, seed=2).drop(columns="person")
    silent = records(*[{"entry": "z", "city": "서울", "record_id": f"z{i}"} for i in range(50)])
    before, after = (resolve(each, KEYS).count for each in (frame, pd.concat([frame, silent])))
    assert after.high - before.high == pytest.approx(50, abs=30)
    assert after.low - before.low < 30


@pytest.mark.parametrize("method", ["splink", "keys"])
def test_any_order_of_rows_gives_the_same_to_the_bit(method):
    frame = lists(300, seed=4).drop(columns="person")
    own = Params(identity_method=method)
    first, second = resolve(frame, own), resolve(frame.sample(frac=1, random_state=1), own)
    assert first.method == method
    for table in ("links", "customers", "fields", "agreement", "duplicates"):
        pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table))
    assert (first.count, first.recall, first.precision) == (second.count, second.recall, second.precision)


def test_made_numbers_do_not_change_when_other_people_come():
    one = records(MINSU, MINSU | {"city": "부산"})
    more = pd.concat([one, records({"entry": "b", "name": "이하늘", "email": "sky@mail.test"})])
    assert resolve(one, KEYS).customers["customer_id"].iloc[0] in set(
        resolve(more, KEYS).customers["customer_id"]
    )


def test_without_splink_keys_are_used_and_said(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    frame = lists(300, seed=4).drop(columns="person")
    found = resolve(frame, Params())
    assert found.method == "keys"
    assert "splink_not_installed" in dict(found.caveats)
    with pytest.raises(ParamsError, match="Splink is not installed"):
        resolve(frame, Params(identity_method="splink"))


def test_a_high_threshold_links_no_more_than_a_low_one():
    frame = lists(400, seed=6).drop(columns="person")
    low, high = (resolve(frame, Params(match_probability=p)).found for p in (0.2, 0.99))
    assert low < high


def test_nothing_is_written_to_the_screen(capfd):
    resolve(lists(300, seed=4).drop(columns="person"), Params())
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
