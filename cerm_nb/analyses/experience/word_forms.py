"""One form for the forms of a word: Korean roots without endings, English words as the answers have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_END = (
    r"(?:습니다|니다|었어요|았어요|어요|아요|여요|네요|지요|죠|군요|구요|고요|고|며|면서|면|으며|으나|으니까?|"
    r"니까?|지만|지는|는데요?|은데요?|데|던데|던|도록|려고|게|기|더라[구고]요?|더라|더군요|다고|다는|다|는지|는|어서|아서|음|서|요|세요|니)"
)
_DID = r"(?:[하되](?:였|시|셨|십)?|하신|하셔|[했됐합됩해돼]|한데|하지|되지)"
SURE_ROOT = re.compile(
    rf"(?<=[가-힣]{{2}})(?:{_DID}{_END}{{1,2}}|하신|하시는|[하되]셨|되었|했|됐|해 ?(?:주|드)[가-힣]*)$"
)
"""What follows the root of a verb or an adjective made with 하다 or 되다, for certain."""
OPEN_ROOT = re.compile(r"(?<=[가-힣]{2})[한할함해된될됨돼]$")
"""What may follow such a root, and ends nouns as well (보관함, 무제한)."""
COPULA = re.compile(
    r"(?<=[가-힣]{2})(?:입니다|이었(?:습니다|어요|고|지만|는데)|였(?:습니다|어요|고|지만|는데)|이에요|예요|이네요|이고요?|"
    r"이지만|이라서?|인데요?)$"
)
"""What makes a sentence of a noun."""
VERBAL = re.compile(
    r"(?:습니다|니다|네요|어요|아요|여요|에요|지요|군요|구요|더라고요|게|고|며|면|면서|지만|는데|은데|던|도록|려고|자마자|"
    r"서서|세요|해요|죠|까요|려|겨|져|켜|쳐|혀|해|돼|워|어|아|하는|되는|는|한|된|운|은|을|할|될|출|릴|인데|기를|더라|[해려어아겨져켜쳐혀워와봐줘]서|[려겨져켜쳐혀워와봐줘]요)$"
)
"""How forms of other verbs and adjectives end; so do some nouns."""

NOUNS_IN_ING = frozenset(
    """
    evening morning building parking dining meeting wedding ceiling lighting swimming booking cleaning bedding
    housekeeping heating charging clothing something anything nothing everything
    """.split()  # noqa: SIM905  # words read better than a list of them
)
FIXED = frozenset("news gas always perhaps sometimes besides towards lens series access".split())  # noqa: SIM905
_VOWEL = re.compile(r"[aeiouy]")


def root(word: str, known: Collection[str]) -> str:
    """Take the verbal ending of 하다 and 되다 off a Korean word; empty where it is no such form.

    Parameters
    ----------
    word
        As written, without a particle.
    known
        Roots that the answers show for certain, from `sure_root`; the others end like nouns.
    """
    found = sure_root(word) or COPULA.sub("", word)
    if found != word:
        return found
    cut = OPEN_ROOT.sub("", word)
    return cut if cut != word and cut in known else ""


def sure_root(word: str) -> str:
    """Take off an ending that only 하다 and 되다 have; empty where there is none."""
    cut = SURE_ROOT.sub("", word)
    return cut if cut != word else ""


def is_verbal(word: str) -> bool:
    """Whether a Korean word looks like a form of another verb or adjective."""
    if any((ord(one) - 0xAC00) % 28 in (18, 20) for one in word if "가" <= one <= "힣"):  # ㅄ, ㅆ
        return True
    return bool(VERBAL.search(word))


def english_base(word: str, seen: Collection[str]) -> str:
    """Take an English word back to one without its ending that is there too: rooms → room.

    Parameters
    ----------
    word
        In small letters.
    seen
        Words of all answers.
    """
    if word in FIXED or word in NOUNS_IN_ING:
        return word
    return next((base for base in _bases(word) if len(base) > 2 and base in seen), word)


def _bases(word: str) -> list[str]:
    """Forms a word may come from, the likeliest first."""
    short = word.removesuffix("'s").removesuffix("'")
    found = [short] if short != word else []
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found += [word.removesuffix("ies") + "y"] if word.endswith("ies") else [word[:-1]]
        found += [word[:-2]] if word.endswith(("ses", "xes", "zes", "ches", "shes")) else []
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and _VOWEL.search(stem):
            found += [stem, f"{stem}e", stem[:-1]] if stem[-1] == stem[-2] else [stem, f"{stem}e"]
    return found
