"""Korean particles that follow the sound of the word before them."""

from __future__ import annotations

PARTICLES = ("은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라")

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_FINAL_RIEUL = 8
# The sound a digit or letter is read with in Korean decides as well: 1 is "일", L is "엘".
_CLOSED = frozenset("013678LMNRlmnr")
_RIEUL = frozenset("178LRlr")


def with_particle(word: str, pair: str) -> str:
    """Join a word and the particle of a pair that fits its last sound.

    Parameters
    ----------
    word
        The word as written; brackets and quotation marks after it are looked through.
    pair
        One of ``PARTICLES``: the form after a final consonant, a slash, the form after a vowel.

    Returns
    -------
    str
        For example ``"호텔은"``, ``"고객이"``, ``"웹으로"``, ``"서울로"``.
    """
    closed, is_rieul = _last_sound(word)
    after_consonant, after_vowel = pair.split("/")
    # 으로 is the one particle that treats a final ㄹ as a vowel.
    use_consonant = closed and not (is_rieul and pair == "으로/로")
    return word + (after_consonant if use_consonant else after_vowel)


def _last_sound(word: str) -> tuple[bool, bool]:
    sounds = [letter for letter in word if letter.isalnum()]
    if not sounds:
        return False, False
    last = sounds[-1]
    if _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        final = (ord(last) - _HANGUL_FIRST) % _FINALS
        return final != 0, final == _FINAL_RIEUL
    return last in _CLOSED, last in _RIEUL
