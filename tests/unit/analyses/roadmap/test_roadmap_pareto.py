import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap
from cerm_nb.errors import DataError

OWN = roadmap.Params(bootstrap=200)


def asked(counts: dict[str, int], **columns: object) -> pd.DataFrame:
    reasons = [name for name, n in counts.items() for _ in range(n)]
    return pd.DataFrame({"reason": reasons, **columns})


def test_shares_add_up_by_hand():
    told = roadmap.pareto(asked({"b": 30, "a": 50, "c": 20}), "2026-06-30", OWN)
    assert list(told.frame["reason"]) == ["a", "b", "c"]
    assert list(told.frame["share"]) == pytest.approx([0.5, 0.3, 0.2])
    assert list(told.frame["cumulative"]) == pytest.approx([0.5, 0.8, 1.0])
    assert told.vital == 2
    assert list(told.frame["vital"]) == [True, True, False]
    assert (told.vital_low, told.vital_high) == (2, 3)
    assert told.n == 100
    inside = told.frame["share"].between(told.frame["share_low"], told.frame["share_high"])
    assert inside.all()


def test_one_customer_who_calls_often_widens_the_interval():
    many = asked({"a": 50, "b": 50})
    alone = roadmap.pareto(many, "2026-06-30", OWN).frame
    often = roadmap.pareto(
        many.assign(customer_id=[None] * 50 + ["one"] * 25 + ["two"] * 25), "2026-06-30", OWN
    ).frame
    width = [(one["share_high"] - one["share_low"]).iloc[1] for one in (alone, often)]
    assert width[1] > 2 * width[0]


def test_intervals_hold_the_share_as_often_as_they_say():
    rng = np.random.default_rng(5)
    shares, held, vital = [0.45, 0.37, 0.18], 0, 0
    for _ in range(60):
        counts = dict(zip("abc", rng.multinomial(250, shares), strict=True))
        told = roadmap.pareto(asked(counts), "2026-06-30", OWN)
        row = told.frame.set_index("reason").loc["a"]
        held += row["share_low"] <= 0.45 <= row["share_high"]
        vital += told.vital_low <= 2 <= told.vital_high
    assert 0.87 <= held / 60 <= 1.0
    assert vital / 60 >= 0.93


def test_the_hotel_is_asked_about_what_was_planted(own):
    told = roadmap.pareto(data.contacts(), data.AS_OF, own)
    share = told.frame.set_index("reason")["share"]
    assert share.index[0] == "예약 변경·취소"
    assert share["객실 무선인터넷 불만"] == pytest.approx(0.17, abs=0.03)
    assert told.vital_low <= 5 <= told.vital_high
    assert told.frame.set_index("reason").loc["객실 무선인터넷 불만", "touchpoint"] == "객실"
    without = roadmap.pareto(
        data.contacts(), data.AS_OF, own.model_copy(update={"reasons_left_out": ["칭찬"]})
    )
    assert "칭찬" not in set(without.frame["reason"])


def test_only_the_last_months_up_to_the_day_seen_are_counted():
    days = ["2025-06-30"] * 20 + ["2025-07-01"] * 20 + ["2026-06-30 23:59"] * 20 + ["2026-07-01"] * 20
    told = roadmap.pareto(asked({"a": 80}, date=pd.to_datetime(days, format="mixed")), "2026-06-30", OWN)
    assert told.n == 40


def test_rare_reasons_are_told_together():
    told = roadmap.pareto(asked({"a": 60, "b": 40, "c": 4, "d": 3}), "2026-06-30", OWN)
    assert list(told.frame["reason"]) == ["a", "b", ""]
    assert told.frame["n"].tolist() == [60, 40, 7]
    assert told.frame["cumulative"].iloc[-1] == 1.0
    assert not told.frame["vital"].iloc[-1]


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [
        (None, "no_contacts"),
        (pd.DataFrame({"contact_id": ["1"]}), "no_reasons"),
        (pd.DataFrame({"reason": [None, None]}), "no_reasons"),
        (asked({"a": 3}), "too_few_contacts"),
        (asked({"a": 30}, date=pd.Timestamp("2020-01-01")), "no_reasons"),
    ],
)
def test_without_reasons_it_says_why(contacts, reason):
    told = roadmap.pareto(contacts, "2026-06-30", OWN)
    assert told.reason == reason
    assert told.frame.empty


def test_one_reason_is_all_of_it():
    told = roadmap.pareto(asked({"a": 30}), "2026-06-30", OWN)
    assert (told.vital, told.vital_low, told.vital_high) == (1, 1, 1)
    assert told.frame["share"].tolist() == [1.0]


def test_reasons_left_out_must_be_known():
    with pytest.raises(DataError, match="nobody gave the reason 'praise'"):
        roadmap.pareto(asked({"a": 30}), "2026-06-30", roadmap.Params(reasons_left_out=["praise"]))
