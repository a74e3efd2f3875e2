"""What is planted about customers: every number the truth file tells about them comes from here."""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST_DAY = "2023-07-01"
LAST_DAY = "2026-06-30"
ACQUISITION_DAYS = 913
"""Guests are won evenly over the first two and a half years."""

PURCHASES = {"r": 0.85, "alpha": 11.0, "a": 0.75, "b": 2.9}
"""BG/NBD (Fader, Hardie & Lee 2005), unit weeks."""

SPEND = {"p": 6.0, "q": 4.2, "v": 210_000.0}
"""Gamma-Gamma (Fader & Hardie, note 025), money of a stay in KRW: mean p v / (q - 1)."""

CANCELLED_SHARE = 0.06
"""Cancelled bookings per stay: a deposit, given back within three days. They leave no money."""
MISTAKEN_SHARE = 0.04
"""Stays with a line charged by mistake and given back within three days."""
DEPOSIT = 50_000
MISTAKE = 18_000

SEGMENTS = {
    "convenience": {"ko": "편의 추구 출장형", "en": "Convenience-seeking business travellers", "share": 0.30},
    "family": {"ko": "가족 휴양형", "en": "Families at leisure", "share": 0.25},
    "experience": {"ko": "감성 경험형", "en": "Seekers of feeling and experience", "share": 0.20},
    "value": {"ko": "실속형", "en": "Value for money", "share": 0.25},
}
SEGMENT_TILT = {
    "convenience": {"rate": 1.1, "spend": 0.0},
    "family": {"rate": -0.4, "spend": 0.5},
    "experience": {"rate": -0.1, "spend": 0.8},
    "value": {"rate": -0.5, "spend": -1.0},
}
"""How a guest's purchase rate and mean spend (as normal scores) tilt the odds of a segment.

The segment follows from rate and spend, not the other way round: the process of all guests together is
exactly the planted one.
"""

HOTELS = {"서울": 0.40, "부산": 0.25, "제주": 0.22, "강릉": 0.13}
HOTEL_CODES = {"서울": "SEL", "부산": "PUS", "제주": "CJU", "강릉": "KAG"}

PROSPECTS_PER_GUEST = 0.35
FOREIGN_SHARE = 0.12
HOUSEHOLD_SHARE = 0.10
"""Guests who live with another guest: same address and home telephone, another person."""
HOUSEHOLD_SHARES_PHONE = 0.6
HOUSEHOLD_SHARES_EMAIL = 0.2
HOUSEHOLD_SHARES_FAMILY_NAME = 0.5

SECOND_NUMBER_SHARE = 0.02
"""Guests who were given a second guest number; their later stays carry it."""

ACQUIRED_BY_KNOWN = 0.85
"""Guests whose record tells how they were won."""
CARD_TOLD = 0.35
"""Members of the site with a loyalty card who gave its number."""


@dataclass(frozen=True)
class ListPlan:
    """How a customer list is made of the true persons.

    Parameters
    ----------
    source
        Which of the seven sources of customer information it belongs to.
    guests, prospects
        Shares of them who stand in the list.
    twice
        Share of its persons who stand in it twice.
    knows_number
        Share of its guests' records that hold the guest number.
    stale
        Share of records not confirmed within the last twelve months.
    rates
        Error → share of records it happens to.
    """

    source: str
    guests: float
    prospects: float
    twice: float
    knows_number: float
    stale: float
    rates: dict[str, float] = field(default_factory=dict)


LISTS = {
    "guests": ListPlan(
        "operations",
        1.0,
        0.0,
        0.005,
        1.0,
        0.35,
        {
            "name_slip": 0.010,
            "name_romanised": 0.010,
            "phone_changed": 0.06,
            "phone_slip": 0.010,
            "phone_invalid": 0.010,
            "phone_missing": 0.04,
            "email_changed": 0.04,
            "email_slip": 0.005,
            "email_invalid": 0.015,
            "email_missing": 0.08,
            "birth_wrong": 0.010,
            "birth_impossible": 0.010,
            "birth_missing": 0.05,
            "moved": 0.08,
            "address_missing": 0.10,
        },
    ),
    "cards": ListPlan(
        "cards",
        0.45,
        0.0,
        0.020,
        0.70,
        0.25,
        {
            "name_slip": 0.008,
            "phone_changed": 0.04,
            "phone_slip": 0.005,
            "phone_missing": 0.01,
            "email_changed": 0.03,
            "email_missing": 0.15,
            "birth_wrong": 0.005,
            "birth_missing": 0.02,
            "moved": 0.05,
        },
    ),
    "web_members": ListPlan(
        "internet",
        0.50,
        0.35,
        0.060,
        0.40,
        0.30,
        {
            "name_slip": 0.015,
            "name_romanised": 0.04,
            "name_spaced": 0.02,
            "phone_changed": 0.05,
            "phone_slip": 0.015,
            "phone_missing": 0.15,
            "email_changed": 0.05,
            "email_invalid": 0.005,
            "birth_wrong": 0.02,
            "birth_missing": 0.20,
        },
    ),
    "newsletter": ListPlan(
        "internet",
        0.25,
        0.40,
        0.030,
        0.0,
        0.55,
        {
            "name_missing": 0.20,
            "name_romanised": 0.08,
            "email_changed": 0.03,
            "email_slip": 0.010,
            "email_invalid": 0.020,
        },
    ),
    "vip": ListPlan(
        "office",
        0.06,
        0.0,
        0.040,
        0.50,
        0.60,
        {
            "name_slip": 0.030,
            "name_spaced": 0.15,
            "phone_changed": 0.12,
            "phone_slip": 0.020,
            "phone_missing": 0.10,
            "birth_wrong": 0.02,
            "birth_missing": 0.30,
        },
    ),
    "attendees": ListPlan(
        "events",
        0.08,
        0.20,
        0.080,
        0.0,
        0.50,
        {
            "name_slip": 0.030,
            "name_spaced": 0.05,
            "phone_changed": 0.06,
            "phone_slip": 0.030,
            "phone_missing": 0.12,
            "email_changed": 0.03,
            "email_missing": 0.25,
            "birth_missing": 0.10,
        },
    ),
    "press_list": ListPlan(
        "press",
        0.004,
        0.08,
        0.050,
        0.0,
        0.85,
        {
            "name_slip": 0.030,
            "name_romanised": 0.25,
            "phone_missing": 0.35,
            "email_changed": 0.10,
            "email_invalid": 0.030,
        },
    ),
}
"""Entry of the params' ``data`` → how the list is made."""


