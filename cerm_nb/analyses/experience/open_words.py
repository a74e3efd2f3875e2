"""Words of open answers, Korean and English, without what tells who wrote or who is written about."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2_000  # letters of an answer that are read
WORDS = re.compile(r"[가-힣]+|[a-z][a-z']+")
_END = r"(?=님?(?:이|가|은|는|을|를|께서|께|의|도|과|와|만|에게|한테|이랑|랑|덕분에?)?(?![가-힣]))"
_TITLE = "씨|매니저|지배인|팀장|과장|대리|사원|실장|부장|차장|주임|셰프"
_SURNAME = (
    "[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설"
    "마길연위표명기반왕금옥육인맹제모]"
)
KOREAN_NAME = re.compile(
    rf"(?<![가-힣])([가-힣]{{2,4}}?)\s*(?:{_TITLE}){_END}|(?<![가-힣])({_SURNAME}[가-힣]{{1,3}}) ?님{_END}|"
    rf"(?<![가-힣])({_SURNAME}[가-힣]{{2}}) 직원{_END}"
)
HARMLESS = frozenset(
    "고객 손 직원 사장 선생 부모 아버 어머 기사 주인 원장 이모 조리사 마음 아저 아가 날 솜 글".split()  # noqa: SIM905
)
PLACE = re.compile(r"(?:장|실|소|점|관|층|팀|부|당)$")
ENGLISH_NAME = re.compile(
    r"\b(?i:mr|ms|mrs|miss|mx|dr)\b\.? *[A-Za-z][\w'-]*(?: [A-Z][\w'-]+)?"
    r"|\b(?i:manager|concierge|receptionist|waiter|waitress|chef) [A-Z][a-z'-]+(?: [A-Z][a-z'-]+)?"
)
PRIVATE = re.compile(
    r"(?is)<(script|style)\b.*?</\1>|<[a-z/!][^>]*(?:>|$)|&#?\w+;|[^\s<>]* ?@ ?[^\s<>]*|(?:https?://|www\.)\S+|"
    r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|kr|io|app|jp|cn|me)\b\S*|\+?\d[\d\s().-]{6,}\d|[a-z_]*\d[a-z\d_]*"
)
AFTER_CONSONANT = frozenset("은 이 을 과 으로 으로는 이나 이라도".split())  # noqa: SIM905
AFTER_VOWEL = frozenset("는 가 를 와 나 라도".split())  # noqa: SIM905
SUBJECTS = frozenset("은는이가을를")
CASES = frozenset("은 는 이 가 을 를 에 에서 의 로 으로".split())  # noqa: SIM905
PARTICLES = (
    *"에서는 으로는 에게서 까지도 이라도 에서 에게 으로 까지 부터 처럼 보다".split(),  # noqa: SIM905
    *"마다 하고 이나 라도 만큼 분들 들".split(),  # noqa: SIM905
    *"은는이가을를에의도로와과만나",
)
PLURALS = frozenset(["분들", "들"])
SURE = frozenset(one for one in PARTICLES if one not in "의도로만나")  # the others end too many nouns
ENDINGS = re.compile(
    r"(?<=[가-힣])(?:했습니다|하였습니다|합니다|입니다|습니다|었습니다|았습니다|했어요|었어요|았어요|아요|어요|네요|지요|"
    r"하는|했던|하게|하고|하면|해서|어서|아서)$"
)
VERBAL = re.compile(
    r"(?:게|고|며|면|면서|지만|는데|은데|던|도록|려고|자마자|서서|니다|세요|해요|죠|까요|려|겨|져|켜|쳐|혀|해|돼|워|어|아|"
    r"하는|되는|는|한|된|운|은|을|할|될|출|릴|인데|기를)$"
)
FEELING = re.compile(r"아쉬|좋겠|바랍|바라|있었으면|없어|없었|wish$")  # of a wish, whatever it is for
COMMON = frozenset(
    """
    그리고 그래서 하지만 너무 정말 매우 아주 조금 이번 다음 다음에 전반적 솔직히 그냥 많이 자주 오래
    때문 덕분 있는 있기 없이 있으면 함께 왔는데 중이었는데 참고 주세요 좋겠 좋겠습니다 나아지기 기대
    the and was were with for very too had have has not but our from this that would could are at in on
    of to us we it is my more please be
    """.split()  # noqa: SIM905  # words read better than a list of them
)


def impersonal(text: str) -> str:
    """Take addresses, telephone numbers, markup and names before a title out; in small letters."""
    plain = ENGLISH_NAME.sub(" ", PRIVATE.sub(" ", text[:LONGEST]))
    return KOREAN_NAME.sub(_unnamed, plain).lower()


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Find words of three syllables that stand before a title and begin with a surname."""
    found = (next(filter(None, hit.groups())) for text in texts for hit in KOREAN_NAME.finditer(text))
    return frozenset(
        name for name in found if re.fullmatch(f"{_SURNAME}[가-힣]{{2}}", name) and not PLACE.search(name)
    )


