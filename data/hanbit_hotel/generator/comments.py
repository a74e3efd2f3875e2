"""Open answers in Korean, and a few in English, with planted themes; some of them are needs nobody meets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from generator.questionnaire import OWN
from generator.random import pick, some, stream

COMMENTING_SHARE = 0.55
ENGLISH_SHARE = 0.10


class Theme(NamedTuple):
    """A theme: English name, odds, touchpoint, whether an unmet need, and its phrases."""

    en: str
    odds: float
    touchpoint: str
    unmet: bool
    korean: tuple[str, ...]
    english: tuple[str, ...]


THEMES = {
    "무선인터넷": Theme(
        "Wireless internet",
        0.18,
        "객실",
        False,
        (
            "객실 와이파이가 자주 끊겨 화상회의를 못 했습니다",
            "무선인터넷 속도가 너무 느렸어요",
            "와이파이 연결이 불안정했습니다",
        ),
        ("The wifi in the room kept dropping", "Slow wifi, could not work"),
    ),
    "체크인 대기": Theme(
        "Wait at check-in",
        0.16,
        "체크인",
        False,
        (
            "체크인 대기 줄이 길어 삼십 분을 기다렸습니다",
            "프런트 직원이 부족해 체크인이 오래 걸렸어요",
            "도착하자마자 줄을 서서 기다렸습니다",
        ),
        ("The check-in queue was too long", "Waited half an hour at the front desk"),
    ),
    "직원 친절": Theme(
        "Friendly staff",
        0.18,
        "체크인",
        False,
        (
            "직원분들이 친절하고 따뜻했습니다",
            "프런트 직원의 친절한 미소가 기억에 남아요",
            "친절한 직원 덕분에 편안했습니다",
        ),
        ("The staff were kind and warm", "Very friendly staff"),
    ),
    "조식 메뉴": Theme(
        "Breakfast menu",
        0.12,
        "조식",
        False,
        (
            "조식 메뉴가 며칠째 똑같았습니다",
            "아침 식사 메뉴가 다양하지 않아요",
            "조식에 지역 음식이 있으면 좋겠습니다",
        ),
        ("Breakfast menu was the same every day", "More variety at breakfast please"),
    ),
    "소음": Theme(
        "Noise",
        0.10,
        "객실",
        False,
        (
            "옆방 소음 때문에 잠을 설쳤습니다",
            "복도 소음이 밤늦게까지 들렸어요",
            "방음이 약해 소음이 심했습니다",
        ),
        ("Noise from the corridor at night", "Thin walls and noise"),
    ),
    "반려동물": Theme(
        "Pets",
        0.08,
        "객실",
        True,
        (
            "반려견과 함께 묵을 수 있는 객실이 있으면 좋겠습니다",
            "반려동물 동반이 안 되어 아쉬웠어요",
            "강아지와 함께 올 수 있게 해 주세요",
        ),
        ("I wish my dog could stay with us",),
    ),
    "아이 놀이": Theme(
        "Play for children",
        0.09,
        "피트니스·수영장",
        True,
        (
            "아이들이 놀 공간이 있으면 좋겠습니다",
            "아이와 함께할 놀이 프로그램을 바랍니다",
            "유아 놀이방이 없어 아쉬웠어요",
        ),
        ("A play area for children would be great",),
    ),
    "늦은 체크아웃": Theme(
        "Late check-out",
        0.09,
        "체크아웃",
        True,
        (
            "늦은 체크아웃을 선택할 수 있으면 좋겠습니다",
            "체크아웃 시간이 너무 일러 아쉬웠어요",
            "체크아웃을 오후로 늦출 수 있기를 바랍니다",
        ),
        ("A later check-out would help",),
    ),
}
_BEGINNINGS = ("", "", "이번에 ", "전반적으로 ", "솔직히 ", "가족과 함께 왔는데 ", "출장 중이었는데 ")
_ENDINGS = (".", ".", ". 다음에는 나아지기를 기대합니다.", ". 참고해 주세요.", "!")


def write(seed: int, respondents: pd.DataFrame) -> pd.DataFrame:
    """Draw the open answers: respondent, wave, brand, touchpoint, text, and theme for the truth."""
    rng = stream(seed, "comments")
    chosen = respondents[some(rng, len(respondents), COMMENTING_SHARE)].reset_index(drop=True)
    theme = pick(rng, {name: one.odds for name, one in THEMES.items()}, len(chosen))
    english = some(rng, len(chosen), ENGLISH_SHARE)
    text = np.empty(len(chosen), dtype=object)
    for name, one in THEMES.items():
        for phrases, rows in (
            (one.korean, np.flatnonzero((theme == name) & ~english)),
            (one.english, np.flatnonzero((theme == name) & english)),
        ):
            text[rows] = np.array(phrases, dtype=object)[rng.integers(0, len(phrases), len(rows))]
    beginning = np.where(english, "", pick(rng, dict.fromkeys(_BEGINNINGS, 1.0), len(chosen)))
    ending = np.where(english, ".", pick(rng, dict.fromkeys(_ENDINGS, 1.0), len(chosen)))
    touchpoint = pd.Series(theme).map({name: one.touchpoint for name, one in THEMES.items()})
    # the questionnaire asks for the touchpoint, and every third leaves it out
    touchpoint = touchpoint.where(~some(rng, len(chosen), 1 / 3), "")
    return pd.DataFrame(
        {
            "respondent": chosen["respondent"],
            "wave": chosen["wave"],
            "brand": OWN,
            "touchpoint": touchpoint,
            "text": beginning + text + ending,
            "theme": theme,
        }
    )
