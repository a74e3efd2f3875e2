"""Themes of open answers: the planted ones are found, small ones and quotes are not shown."""

import numpy as np
import pandas as pd
from experience_surveys import HOTEL  # noqa: F401  # its import lets the generator be imported
from generator import comments as planted

from cerm_nb.analyses.experience import Params, unmet_needs
from cerm_nb.analyses.experience.needs import tokens

OWN = Params()


def written(size=600, seed=3):
    return planted.write(seed, pd.DataFrame({"respondent": [f"R{at}" for at in range(size)], "wave": "a"}))


def test_words_lose_particles_and_endings():
    assert tokens("객실에서 와이파이가 끊겼습니다") == ["객실", "와이파이", "끊겼"]
    assert tokens("the staff were kind") == ["staff", "kind"]
    assert tokens("") == []


def test_planted_themes_are_found_and_wishes_told_from_complaints():
    found = unmet_needs(written().drop(columns="theme"), OWN).frame
    terms = [" ".join(one) for one in found["terms"]]
    late = next(at for at, one in enumerate(terms) if "체크아웃" in one)
    assert found["is_unmet"][late]
    assert found["wish_share"][late] > 0.8
    for word in ("무선인터넷", "소음", "직원", "조식"):
        assert any(word in one for one in terms), word
    wifi = next(at for at, one in enumerate(terms) if "무선인터넷" in one)
    assert not found["is_unmet"][wifi]


def test_no_answer_is_quoted_and_no_small_theme_told():
    table = written()
    found = unmet_needs(table, OWN)
    assert (found.frame["respondents"] >= OWN.min_group).all()
    told = [term for terms in found.frame["terms"] for term in terms]
    assert all(len(term.split()) <= 2 for term in told)
    rare = pd.DataFrame(
        {"respondent": ["X1"], "wave": "a", "brand": "", "touchpoint": "", "text": "김철수 010"}
    )
    again = unmet_needs(pd.concat([table, rare]), OWN)
    assert not any("김철수" in term for terms in again.frame["terms"] for term in terms)


def test_the_order_of_answers_does_not_matter():
    table = written()
    first, second = (unmet_needs(one, OWN).frame for one in (table, table.sample(frac=1, random_state=1)))
    assert first["respondents"].tolist() == second["respondents"].tolist()
    assert first["terms"].tolist() == second["terms"].tolist()


def test_shares_are_of_all_who_wrote_with_their_interval():
    found = unmet_needs(written(), OWN)
    frame = found.frame
    assert np.allclose(frame["share"], frame["respondents"] / found.n)
    assert ((frame["low"] < frame["share"]) & (frame["share"] < frame["high"])).all()


def test_answers_about_others_are_left_out():
    table = written().assign(brand="them")
    assert unmet_needs(table, OWN, "us").reason == "no_comments"


def test_too_few_answers_have_no_themes():
    assert unmet_needs(None, OWN).reason == "no_comments"
    assert unmet_needs(written(10), OWN).reason == "too_few_comments"
    unlike = pd.DataFrame(
        {
            "respondent": [f"r{at}" for at in range(40)],
            "text": [chr(0xAC00 + 30 * at) * 3 for at in range(40)],
        }
    )
    assert unmet_needs(unlike, OWN).reason == "too_few_comments"
    assert unmet_needs(pd.DataFrame({"respondent": ["a"], "text": [None]}), OWN).reason == "no_comments"


def test_hostile_text_is_only_counted():
    table = written(200)
    table["text"] = "<script>alert(1)</script> " + table["text"] + " " + "ㅋ" * 5_000
    found = unmet_needs(table, OWN)
    assert not any("<" in term for terms in found.frame["terms"] for term in terms)
