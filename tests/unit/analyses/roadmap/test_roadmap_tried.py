"""What was tried is judged once: pilots and indicators together, nothing seen after the last day."""

import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap
from cerm_nb.errors import ParamsError

AS_OF = "2024-12-31"
OWN = roadmap.Params(bootstrap=100)


def observed(effect=1.0, initiative="x", day="2024-06-01", sign=1.0):
    """Sixty units per arm, before and after, with an effect in the pilot."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        [
            (initiative, f"{arm}{unit}-{phase}", f"{arm}{unit // 5}", arm, phase)
            for arm in ("pilot", "control")
            for phase in ("before", "after")
            for unit in range(60)
        ],
        columns=["initiative", "unit", "cluster", "arm", "phase"],
    )
    moved = (frame["arm"] == "pilot") & (frame["phase"] == "after")
    return frame.assign(value=5 + rng.normal(0, 0.5, len(frame)) + sign * effect * moved, date=day)


def series(indicator="rate", step=0.0, begins="2024-04-01"):
    """Three years of months that step up where the initiative begins."""
    periods = pd.date_range("2022-01-01", "2024-12-01", freq="MS")
    noise = np.random.default_rng(6).normal(0, 0.2, len(periods))
    values = 10 + noise + step * (periods >= begins)
    return pd.DataFrame({"indicator": indicator, "period": periods, "value": values})


def listed(**columns):
    frame = data.listed(indicator=["rate", None, None], effect=[0.5, 0.4, 0.3], **columns)
    return frame.assign(start=pd.to_datetime(pd.Series(["2024-04-01", None, None])))


INDICATORS = pd.DataFrame({"indicator": ["rate"], "direction": ["higher"], "name": ["Rate"]})


def tried(pilots=None, kpis=None, initiatives=None, as_of=AS_OF):
    known = listed() if initiatives is None else initiatives
    piloted = roadmap.judge_pilots(pilots, as_of, OWN)
    return roadmap.judge(known, piloted, roadmap.watch_indicators(known, INDICATORS, kpis, as_of, OWN), as_of)


def test_an_initiative_that_a_pilot_and_its_indicator_speak_for_counts_once():
    found = tried(observed(), series(step=2.0))
    assert found.n == 1
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)
    assert found.frame.loc[0, ["initiative", "name", "pilot", "since_start"]].tolist() == [
        *("x", "X", "worked", "worked")
    ]
    assert (found.verdict, found.reason) == ("go", "")
    assert found.worked == ("X",)


def test_what_only_its_own_indicator_speaks_for_is_told_to_have_no_control():
    told = dict(tried(observed(initiative="y"), series(step=2.0)).caveats)
    assert told["without_control"] == {"n": 1, "initiatives": ("X",)}
    assert "without_control" not in dict(tried(observed(), series(step=2.0)).caveats)


def test_harm_outweighs_a_pilot_that_worked():
    found = tried(observed(), series(step=-2.0))
    assert found.frame.loc[0, "outcome"] == "worsened"
    assert (found.verdict, found.reason) == ("stop", "something_worsened")
    assert found.failed == ("X",)


def test_a_pilot_s_harm_is_harm_too():
    found = tried(observed(sign=-1.0, initiative="y"), series(step=2.0))
    assert found.frame.set_index("initiative")["outcome"].to_dict() == {"x": "worked", "y": "worsened"}
    assert found.verdict == "stop"


def test_a_pilot_its_control_leaves_open_is_not_decided_by_a_rise_without_control():
    found = tried(observed(0.0), series(step=2.0))
    assert found.frame.loc[0, ["pilot", "since_start", "outcome"]].tolist() == [
        *("undetermined", "worked", "undetermined")
    ]
    assert found.verdict != "go"


def test_what_is_open_bounds_the_share_that_worked():
    found = tried(observed(initiative="y"), series(step=0.0))
    assert (found.value, found.low, found.high) == (0.5, 0.5, 1.0)
    assert (found.verdict, found.reason) == ("watch", "something_undetermined")
    assert found.undetermined == ("X",)


def test_a_pilot_without_an_effect_worth_having_is_told():
    many = pd.concat(
        [
            observed(0.0).assign(
                unit=lambda frame, at=at: frame["unit"] + str(at),
                cluster=lambda frame, at=at: frame["cluster"] + str(at),
            )
            for at in range(12)
        ]
    )
    found = tried(many, None, listed().assign(indicator=None))
    assert found.frame.loc[0, "outcome"] == "no_effect"
    assert (found.verdict, found.reason) == ("watch", "something_without_effect")
    assert found.value == found.high == 0


def test_nothing_tried_and_nothing_judged_are_two_reasons():
    nothing = tried(initiatives=listed().assign(start=pd.NaT))
    assert (nothing.n, nothing.verdict, nothing.reason) == (0, "not_enough_data", "nothing_tried")
    alone = tried(kpis=series().head(20))
    assert (alone.n, alone.verdict, alone.reason) == (1, "not_enough_data", "nothing_judged")
    assert np.isnan([nothing.value, alone.value]).all()


def test_tables_that_are_not_there_leave_empty_results():
    piloted = roadmap.judge_pilots(None, AS_OF, OWN)
    watched = roadmap.watch_indicators(None, None, None, AS_OF, OWN)
    assert piloted.frame.empty
    assert watched.frame.empty
    assert roadmap.judge(None, piloted, watched, AS_OF).frame.empty
    assert roadmap.plan_open(None, piloted, AS_OF, OWN).empty
    # without indicators nobody says which way is better
    assert roadmap.watch_indicators(listed(), None, series(), AS_OF, OWN).frame.empty


def test_what_lies_after_the_last_day_is_not_seen():
    early = "2023-12-31"
    assert roadmap.judge_pilots(observed(), early, OWN).frame.empty
    watched = roadmap.watch_indicators(listed(), INDICATORS, series(step=5.0), early, OWN)
    assert watched.frame["verdict"].tolist() == ["not_started"]
    assert watched.frame["points_before"].tolist() == [24]
    assert len(roadmap.judge_pilots(observed(day=None), early, OWN).frame) == 1  # no day is told


def test_what_has_begun_or_is_decided_is_not_planned_and_what_is_open_is():
    piloted = roadmap.judge_pilots(observed(initiative="y"), AS_OF, OWN)
    assert roadmap.plan_open(listed(), piloted, AS_OF, OWN)[["initiative", "name"]].to_numpy().tolist() == [
        ["z", "Z"]
    ]
    few = roadmap.judge_pilots(observed(0.1, "y"), AS_OF, OWN)
    assert few.frame["verdict"].tolist() == ["undetermined"]
    assert roadmap.plan_open(listed(), few, AS_OF, OWN)["initiative"].tolist() == ["y", "z"]


def test_params_that_name_pilots_nobody_has_are_refused_together():
    wrong = OWN.model_copy(update={"pilot_shares": {"q": 0.5}, "lower_is_better": ["r"]})
    with pytest.raises(ParamsError) as refused:
        roadmap.judge_pilots(observed(), AS_OF, wrong)
    assert "pilot_shares → q" in str(refused.value)
    assert "lower_is_better → r" in str(refused.value)
    assert roadmap.judge_pilots(None, AS_OF, wrong).frame.empty  # this client has no pilots at all


def test_lower_is_better_turns_a_pilot_round():
    down = observed(sign=-1.0)
    assert roadmap.judge_pilots(down, AS_OF, OWN).frame["reason"].tolist() == ["harmful"]
    turned = OWN.model_copy(update={"lower_is_better": ["x"]})
    assert roadmap.judge_pilots(down, AS_OF, turned).frame["verdict"].tolist() == ["worked"]


def test_caveats_speak_of_initiatives_by_name():
    kpis = pd.concat([series().iloc[:20], series().iloc[22:]])
    both = listed().assign(indicator="rate", start=pd.Timestamp("2024-04-01"))
    told = dict(tried(kpis=kpis, initiatives=both).caveats)
    assert told["indicator_shared"]["initiatives"] == ("X", "Y", "Z")
    assert told["periods_missing"]["n"] == 2


def test_the_hotel_s_pilots_and_changes_are_judged_together():
    truth = data.truth()["initiatives"]
    pilots = pd.read_csv(data.HOTEL / "pilots.tsv", sep="\t")
    kpis = pd.read_csv(data.HOTEL / "kpis.csv", thousands=",")
    initiatives, indicators = data.table("initiatives"), data.table("indicators")
    piloted = roadmap.judge_pilots(pilots, data.AS_OF, OWN)
    watched = roadmap.watch_indicators(initiatives, indicators, kpis, data.AS_OF, OWN)
    found = roadmap.judge(initiatives, piloted, watched, data.AS_OF)
    outcome = found.frame.set_index("initiative")["outcome"].to_dict()
    assert outcome == {
        "I1": "worked",
        "I2": "undetermined",
        "I4": "worked",
        "I5": "worked",
        "I6": "undetermined",
        "I7": "worked",
    }
    assert all(truth["effects"][name] > 0 for name, told in outcome.items() if told == "worked")
    assert (found.low, found.high) == (pytest.approx(4 / 6), 1.0)
    course, mover = roadmap.chart(watched, kpis, data.AS_OF)
    assert mover in ("I1", "I4")
    assert len(course) == 36
    assert (course["lower"] < course["expected"]).all()
