"""Themes of open answers: the planted ones are found, small ones and quotes are not shown."""

import re

import numpy as np
import pandas as pd
import pytest
from experience_surveys import hotel_frames  # its import lets the generator be imported
from generator import comments as planted

from cerm_nb.analyses.experience import Params, unmet_needs
from cerm_nb.analyses.experience.open_words import impersonal, names_in, vocabulary

OWN = Params()


def written(size=600, seed=3):
    return planted.write(seed, pd.DataFrame({"respondent": [f"R{at}" for at in range(size)], "wave": "a"}))


def words(*texts):
    known = vocabulary(texts)
    return [known.nouns(text) for text in texts]


def terms_of(found):
    return [term for terms in found.frame["terms"] for term in terms]


def answers(texts, who=None, touchpoint="", wave="1"):
    people = who or [f"r{at}" for at in range(len(texts))]
    return pd.DataFrame({"respondent": people, "wave": wave, "touchpoint": touchpoint, "text": texts})


def test_words_lose_particles_and_endings():
    assert words("객실에서 와이파이가 끊겼습니다") == [["객실", "와이파이"]]
    assert words("객실이 깨끗했고 좋았습니다", "깨끗한 객실인데 느려요")[1] == ["깨끗", "객실"]
    assert words("the staff were kind") == [["staff", "kind"]]
    assert words("") == [[]]


def test_words_that_only_look_like_a_particle_s_stay_whole():
    cut = words(
        "와이파이 사우나 바나나", "와이파이가 느려요", "사우나는 좋아요", "바나나를 주세요", "커피나 커피"
    )
    assert cut[0] == ["와이파이", "사우나", "바나나"]
    assert [one[0] for one in cut[1:]] == ["와이파이", "사우나", "바나나", "커피"]
    assert words("반려견과 로비에 아이들이 만족도")[0] == ["반려견", "로비", "아이", "만족도"]


def test_told_terms_are_nouns():
    texts = ["체크아웃을 오후로 늦출 수 있게 줄을 묵을 선택할 끊겨 걸렸어요"] * 20 + [
        "수영장 물이 차가워요"
    ] * 30
    known = vocabulary(texts)
    assert known.nouns(texts[0]) == ["체크아웃", "오후"]
    assert vocabulary(["배려가 배려를", "배려"]).nouns("배려") == ["배려"]