def _unnamed(hit: re.Match[str]) -> str:
    name = next(filter(None, hit.groups()))
    return hit.group() if name in HARMLESS else " " + hit.group()[len(name) :]


@dataclass(frozen=True)
class Vocabulary:
    """What the answers together tell of their words.

    Parameters
    ----------
    alone
        Korean words as they are written.
    particles
        Word without its last syllables → particles it is written with.
    names
        Names of persons, left out.
    """

    alone: frozenset[str]
    particles: dict[str, frozenset[str]]
    names: frozenset[str]

    def tokens(self, text: str) -> list[str]:
        """Cut an answer into words, Korean ones without their particles and endings."""
        words = (word for word in WORDS.findall(text) if word not in COMMON and not FEELING.match(word))
        bare = [ENDINGS.sub("", self.bare(self.bare(word))) for word in words]
        return [word for word in bare if len(word) > 1 and word not in COMMON and word not in self.names]

    def nouns(self, text: str) -> list[str]:
        """Cut an answer into words, forms of Korean verbs and adjectives left out."""
        return [word for word in self.tokens(text) if not self.is_verbal(word)]

    def bare(self, word: str) -> str:
        """Take off a particle where the answers show that it is one."""
        for stem, particle in _splits(word):
            seen = self.particles.get(stem, frozenset())
            known = stem in self.alone or len(seen) > 1 or particle in PLURALS
            if len(stem) == 1:
                known = len(seen & SUBJECTS) > 1
            if known or (len(stem) > 1 and particle in SURE and not self.is_noun(word)):
                return stem
        return word

    def is_noun(self, word: str) -> bool:
        """Whether the answers put a particle behind it that only nouns have."""
        return bool(self.particles.get(word, frozenset()) & CASES)

    def is_verbal(self, word: str) -> bool:
        """Whether it looks like a form of a verb or an adjective, and is used as no noun."""
        if any((ord(one) - 0xAC00) % 28 in (18, 20) for one in word if "가" <= one <= "힣"):  # ㅄ, ㅆ
            return True
        return bool(VERBAL.search(word)) and not self.is_noun(word)


def vocabulary(texts: Iterable[str], names: frozenset[str] = frozenset()) -> Vocabulary:
    """Learn from all answers which endings of words are particles."""
    words = {word for text in texts for word in WORDS.findall(text) if "가" <= word[0] <= "힣"}
    seen: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for stem, particle in _splits(word):
            seen[stem].add(particle)
    return Vocabulary(frozenset(words), {stem: frozenset(of) for stem, of in seen.items()}, names)


def _splits(word: str) -> list[tuple[str, str]]:
    """Stems and particles a Korean word may be made of, the longest particle first."""
    if not "가" <= word[0] <= "힣":
        return []
    found = ((word[: -len(one)], one) for one in PARTICLES if word.endswith(one) and len(word) > len(one))
    return [(stem, one) for stem, one in found if _fits(stem, one)]


def _fits(stem: str, particle: str) -> bool:
    """Whether the particle may follow: some only follow a consonant, some only a vowel."""
    closed = (ord(stem[-1]) - 0xAC00) % 28 > 0
    return not ((particle in AFTER_CONSONANT and not closed) or (particle in AFTER_VOWEL and closed))
