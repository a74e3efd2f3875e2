"""The questionnaire, and what guests truly think: planted per attribute on a latent scale of 1 to 7.

An answer is a normal draw about its planted mean, rounded and cut to the scale; `survey.expected` gives the
mean of the answers that follows, exactly. The attributes themselves stand in `attributes`.
"""

from __future__ import annotations

from typing import NamedTuple

OWN = "한빛호텔"
COMPETITORS = {
    "도담호텔": {"en": "Dodam Hotels", "known": 0.60},
    "윤슬리조트": {"en": "Yunseul Resorts", "known": 0.50},
    "해담스테이": {"en": "Haedam Stay", "known": 0.40},
}
"""Share of respondents who know and rate each."""
WAVES = {"2025-06": "2025-06-15", "2026-05": "2026-05-15"}

NOT_EXPERIENCED, NO_ANSWER = 98, 99
NO_ANSWER_SHARE = 0.03
COMPETITOR_REACH = 0.8
"""A touchpoint of a competitor is met this much less often than one of ours."""

PERSON_SPREAD = {"importance": 0.20, "expectation": 0.40, "experience": 0.45}
ANSWER_SPREAD = {"importance": 0.75, "expectation": 0.80, "experience": 0.90}
"""Standard deviations between respondents (all answers of a measure together) and within."""


class Touchpoint(NamedTuple):
    """A touchpoint: English name, stage of the journey, share of guests who meet it in a stay."""

    en: str
    stage: str
    reach: float


TOUCHPOINTS = {
    "전화 예약": Touchpoint("Reservation by phone", "before", 0.55),
    "웹 예약": Touchpoint("Reservation on the web", "before", 0.75),
    "예약 확인 안내": Touchpoint("Confirmation", "before", 0.95),
    "교통·안내": Touchpoint("Directions and transfer", "before", 0.80),
    "도어 영접": Touchpoint("Welcome at the door", "at", 0.92),
    "체크인": Touchpoint("Check-in", "at", 1.0),
    "객실": Touchpoint("Room", "at", 1.0),
    "욕실": Touchpoint("Bathroom", "at", 1.0),
    "하우스키핑": Touchpoint("Housekeeping", "at", 0.90),
    "조식": Touchpoint("Breakfast", "at", 0.82),
    "레스토랑": Touchpoint("Restaurant", "at", 0.60),
    "피트니스·수영장": Touchpoint("Fitness and pool", "at", 0.50),
    "컨시어지": Touchpoint("Concierge", "at", 0.55),
    "체크아웃": Touchpoint("Check-out", "at", 1.0),
    "요금 정산": Touchpoint("Bill", "at", 0.98),
    "배웅": Touchpoint("Farewell", "after", 0.90),
    "후속 메일": Touchpoint("Follow-up mail", "after", 0.70),
}


class Attribute(NamedTuple):
    """An attribute of a touchpoint and what is planted about it.

    ``gap`` is experience less expectation in the first wave; ``ahead`` what we are ahead of each competitor;
    ``change`` the second wave's experience less the first's; ``slope`` the points of rational or emotional
    satisfaction (by ``nature``) for one point of experience: below ``turn`` only where ``role`` is basic,
    above it only where it is excitement, throughout where it is performance.
    """

    touchpoint: str
    ko: str
    en: str
    dimension: str
    nature: str
    importance: float
    expectation: float
    gap: float
    ahead: tuple[float, float, float]
    change: float = 0.0
    slope: float = 0.0
    role: str = ""

    @property
    def experience(self) -> float:
        """Latent mean of the experience of the first wave."""
        return self.expectation + self.gap

    @property
    def turn(self) -> int:
        """Rating at which a basic attribute stops and an excitement attribute begins to matter."""
        return round(self.experience)


SEGMENT_NEEDS = {
    "convenience": {
        "웹 예약": 0.9,
        "체크인": 1.1,
        "체크아웃": 1.2,
        "요금 정산": 0.4,
        "피트니스·수영장": -1.2,
        "레스토랑": -0.9,
        "컨시어지": -0.8,
        "배웅": -0.8,
        "후속 메일": -0.7,
    },
    "family": {
        "피트니스·수영장": 2.0,
        "조식": 1.1,
        "객실": 0.4,
        "욕실": 0.7,
        "교통·안내": 0.7,
        "전화 예약": 0.4,
        "도어 영접": -0.5,
        "체크아웃": -0.7,
        "웹 예약": -0.5,
    },
    "experience": {
        "도어 영접": 1.4,
        "레스토랑": 1.5,
        "컨시어지": 1.6,
        "배웅": 1.5,
        "예약 확인 안내": 0.8,
        "후속 메일": 0.9,
        "요금 정산": -1.4,
        "체크아웃": -0.8,
        "교통·안내": -0.7,
    },
    "value": {
        "요금 정산": 1.2,
        "조식": 0.5,
        "교통·안내": 0.5,
        "도어 영접": -1.1,
        "컨시어지": -1.1,
        "레스토랑": -0.8,
        "피트니스·수영장": -0.7,
        "배웅": -0.7,
    },
}
"""What a segment finds more or less important than guests on the whole, by touchpoint."""

SEGMENT_EXPERIENCE = {
    ("convenience", "체크인", "대기 시간"): -0.5,
    ("family", "피트니스·수영장", "아이와 함께하기"): -0.5,
    ("experience", "배웅", "진심 어린 인사"): -0.4,
    ("value", "요금 정산", "가격 대비 가치"): -0.4,
}
"""What a segment experiences worse than the planted mean."""


class Circumstance(NamedTuple):
    """An operational variable: unit, median, spread of its logarithm, and what it does to one attribute.

    ``effect`` is in latent points for a logarithm one standard deviation above its median.
    """

    unit: str
    median: float
    spread: float
    touchpoint: str = ""
    attribute: str = ""
    effect: float = 0.0


CIRCUMSTANCES = {
    "체크인 대기": Circumstance("분", 8.0, 0.55, "체크인", "대기 시간", -0.60),
    "무선인터넷 속도": Circumstance("Mbps", 28.0, 0.60, "객실", "무선인터넷", 0.55),
    "복도 소음": Circumstance("dB", 41.0, 0.12, "객실", "조용함", -0.45),
    "조식 좌석 대기": Circumstance("분", 5.0, 0.60, "조식", "자리 대기", -0.50),
    "전화 연결 대기": Circumstance("초", 45.0, 0.60, "전화 예약", "연결 속도", -0.50),
    "객실 층": Circumstance("층", 9.0, 0.40),
    "로비 온도": Circumstance("℃", 22.5, 0.03),
}
"""The last two do nothing."""

OUTCOME_LEVELS = {"rational": 5.1, "emotional": 4.9, "overall": 5.0, "loyalty": 4.7, "recommendation": 7.3}
OUTCOME_NOISE = {"rational": 0.55, "emotional": 0.55, "overall": 0.45, "loyalty": 0.70, "recommendation": 1.0}
OUTCOME_WEIGHTS = {
    "overall": {"rational": 0.40, "emotional": 0.60},
    "loyalty": {"rational": 0.30, "emotional": 0.65},
    "recommendation": {"rational": 0.55, "emotional": 1.00},
}
"""Points of each outcome for one point of rational and of emotional satisfaction."""
