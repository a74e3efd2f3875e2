import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap
from cerm_nb.errors import ParamsError

SIZES = pd.DataFrame({"segment": ["1", "2", "3", "4"], "name": ["1. 실속", "2. 출장", "3. 가족", "4. 감성"]})


def cell(**columns: object) -> dict[str, object]:
    return {"promise": "warm", "touchpoint": "체크인"} | columns


def laid_out(hotel, *cells: dict[str, object], lang: str = "ko", **given: object) -> pd.DataFrame:
    own = roadmap.Params(bootstrap=100, blueprint=list(cells))
    given = {"members": data.segments_found(), "sizes": SIZES} | given
    return roadmap.blueprint(hotel, own, lang, **given)


def test_todays_level_is_that_of_the_same_customers(hotel):
    told = laid_out(
        hotel,
        cell(segment="1", customer="returning"),
        cell(segment="1. 실속"),
        cell(customer="returning"),
        cell(),
    )
    assert told["segment"].tolist() == ["1", "1", "", ""]
    assert told["name"].tolist() == ["1. 실속", "1. 실속", "", ""]
    rows = hotel.at()
    who = hotel.rows.iloc[rows].merge(hotel.respondents, on=["respondent", "wave"], how="left")
    segment = who["respondent"].map(data.segments_found().set_index("respondent")["segment"])
    wanted = [
        (segment == "1") & (who["first_time"] == "no"),
        segment == "1",
        who["first_time"] == "no",
        segment.notna(),
    ]
    items = (hotel.items["touchpoint"] == "체크인").to_numpy()
    mean = pd.DataFrame(hotel.ratings["experience"][rows][:, items]).mean(axis=1)
    for at, mine in enumerate(wanted):
        there = (mine & mean.notna()).to_numpy()
        assert told.loc[at, "n"] == there.sum()
        level = np.average(mean[there], weights=hotel.weights[rows][there])
        assert told.loc[at, "experience"] == pytest.approx(level)
        assert told.loc[at, "experience_low"] < level < told.loc[at, "experience_high"]
    assert (told["state"] == "").all()


def test_empty_cells_are_flagged_and_texts_taken_in_the_language(hotel):
    one = cell(scenario={"en": "Known by name", "ko": "이름으로 맞이"}, role="프런트", process=" ")
    told = laid_out(hotel, one).iloc[0]
    assert (told["scenario"], told["role"]) == ("이름으로 맞이", "프런트")
    assert (told["empty"], told["missing"]) == (2, "process; information")
    assert told["stage"] == "at"
    assert laid_out(hotel, one, lang="en").iloc[0]["scenario"] == "Known by name"


def test_touchpoints_that_carry_the_promise_without_a_record_are_empty_rows(hotel):
    told = laid_out(
        hotel, cell(scenario="x"), titles={"warm": "Welcomed warmly"}, carriers={"warm": ["체크인", "배웅"]}
    )
    assert told[["promise", "touchpoint", "empty"]].to_numpy().tolist() == [
        ["warm", "체크인", 3],
        ["warm", "배웅", 4],
    ]
    assert set(told["title"]) == {"Welcomed warmly"}
    only = laid_out(hotel, cell(promise=""), carriers={"warm": ["체크인"]})
    assert len(only) == 1
    assert laid_out(hotel, cell(promise="warm"))["title"].tolist() == ["warm"]  # no other name is known


def test_too_few_are_hidden_and_those_who_would_tell_them(hotel):
    told = laid_out(
        hotel,
        cell(customer="first_time"),  # 28 of 300, under min_neff
        cell(customer="returning"),
        cell(segment="2", customer="first_time"),  # 2
        cell(segment="2", customer="returning"),  # the segment less these would tell the 2
        cell(segment="2"),
    )
    assert told["state"].tolist() == ["hidden", "", "hidden", "hidden", ""]
    numbers = ["n", "n_eff", "experience", "experience_low", "experience_high"]
    assert told.loc[told["state"] == "hidden", numbers].isna().all(axis=None)
    assert told.loc[told["state"] == "", numbers].notna().all(axis=None)


def test_without_segments_nobody_is_known_to_be_in_one(hotel):
    told = laid_out(hotel, cell(segment="2"), cell(), members=None, sizes=None)
    assert told["state"].tolist() == ["unknown", ""]
    assert np.isnan(told.loc[0, "n"])
    assert laid_out(hotel).empty


def test_everything_wrong_is_told_at_once(hotel):
    with pytest.raises(ParamsError) as error:
        laid_out(
            hotel,
            cell(touchpoint="체크 인"),
            cell(segment="7"),
            cell(promise="worm"),
            cell(),
            cell(),
            titles={"warm": "Welcomed warmly", "quick": "Quick"},
        )
    told = str(error.value)
    assert len(error.value.problems) == 4
    assert "blueprint → 0 → touchpoint: '체크 인' is not known" in told
    assert "did you mean 체크인" in told
    assert "blueprint → 1 → segment: '7' is not known" in told
    assert "did you mean warm" in told
    assert "blueprint → 4: says again what record 3 is about: warm / 체크인" in told


def test_segments_are_also_found_by_customer_number(hotel):
    people = hotel.respondents.dropna(subset=["customer_id"])
    members = people[["customer_id"]].drop_duplicates().assign(segment="1")
    told = laid_out(hotel, cell(segment="1"), members=members, sizes=None)
    rows = hotel.rows.iloc[hotel.at()]
    known = rows["respondent"].isin(people["respondent"])
    assert told.loc[0, "n"] == pytest.approx(known.sum(), abs=3)