FORMS = [
    ("깨끗했습니다 깨끗했고 깨끗했는데 깨끗하네요 깨끗한 깨끗했던 깨끗하지만 깨끗해서", {"깨끗"}),
    ("친절하셔서 친절하신 친절합니다 친절했어요 친절함 친절하게", {"친절"}),
    ("좋았고 좋았습니다 좋아요 좋네요 느려요 느렸는데 느리네요 좁고 넓은 맛있었어요 끊겨서", set()),
    ("안내해주셔서 안내했으면 안내되었습니다 안내입니다 안내였는데", {"안내"}),
    ("보관함 무제한을 무제한 이해를 이해 담요가 담요를 담요", {"보관함", "무제한", "이해", "담요"}),
    ("room rooms towel towels battery batteries glass glasses", {"room", "towel", "battery", "glass"}),
    ("clean cleaned wait waiting waited drop dropped dropping drops", {"clean", "wait", "drop"}),
    ("news bus breakfast evening even parking park ceiling", {"news", "bus", "breakfast", "evening"}),
    ("blankets pillows", {"blankets", "pillows"}),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_forms_of_a_word_are_one_term_and_no_verb_form_is_told(text, expected):
    found = set(vocabulary([text]).nouns(text))
    assert found == expected | found & {"even", "parking", "park", "ceiling"}


def test_addresses_numbers_markup_and_names_are_taken_out():
    text = (
        "<b class='x'>프런트</b> 김민지 매니저 친절 minji.kim@hanbit.example 010-0000-1234 @handle "
        "https://a.example/b www.b.example <script>alert(1)</script> 박서준님 이영희 씨가 정민수 팀장님께"
    )
    plain = impersonal(text)
    for hidden in (
        "김민지",
        "minji",
        "example",
        "handle",
        "alert",
        "class",
        "박서준",
        "이영희",
        "정민수",
        "1234",
    ):
        assert hidden not in plain, hidden
    assert "프런트" in plain
    assert (
        impersonal("고객님 직원님 사장님 아저씨 날씨가 로비 대리석")
        == "고객님 직원님 사장님 아저씨 날씨가 로비 대리석"
    )
    english = impersonal("Mr. Kim and Ms Park met manager Jane Doe; the manager was kind")
    assert not any(name in english for name in ("kim", "park", "jane", "doe"))
    assert "manager was kind" in english


def test_a_name_known_by_its_title_is_left_out_without_it_too():
    texts = ["김민지 매니저 친절", "프런트 김민지 친절", "주차장 직원 친절"]
    assert names_in(texts) == {"김민지"}
    found = unmet_needs(
        answers(["수영장 락커 김민지 매니저"] * 20 + ["수영장 락커 김민지"] * 20 + ["주차 공간"] * 50), OWN
    )
    assert any("락커" in term for term in terms_of(found))
    assert not any("김민지" in term for term in terms_of(found))


def test_an_e_mail_and_a_name_do_not_become_terms():
    texts = ["수영장 락커 김민지 매니저 minji.kim@gmail.com"] * 40 + ["주차 공간 협소"] * 50
    told = " ".join(terms_of(unmet_needs(answers(texts), OWN)))
    assert "락커" in told
    assert not any(word in told for word in ("김민지", "gmail", "minji", "com"))


def test_who_writes_often_counts_once():
    texts = ["골프 연습장 확대"] * 14 + [f"골프 연습장 확대 홍길동 {'!' * at}" for at in range(12)]
    texts += ["주차 공간 협소"] * 35
    who = [f"r{at}" for at in range(14)] + ["solo"] * 12 + [f"q{at}" for at in range(35)]
    touchpoint = [""] * 14 + ["비밀접점"] * 12 + [""] * 35
    found = unmet_needs(answers(texts, who, touchpoint), OWN)
    assert any("연습장" in term for term in terms_of(found))
    assert not any("홍길동" in term for term in terms_of(found))
    assert set(found.frame["touchpoint"]) == {""}
    assert found.frame["respondents"].tolist() == [15]


def test_only_answers_of_the_wave_are_counted():
    both = pd.concat([answers(["수영장 락커"] * 40, wave="a"), answers(["주차 공간"] * 40, wave="b")])
    found = unmet_needs(both, OWN, "", "b")
    assert found.n == 40
    assert not any("락커" in term for term in terms_of(found))
    assert unmet_needs(both, OWN, "", "c").reason == "no_comments"
    assert unmet_needs(both.assign(wave=None), OWN, "", "b").n == 40


def test_few_different_answers_are_factorised_without_a_warning():
    for texts in (
        ["좋은 객실"] * 50,
        ["수영장 락커"] * 30 + ["주차 공간"] * 30,
        ["awful room"] * 40 + ["cold pool"] * 9,
    ):
        assert unmet_needs(answers(texts), OWN).reason in ("", "too_few_comments")


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


def test_the_hotel_s_planted_needs_are_found_and_no_others():
    found = unmet_needs(hotel_frames()[3], OWN).frame
    unmet = found.loc[found["is_unmet"], "terms"].map(" ".join).tolist()
    assert len(unmet) == 4
    told = [term for terms in found["terms"] for term in terms]
    assert not [term for term in told if re.search(r"[았었했였][가-힣]*$|[고는네요]$|니다$|오후로", term)], (
        told
    )
    assert all(any(word in one for one in unmet) for word in ("체크아웃", "반려견", "강아지", "놀이방"))


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
