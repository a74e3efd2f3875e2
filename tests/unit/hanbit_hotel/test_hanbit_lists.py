"""The customer lists hold the true persons, with the duplicates and errors that are planted."""

import gzip
import json
import re
import sqlite3

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import python_calamine
from generator.customer_files import CARD_WIDTHS
from generator.slips import codes, slip_digits, slip_email, slip_name, texts

RESERVED = re.compile(r"(?:^|\.)example\.(?:com|org|net)$|\.test$", re.IGNORECASE)
NEVER_ASSIGNED = re.compile(r"(?:\+82|0)10-?0\d{2,3}-?\d{4}$|0100\d{2,3}$")


def lines(shipped, name, encoding="utf-8"):
    return (shipped / name).read_text(encoding=encoding).splitlines()


def json_lines(shipped, name):
    path = shipped / name
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return pd.DataFrame([json.loads(line) for line in raw.decode().splitlines()]).fillna("")


@pytest.fixture(scope="module")
def tables(shipped):
    """Every file with personal data, as text."""
    read = {"dtype": str, "keep_default_na": False}
    ends = np.cumsum(list(CARD_WIDTHS.values()))
    widths = list(zip(ends - list(CARD_WIDTHS.values()), ends, strict=True))
    workbook = python_calamine.CalamineWorkbook.from_path(shipped / "office_vip.xlsx")
    head, *rows = workbook.get_sheet_by_name("VIP").to_python()
    return {
        "guests": pd.read_csv(shipped / "operations_guests.csv.gz", **read),
        "cards": pd.DataFrame(
            [
                [line[start:end].strip() for start, end in widths]
                for line in lines(shipped, "loyalty_cards.txt")
            ],
            columns=list(CARD_WIDTHS),
        ),
        "web_members": json_lines(shipped, "web_members.jsonl"),
        "newsletter": pd.read_csv(shipped / "newsletter.csv", **read),
        "vip": pd.DataFrame(rows, columns=head),
        "attendees": pd.read_csv(shipped / "event_attendees_cp949.csv", encoding="cp949", **read),
        "press_list": pd.read_csv(shipped / "press_contacts_utf16.tsv", encoding="utf-16", sep="\t", **read),
        "calls": pd.read_csv(shipped / "call_log_cp949.csv", encoding="cp949", **read),
        "web_inquiries": json_lines(shipped, "web_inquiries.jsonl.gz"),
        "event_visits": pd.read_csv(shipped / "event_visits.csv", **read),
        "coupons": pd.read_csv(shipped / "card_coupons.csv", **read),
    }


def test_every_record_belongs_to_a_known_person(tables, truth):
    for entry, persons in truth["identity"]["persons_of_records"].items():
        assert list(tables[entry].iloc[:, 0]) == list(persons), entry


def test_errors_happen_at_the_planted_rates(truth):
    planted, found = truth["identity"]["planted"], truth["identity"]["found"]
    distances = []
    for entry, plan in planted.items():
        records = found[entry]["records"]
        for error, rate in plan["rates"].items():
            spread = np.sqrt(records * rate * (1 - rate))
            distances.append((found[entry][error] - records * rate) / spread)
    assert np.abs(distances).max() < 4
    assert 0.7 < np.std(distances) < 1.3


def test_lists_hold_the_planted_shares_of_persons(truth):
    guests, listed = truth["identity"]["true_guests"], truth["identity"]["found"]
    assert listed["guests"]["persons"] == guests
    prospects = round(0.35 * guests)
    for entry, plan in truth["identity"]["planted"].items():
        expected = plan["guests"] * guests + plan["prospects"] * prospects
        assert listed[entry]["persons"] == pytest.approx(expected, abs=4 * np.sqrt(expected) + 1), entry


def test_some_persons_stand_in_a_list_twice_and_some_guests_have_two_numbers(tables, truth):
    identity = truth["identity"]
    for entry, one in identity["found"].items():
        assert one["records"] > one["persons"], entry
    persons = pd.Series(identity["persons_of_customer_id"])
    assert 10 < persons.duplicated().sum() < 50
    assert set(tables["guests"]["guest_no"]) == set(persons.index)


def test_people_of_a_household_share_a_home_and_are_different_persons(tables, truth):
    persons = truth["identity"]["persons_of_records"]["guests"]
    guests = tables["guests"].assign(person=lambda table: table["record"].map(persons))
    one = guests.drop_duplicates("person").set_index("person")
    couples = truth["identity"]["households_not_to_be_merged"]
    homes = [one.loc[couple, "address"] for couple in couples]
    assert len(couples) == 75
    assert np.mean([home.iloc[0] == home.iloc[1] for home in homes]) > 0.6
    assert all(len(set(couple)) == 2 for couple in couples)


