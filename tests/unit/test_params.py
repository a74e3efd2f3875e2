import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from cerm_nb import params
from cerm_nb.errors import ParamsError


class Own(BaseModel):
    model_config = ConfigDict(extra="forbid")

    holdout_weeks: int = Field(26, ge=1, description="weeks held back to check the forecast")
    shares: list[float] = Field([0.2, 0.8], description="tiers")


GOOD = {"client": "hotel", "as_of": "2011-06-30", "currency": "KRW", "lang": "ko"}


def problems(values: dict[str, object]) -> list[str]:
    with pytest.raises(ParamsError) as caught:
        params.check(values, [Own], "params/hotel.yml")
    return [str(problem) for problem in caught.value.problems]


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "hotel.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_gives_the_shared_values() -> None:
    common = params.check(GOOD | {"holdout_weeks": 13}, [Own], "params/hotel.yml")
    assert (common.client, common.lang, common.currency) == ("hotel", "ko", "KRW")


def test_a_wrong_value_says_where_got_allowed_and_meaning() -> None:
    assert problems(GOOD | {"holdout_weeks": -4}) == [
        "params/hotel.yml → holdout_weeks: got -4; expected 1 or more (weeks held back to check the forecast)"
    ]


def test_a_misspelt_key_names_the_nearest() -> None:
    (told,) = problems(GOOD | {"holdout_week": 4})
    assert "did you mean 'holdout_weeks'?" in told


def test_all_problems_are_told_at_once() -> None:
    told = problems(
        {"client": "../../etc", "lang": "fr", "currency": "WON", "holdout_weeks": "x", "nonsense": 1}
    )
    assert len(told) == 6
    for key in ("client", "as_of", "lang", "currency", "holdout_weeks", "nonsense"):
        assert any(f"→ {key}" in line for line in told)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("holdout_weeks", "26", "a whole number"),
        ("holdout_weeks", 2.5, "a whole number"),
        ("holdout_weeks", True, "a whole number"),
        ("shares", 0.5, "a list"),
        ("shares", ["a"], "a number"),
        ("as_of", "30.6.2011", "ISO date"),
        ("as_of", "2011-02-30", "ISO date"),
        ("client", 7, "text"),
        ("client", "a/b", "text that matches"),
        ("title", "Hotel", "lines"),
        ("data", {"transactions": "x.csv"}, "lines"),
    ],
)
def test_a_wrong_type_says_what_is_expected(key: str, value: object, expected: str) -> None:
    told = problems(GOOD | {key: value})
    assert len(told) == 1
    assert expected in told[0]


def test_a_misspelt_key_in_a_table_is_told_with_its_path() -> None:
    (told,) = problems(GOOD | {"data": {"transactions": {"from": "x.csv", "colums": {}}}})
    assert told.startswith("params/hotel.yml → data.transactions.colums")


def test_dates_stay_text_quoted_or_not(tmp_path: Path) -> None:
    read = params.read(file(tmp_path, "client: hotel\nas_of: 2011-06-30\n"), "params/hotel.yml")
    assert read["as_of"] == "2011-06-30"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("client: a\nclient: b\n", "given twice"),
        ("client: [a\n", "not valid YAML"),
        ("- a\n- b\n", "no `key: value` lines"),
        ("", "no `key: value` lines"),
        ("1: a\n", "no `key: value` lines"),
        ("[a]: 1\n", "not valid YAML"),
        ("seed: !!int foo\n", "not valid YAML"),
        ("a: " + "[" * 3000 + "\n", "not valid YAML"),
        ("client: !!python/object:os.system x\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_params_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ParamsError, match=told):
        params.read(file(tmp_path, text), "params/hotel.yml")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"params/x\.yml: cannot be read"):
        params.read(tmp_path / "x.yml", "params/x.yml")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes("title: 한빛호텔".encode("cp949"))
    with pytest.raises(ParamsError, match="not UTF-8"):
        params.read(path, "params/x.yml")


@pytest.mark.parametrize(
    "value",
    [
        {"transactions": "postgres://bob:geheim@h/db"},
        {"transactions": {"from": "postgres://bob:geheim@h/db"}},
        {"transactions": {"from": {"url": "postgres://bob:ge/heim@h/db"}}},
        {"transactions": {"from": "postgres://h/db?password=geheim", "tabel": "t"}},
    ],
)
def test_an_error_never_tells_a_password(value: object) -> None:
    told = " ".join(problems(GOOD | {"data": value}))
    assert "geheim" not in told
    assert "ge/heim" not in told


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "No", "OFF"])
def test_words_that_mean_yes_or_no_elsewhere_are_text(tmp_path: Path, word: str) -> None:
    read = params.read(file(tmp_path, f"columns: {{record_id: {word}}}\n{word}: 1\n"), "params/hotel.yml")
    assert read == {"columns": {"record_id": word}, word: 1}


def test_true_and_false_stay_what_they_are(tmp_path: Path) -> None:
    read = params.read(file(tmp_path, "a: true\nb: False\nc: 'true'\n"), "params/hotel.yml")
    assert read == {"a": True, "b": False, "c": "true"}


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("Server=db;Uid=u;Pwd=S3cretPw;", "Server=db;Uid=u;Pwd=***"),
        ("Server=db; Password = 'S3;cretPw'; Uid=u", "Server=db; Password =***"),
        ("host=db user=u passwd=S3cretPw", "host=db user=u passwd=***"),
        ("postgres:reader:S3cretPw@db/shop", "postgres:reader:***@db/shop"),
        ("postgres:reader:S3cret:P@w@db/shop", "postgres:reader:***@db/shop"),
    ],
)
@pytest.mark.parametrize("is_list", [False, True])
def test_a_password_in_a_location_that_is_no_url_is_refused_and_not_shown(
    location: str, shown: str, is_list: bool
) -> None:
    data = {"transactions": {"from": [location] if is_list else location}}
    told = "\n".join(problems({**GOOD, "data": data}))
    assert "put the password into the environment" in told
    assert shown in told
    assert not re.search(r"S3|cret|P@w", told)


@pytest.mark.parametrize(
    "location",
    ["data/password=1/shop.csv", "C:/shops/a:b@c.csv", "D:\\a:b@c.csv", "password.csv", "a@b:c.csv"],
)
def test_a_file_that_only_looks_like_a_login_is_allowed(location: str) -> None:
    params.check({**GOOD, "data": {"transactions": {"from": location}}}, [Own], "params/hotel.yml")
