import pytest

from cerm_nb import messages
from cerm_nb.messages import Messages
from cerm_nb.messages.particles import with_particle


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        "x.said": {
            "en": "{who:은/는} {n:integer} people, {s:percent.1}",
            "ko": "{who:은/는} {n:integer}명, {s:percent.1}",
        },
        "label.clv": {"en": "Lifetime value", "ko": "고객생애가치"},
    }
    monkeypatch.setattr(messages, "catalogue", lambda: texts)


@pytest.mark.parametrize(
    ("word", "pair", "joined"),
    [
        ("호텔", "은/는", "호텔은"),
        ("고객", "이/가", "고객이"),
        ("가치", "을/를", "가치를"),
        ("서울", "으로/로", "서울로"),
        ("웹", "으로/로", "웹으로"),
        ("온라인(웹)", "과/와", "온라인(웹)과"),
        ("CDNOW", "은/는", "CDNOW는"),
        ("A3", "이/가", "A3이"),
        ("CRM", "을/를", "CRM을"),
        ("!", "은/는", "!는"),
    ],
)
def test_a_particle_follows_the_last_sound(word: str, pair: str, joined: str) -> None:
    assert with_particle(word, pair) == joined


@pytest.mark.usefixtures("catalogue")
def test_one_key_is_worded_for_each_reader() -> None:
    values = {"who": "호텔", "n": 12345.0, "s": 0.1234}
    assert Messages("en")("x.said", **values) == "호텔 12,345 people, 12.3%"
    assert Messages("ko")("x.said", **values) == "호텔은 12,345명, 12.3%"


@pytest.mark.usefixtures("catalogue")
def test_an_unknown_message_names_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"nearest is 'x\.said'"):
        Messages("en")("x.sayd")


@pytest.mark.usefixtures("catalogue")
def test_what_has_no_label_is_shown_as_it_is() -> None:
    assert Messages("ko").label("clv") == "고객생애가치"
    assert Messages("ko").label("<b>") == "<b>"


@pytest.mark.parametrize(
    ("lang", "currency", "value", "spec", "shown"),
    [
        ("en", "GBP", 2500315.63, "compact", "£2.5M"),
        ("ko", "KRW", 2500315.63, "compact", "₩250만"),
        ("ko", "KRW", 123_456_789, "compact", "₩1.2억"),
        ("en", "GBP", 12.5, "money", "£12.50"),
        ("ko", "KRW", 12.5, "money", "₩12"),
        ("en", "GBP", -1234.4, "money", "-£1,234"),
        ("en", "GBP", float("nan"), "money", "–"),
        ("ko", "KRW", None, "integer", "–"),
        ("en", "GBP", 3.14159, "number.2", "3.14"),
        ("ko", "KRW", "2011-06-30", "date", "2011년 6월 30일"),
        ("en", "GBP", "2011-06-30", "date", "30 June 2011"),
    ],
)
def test_numbers_money_and_dates_are_written_as_the_reader_does(
    lang: str, currency: str, value: object, spec: str, shown: str
) -> None:
    assert Messages(lang, currency).format(value, spec) == shown


def test_a_client_text_is_picked_by_language() -> None:
    assert Messages("ko").pick({"en": "Hotel", "ko": "호텔"}) == "호텔"
    assert Messages("ko").pick({"en": "Hotel"}) == "Hotel"
    assert Messages("ko").pick({}, "hanbit") == "hanbit"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of"):
        Messages("fr")


@pytest.mark.parametrize(
    ("value", "unit", "english", "korean"),
    [
        (412_345.0, "", "412,345", "412,345"),
        (5.1234, "점", "5.12 점", "5.12점"),
        (0.01234, "h", "0.0123 h", "0.0123 h"),
        (119.0, "minutes", "119 minutes", "119 minutes"),
        (3.0, "target", "3.00 target", "3.00 target"),
        (27.04, "%", "27.0%", "27.0%"),
        (-99.96, "%", "-100.0%", "-100.0%"),
        (0.0, "%", "0.00%", "0.00%"),
        (0.75, "share", "75.0%", "75.0%"),
        (1234.0, "customers", "1,234", "1,234"),
        (float("nan"), "%", "–", "–"),
    ],
)
def test_an_indicator_is_written_with_its_unit_and_the_digits_that_count(
    value: float, unit: str, english: str, korean: str
) -> None:
    assert Messages("en").measured(value, unit) == english
    assert Messages("ko").measured(value, unit) == korean


@pytest.mark.parametrize(
    ("value", "unit", "english", "korean"),
    [
        (-6.96, "%", "-7.0 % points", "-7.0%p"),
        (0.0102, "%", "0.010 % points", "0.010%p"),
        (0.053, "share", "5.3 % points", "5.3%p"),
        (-0.4567, "분", "-0.46 분", "-0.46분"),
        (float("nan"), "%", "–", "–"),
    ],
)
def test_differences_of_shares_are_percentage_points_and_two_digits_say_them(
    value: float, unit: str, english: str, korean: str
) -> None:
    assert Messages("en").measured(value, unit, difference=True) == english
    assert Messages("ko").measured(value, unit, difference=True) == korean


def test_names_that_clients_gave_are_told_as_they_are() -> None:
    known = Messages("ko", "KRW", "scorecard")
    assert known.format(("go", "target", "{n}"), "labels").startswith("추진, ")
    assert known.format(("go", "target", "{n}"), "names") == "go, target, {n}"
    told = known("scorecard.charts.title.signals", signals=2, names=("go", "target"))
    assert told.endswith(": go, target")


def test_only_the_value_question_speaks_of_customers() -> None:
    known = Messages("en", "KRW", "scorecard")
    assert known.about("revenue", "target", "value") == "revenue from the target customers"
    assert known.about("level", "target", "scorecard") == "target"
    assert known.about("hit", "value", "scorecard") == "value"