def test_no_telephone_number_can_be_real(tables):
    columns = {
        "guests": "mobile", "cards": "phone", "web_members": "mobile", "vip": "휴대폰", "attendees": "연락처",
        "press_list": "전화", "calls": "발신번호", "web_inquiries": "phone", "event_visits": "phone",
    }  # fmt: skip
    for entry, column in columns.items():
        numbers = tables[entry][column].str.replace(r"[ .]", "", regex=True)
        given = numbers[numbers != ""]
        assert len(given) > 0, entry
        # a number cut short by mistake keeps the zero that makes it impossible
        real = given[~given.str.replace("-", "").str.match(NEVER_ASSIGNED)]
        assert list(real) == [], entry


def test_every_address_of_mail_lies_in_a_reserved_domain(shipped):
    found = []
    for path in sorted(shipped.iterdir()):
        if path.is_file() and path.name not in ("generate.py", "README.md"):
            found += re.findall(r"[\w.+-]+@([\w.-]+\w)", said(path))
    assert len(found) > 3_000
    assert {domain for domain in found if not RESERVED.search(domain)} == set()


def said(path):
    """All text of a file."""
    if path.suffix == ".parquet":
        return "\n".join(str(column.unique().to_pylist()) for column in pq.read_table(path).columns)
    if path.suffix == ".sqlite":
        connection = sqlite3.connect(path)
        text = "\n".join(connection.iterdump())
        connection.close()
        return text
    if path.suffix == ".xlsx":
        return str(python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    encoding = "cp949" if "cp949" in path.name else "utf-16" if "utf16" in path.name else "utf-8"
    return raw.decode(encoding)


def test_contacts_carry_keys_as_planted(tables, truth):
    for entry, one in truth["readiness"]["contacts"].items():
        assert len(tables[entry]) == one["contacts"]
    calls = tables["calls"]
    assert (calls["고객번호"] != "").mean() == pytest.approx(0.35 * 1_500 / 1_675, abs=0.04)
    assert (calls["발신번호"] != "").mean() == pytest.approx(0.92, abs=0.03)


def test_activities_won_the_guests_the_truth_tells(tables, truth):
    recorded = tables["guests"].drop_duplicates("won_on").shape[0]
    assert recorded > 100
    persons = truth["identity"]["persons_of_records"]["guests"]
    won = tables["guests"].assign(person=lambda table: table["record"].map(persons))
    won = won.drop_duplicates("person")["won_by"].value_counts()
    for activity, one in truth["acquisition"].items():
        assert won.get(activity, 0) == one["customers_recorded"]
        assert one["customers_recorded"] <= one["customers"]
    assert truth["acquisition"]["A10"]["customers"] == 0
    assert truth["acquisition"]["A01"]["return_so_far"] < 0 < truth["acquisition"]["A03"]["return_so_far"]


def test_managers_answers_scatter_around_the_planted_levels(shipped, truth):
    answers = pd.read_csv(shipped / "maturity.csv")
    means = answers.groupby("dimension")["answer"].mean()
    assert answers["answer"].between(1, 5).all()
    assert means.sub(pd.Series(truth["readiness"]["maturity"])).abs().max() < 0.6
    assert means.idxmin() in ("organisation", "systems")


def test_a_slip_changes_one_letter_and_keeps_the_length():
    rng = np.random.default_rng(1)
    names = np.array(["민준", "서연", "Yuki", "하", "Li"], dtype=object)
    slipped = slip_name(names, rng)
    assert [len(one) for one in slipped] == [len(one) for one in names]
    assert [one != other for one, other in zip(slipped, names, strict=True)][:4] == [True] * 4
    assert all("가" <= letter <= "힣" for letter in slipped[0] + slipped[3])


def test_slipped_digits_stay_a_telephone_number_that_cannot_be_real():
    numbers = np.array(["010-0123-4567", "010-0000-0000"], dtype=object)
    slipped = slip_digits(numbers, np.random.default_rng(1))
    assert all(re.fullmatch(r"010-0\d{3}-\d{4}", one) for one in slipped)
    assert all(one != other for one, other in zip(slipped, numbers, strict=True))


def test_a_slipped_mail_address_keeps_its_domain():
    slipped = slip_email(np.array(["minjun@example.com", "aaron@example.org"], dtype=object))
    assert list(slipped) == ["mnijun@example.com", "araon@example.org"]


def test_texts_come_back_from_their_code_points():
    given = np.array(["", "가나다", "a"], dtype=object)
    assert list(texts(codes(given))) == list(given)
    assert len(texts(codes(given[:0]))) == 0
