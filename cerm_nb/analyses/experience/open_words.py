"""Words of open answers, Korean and English, without what tells who wrote or who is written about."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb.analyses.experience.word_forms import english_base, is_verbal, root, sure_root

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
    r"(?is)<(script|style)\b.*?</\1>|<[a-z/!][^>]*(?:>|$)|&#?\w+;|[^\s<>]{0,64} ?@ ?[^\s<>]*|(?:https?://|www\.)\S+|"
    r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|kr|io|app|jp|cn|me)\b\S*|\+?\d[\d\s().-]{6,}\d|[a-z_]{0,64}\d[a-z\d_]*"
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
TIMES = frozenset("오전 오후 아침 점심 저녁 주말 평일 당일".split())  # noqa: SIM905  # stand with 로 more than alone
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
    words
        As they are written, in small letters.
    particles
        Korean word without its last syllables → particles it is written with.
    roots
        Korean words that are written with 하다 or 되다.
    names
        Names of persons, left out.
    """

    words: frozenset[str]
    particles: dict[str, frozenset[str]]
    roots: frozenset[str]
    names: frozenset[str]

    def nouns(self, text: str) -> list[str]:
        """Cut an answer into words in one form each; of Korean verbs only the roots of 하다 are kept."""
        words = (word for word in WORDS.findall(text) if word not in COMMON and not FEELING.match(word))
        found = [self._korean(word) if word[0] >= "가" else english_base(word, self.words) for word in words]
        return [word for word in found if len(word) > 1 and word not in COMMON and word not in self.names]

    def _korean(self, word: str) -> str:
        """Give a word without particle and ending; empty for a form of a verb without such a root."""
        bare = self.bare(self.bare(word))
        known = root(bare, self.roots)
        return known or ("" if is_verbal(bare) and not self.is_noun(bare) else bare)

    def bare(self, word: str) -> str:
        """Take off a particle where the answers show that it is one."""
        for stem, particle in _splits(word):
            seen = self.particles.get(stem, frozenset())
            known = stem in self.words or stem in TIMES or len(seen) > 1 or particle in PLURALS
            if len(stem) == 1:
                known = len(seen & SUBJECTS) > 1
            if known or (len(stem) > 1 and particle in SURE and not self.is_noun(word)):
                return stem
        return word

    def is_noun(self, word: str) -> bool:
        """Whether the answers put a particle behind it that only nouns have."""
        return bool(self.particles.get(word, frozenset()) & CASES)


def vocabulary(texts: Iterable[str], names: frozenset[str] = frozenset()) -> Vocabulary:
    """Learn from all answers which endings of words are particles, and which roots there are."""
    words = frozenset(word for text in texts for word in WORDS.findall(text))
    korean = [word for word in words if "가" <= word[0] <= "힣"]
    seen: dict[str, set[str]] = defaultdict(set)
    for word in korean:
        for stem, particle in _splits(word):
            seen[stem].add(particle)
    roots = frozenset(filter(None, map(sure_root, korean)))
    return Vocabulary(words, {stem: frozenset(of) for stem, of in seen.items()}, roots, names)


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
