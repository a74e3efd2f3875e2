"""The indicators of the scorecard, as their owners describe them and as they are planted."""

from __future__ import annotations

from typing import NamedTuple


class Indicator(NamedTuple):
    """An indicator as the scorecard describes it, and its planted level, spread, AR(1) and denominator."""

    ko: str
    perspective: str
    kind: str
    unit: str
    direction: str
    level: float
    spread: float
    target: float
    owner: str
    drives: str = ""
    memory: float = 0.0
    denominator: int = 0


INDICATORS = {
    "revenue_per_room": Indicator(
        "객실당 매출", "financial", "lagging", "천원", "higher", 168.0, 7.0, 180.0, "재무팀", memory=0.5
    ),
    "repeat_revenue": Indicator(
        "재방문 매출", "financial", "lagging", "천원", "higher", 412_000.0, 21_000.0, 460_000.0, "재무팀"
    ),
    "satisfaction": Indicator(
        "전반 만족도",
        "customer",
        "lagging",
        "점",
        "higher",
        5.10,
        0.11,
        5.40,
        "고객만족팀",
        "repeat_revenue",
        0.0,
        300,
    ),
    "recommendation": Indicator(
        "순추천지수",
        "customer",
        "leading",
        "점",
        "higher",
        24.0,
        4.0,
        35.0,
        "고객만족팀",
        "repeat_revenue",
        0.0,
        300,
    ),
    "complaints": Indicator(
        "불만 접수율", "customer", "lagging", "%", "lower", 4.1, 0.70, 3.0, "고객만족팀", "", 0.0, 900
    ),
    "retention": Indicator(
        "재방문율",
        "customer",
        "lagging",
        "%",
        "higher",
        31.0,
        1.8,
        36.0,
        "마케팅팀",
        "revenue_per_room",
        0.0,
        700,
    ),
    "front_staffing": Indicator(
        "프런트 인력 충족률", "process", "leading", "%", "higher", 91.0, 2.4, 96.0, "객실팀", "complaints"
    ),
    "long_check_in": Indicator(
        "체크인 10분 초과 비율",
        "process",
        "leading",
        "%",
        "lower",
        27.0,
        1.9,
        12.0,
        "객실팀",
        "satisfaction",
        0.0,
        900,
    ),
    "web_completion": Indicator(
        "웹 예약 완료율",
        "process",
        "leading",
        "%",
        "higher",
        43.0,
        1.2,
        52.0,
        "마케팅팀",
        "revenue_per_room",
        0.0,
        2_600,
    ),
    "response_hours": Indicator(
        "문의 회신 시간", "process", "leading", "시간", "lower", 11.0, 1.3, 6.0, "콜센터", "recommendation"
    ),
    "first_contact": Indicator(
        "첫 통화 해결률",
        "process",
        "leading",
        "%",
        "higher",
        72.0,
        2.0,
        80.0,
        "콜센터",
        "complaints",
        0.5,
        500,
    ),
    "training_hours": Indicator(
        "접객 교육 시간",
        "people_information",
        "leading",
        "시간",
        "higher",
        6.2,
        1.1,
        8.0,
        "인사팀",
        "satisfaction",
    ),
    "turnover": Indicator(
        "이직률",
        "people_information",
        "lagging",
        "%",
        "lower",
        2.3,
        0.35,
        1.8,
        "인사팀",
        "training_hours",
        0.6,
    ),
    "engagement": Indicator(
        "직원 몰입도",
        "people_information",
        "leading",
        "점",
        "higher",
        63.0,
        2.2,
        70.0,
        "인사팀",
        "satisfaction",
        0.5,
    ),
    "data_completeness": Indicator(
        "고객정보 완성도",
        "people_information",
        "leading",
        "%",
        "higher",
        74.0,
        1.4,
        90.0,
        "정보시스템팀",
        "retention",
    ),
}