@dataclass(frozen=True)
class Activity:
    """An acquisition or marketing activity.

    Parameters
    ----------
    ko, kind
        Name and kind.
    start, end
        First and last day.
    pull
        Odds that a guest whose first stay lies within it was won by it, against 1 for nobody's doing.
    cost
        Cost for every 1,500 guests of the group, KRW.
    reached
        People reached for every 1,500 guests.
    """

    ko: str
    kind: str
    start: str
    end: str
    pull: float
    cost: float
    reached: int


ACTIVITIES = {
    "A01": Activity("역세권 전단지 배포", "leaflet", "2023-09-01", "2024-02-29", 0.20, 78_000_000, 90_000),
    "A02": Activity("웨딩 박람회", "event", "2023-10-06", "2024-01-31", 0.35, 16_000_000, 900),
    "A03": Activity("검색 광고", "web", "2023-07-01", "2025-12-31", 0.55, 96_000_000, 310_000),
    "A04": Activity("SNS 영상 광고", "web", "2024-04-01", "2025-03-31", 0.30, 58_000_000, 420_000),
    "A05": Activity("가입 쿠폰·포인트", "coupon", "2023-11-01", "2025-06-30", 0.40, 34_000_000, 5_200),
    "A06": Activity("제휴 카드 혜택", "coupon", "2024-09-01", "2025-12-31", 0.25, 12_000_000, 8_000),
    "A07": Activity("콜센터 재유치 전화", "call_centre", "2024-01-08", "2025-12-19", 0.15, 30_000_000, 3_900),
    "A08": Activity("기업 고객 초청 세미나", "event", "2024-10-10", "2025-04-30", 0.30, 9_000_000, 260),
    "A09": Activity("여행 기자 초청", "press", "2024-05-13", "2024-11-30", 0.08, 19_000_000, 40),
    "A10": Activity("옥외 브랜드 광고", "press", "2024-03-01", "2024-08-31", 0.0, 88_000_000, 600_000),
}
"""A10 is never recorded as having won anybody: spend with no measurable return."""

MATURITY = {"data": 3.2, "systems": 2.4, "process": 2.9, "organisation": 2.2, "customer_strategy": 3.4}
"""Level each dimension's questionnaire answers scatter around."""
MATURITY_SPREAD = {"manager": 0.35, "question": 0.30, "answer": 0.55}
"""Standard deviations of a manager's leniency, a question's difficulty and the rest."""

CONTACTS_PER_GUEST = {"calls": 1.1, "web_inquiries": 1.6, "event_visits": 0.16, "coupons": 0.7}
"""Mean contacts of a guest (and a third of it of a prospect), Poisson."""
CONTACT_KEYS = {
    "calls": {"customer_id": 0.35, "phone": 0.92, "email": 0.0},
    "web_inquiries": {"customer_id": 0.30, "phone": 0.10, "email": 0.80},
    "event_visits": {"customer_id": 0.0, "phone": 0.75, "email": 0.35},
    "coupons": {"customer_id": 0.90, "phone": 0.0, "email": 0.0},
}
"""Share of contacts that carry each key."""
CONTACT_REASONS = {
    "객실 무선인터넷 불만": 0.17,
    "체크인 대기 불만": 0.15,
    "예약 변경·취소": 0.26,
    "요금·청구 문의": 0.13,
    "시설·교통 문의": 0.15,
    "조식 불만": 0.05,
    "분실물": 0.04,
    "칭찬": 0.05,
}
"""Reason of a call or inquiry → share."""
