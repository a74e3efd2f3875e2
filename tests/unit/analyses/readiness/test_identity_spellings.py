"""The same fact written in many ways is read as one."""

import pandas as pd
import pytest

from cerm_nb.analyses.readiness.identity.records import read


def known(field: str, values: list[str | None], **more: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"entry": "a", "record_id": [f"{i:03}" for i in range(len(values))], field: values, **more}
    )
    return read(frame).known


@pytest.mark.parametrize(
    "written",
    ["2011-03-05", "2011.3.5", "2011/03/05", "20110305", "2011년 3월 5일", "2011년3월5일", "110305",
     "11.3.5", "110305-3", "1103053******", "5 March 2011",
     "Mar 5, 2011", "2011-03-05 00:00:00", "２０１１－０３－０５", "40607"],
)  # fmt: skip
def test_a_birthday_is_read_however_it_is_written(written):
    assert known("birth_date", [written])["birthday"].tolist() == ["2011-03-05"]


@pytest.mark.parametrize(
    "written", ["", "-", "없음", "1900-01-01", "19651343", "2011-02-30", "soon", "3", "2999-01-01"]
)
def test_what_is_no_birthday_is_not_made_one(written):
    assert known("birth_date", [written])["birthday"].isna().all()


def test_day_or_month_first_is_told_by_the_other_dates_of_the_list():
    assert known("birth_date", ["03/04/1980", "25/12/1980"])["birthday"].tolist() == [
        "1980-04-03",
        "1980-12-25",
    ]
    assert known("birth_date", ["03/04/1980", "12/25/1980"])["birthday"].tolist() == [
        "1980-03-04",
        "1980-12-25",
    ]


def test_the_century_of_a_resident_number_is_told_by_its_seventh_digit():
    days = known("birth_date", ["250101-1", "250101-3"])["birthday"]
    assert days.tolist() == ["1925-01-01", "2025-01-01"]


@pytest.mark.parametrize(
    "written",
    ["010-1234-5678", "+82 10-1234-5678", "+82(0)10 1234 5678", "0082-10-1234-5678", "82-10-1234-5678",
     "1012345678",
     "010 1234 5678 / 02-555", "０１０－１２３４－５６７８"],
)  # fmt: skip
def test_a_telephone_number_is_read_however_it_is_written(written):
    assert known("phone", [written])["phone"].tolist() == ["01012345678"]


@pytest.mark.parametrize("written", ["0", "123", "010-0000-0000", "abc", "없음"])
def test_what_is_no_telephone_number_links_nobody(written):
    assert known("phone", [written])["phone"].isna().all()


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [("김민수", "김", "민수"), ("김 민수 님", "김", "민수"), ("남궁민수", "남궁", "민수"),
     ("Mr. John Smith", "smith", "john"),
     ("Smith, John", "smith", "john"), ("JOHN  SMITH", "smith", "john"), ("José García", "garcía", "josé")],
)  # fmt: skip
def test_a_full_name_is_taken_apart(written, family, given):
    row = known("name", [written]).iloc[0]
    assert (row["family"], row["given"]) == (family, given)


def test_the_order_of_names_does_not_matter_to_the_whole_name():
    assert known("name", ["Minsu Kim", "Kim Minsu"])["whole"].unique().size == 1


def test_a_composed_and_a_decomposed_name_are_one():
    assert known("name", ["김민수", "김민수"])["whole"].unique().size == 1


def test_mailboxes_are_lower_case_and_made_up_ones_link_nobody():
    found = known("email", [" A@B.Example ", "none@none.test", "no at sign"])["email"]
    assert found.iloc[0] == "a@b.example"
    assert found.iloc[1:].isna().all()


def test_korean_cities_go_by_their_short_names():
    assert known("city", ["서울특별시", "서울"])["city"].unique().size == 1


def test_a_telephone_many_names_share_links_nobody():
    names = [chr(0xAC00 + 30 * i) + "가나" for i in range(12)]
    found = read(pd.DataFrame({"entry": "a", "record_id": names, "name": names, "phone": "02-1234-5678"}))
    assert found.known["phone"].isna().all()
    assert found.shared["records"].tolist() == [12]


def test_hostile_text_is_only_text():
    evil = "'; DROP TABLE known; --"
    found = known("name", [evil, "x" * 300_000, "\x00\x01", "=cmd()"])
    assert len(found) == 4
