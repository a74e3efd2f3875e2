"""Tell wishes in open answers from praise and from complaints that ask for nothing; Korean and English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.stats import Truths

_BAD = (
    "불편|부족|문제|불만|단점|흠|나무랄|아쉬|걱정|어려|막힘|빈틈|끊김|끊기|냄새|소음|대기|기다|지연|손색|군더더기|"
    "더할|바랄|말할|비할|두말|벌레|먼지|얼룩|하자|결점|부담|스트레스|불쾌|실망|후회|모자|지루|거슬|나쁜|싫은|트집|"
    "고장|오류|실수|비교|잊|빼놓|견줄"
)
_COMPOUND = "상관|재미|맛|어이|형편|정신|쓸모|쓸데|끊임|틀림|변함|어김|아낌|관계|성의|멋|힘|터무니"
_BACK = r"(?:또|다시|자주|재방문|꼭)[가-힣 ]{0,12}(?:좋겠|싶|바라|바랍)[가-힣]*"
_STAY = r"(?:지금처럼|앞으로도|계속|이대로|항상|늘)[가-힣 ]{0,20}(?:주세요|바랍니다|바라|부탁|좋겠)[가-힣]*"
_LUCK = r"(?:번창|건승|행복|건강|대박|승승장구)[가-힣 ]{0,8}(?:바라|바랍|좋겠)[가-힣]*"
_NEEDED = (
    r"필요[가-힣]{0,2} ?(?:가|도|는)? ?(?:없|때)[가-힣]*|필요한 (?:것|게|건|모든|물품|물건)[가-힣]*|필요 이상"
)
_NONE = rf"(?:{_BAD})[가-힣]{{0,4}}(?: [가-힣]{{1,4}}){{0,3}} ?없[가-힣]*"
_CLAUSE = r"[^.,;!?]*"
_GUESTS = r"(?:we|i|you|one|anyone|us)"
PRAISE = re.compile(
    "|".join(
        (
            _NONE,
            rf"(?:{_COMPOUND})[이가도]? ?없[가-힣]*",
            _NEEDED,
            _BACK,
            _STAY,
            _LUCK,
            r"말도 안 되게|바라[보본볼봤]|시원[해합]|참고해 ?주세요",
            rf"\bcould(?:n't|nt| not| never)\b{_CLAUSE}",
            rf"\b(?:what|who) (?:more |else )?(?:could|can|would) {_GUESTS}\b{_CLAUSE}",
            rf"\bnothing\b{_CLAUSE}",
            rf"\bno(?:t)? (?:need|more|reason|want|needed)\b{_CLAUSE}",
            r"\bmore than \w+|\bonce more\b|\beven more\b",
            rf"\b(?:everything|all|anything|whatever|whenever|anytime)(?: that| what)? {_GUESTS}"
            r"(?: (?:could|would|might|may|can|ever|possibly))* (?:need|want|wish|ask)\w*(?: for)?",
            r"\b(?:every|each|any|our|my|your|all) needs?\b",
            r"\b(?:did not|didn't|do not|don't|never|made (?:us|me)) (?:want|need)\b",
            r"\b(?:would|will|want|wanted)(?: (?:definitely|certainly|love|like|highly|gladly|absolutely))* "
            r"(?:to )?(?:come back|return|stay (?:here )?again|visit again|be back|recommend|thank)",
            rf"\b(?:everyone|everybody|people|you|anyone) should (?:stay|try|visit|come|go|book)\b{_CLAUSE}",
            r"\bas (?:it|they|a \w+) should(?: be)?\b|\bshould be proud\b|\b(?:to|aim to|aims to) please\b",
            rf"\bplease (?:keep|thank|pass|give my|never change|stay as)\b{_CLAUSE}",
            r"\bwish (?:you|them|the \w+)(?: all)? (?:the best|well|luck|good luck|every success|success)",
            r"\bwish (?:we|i) (?:could (?:have )?stay|could live|had stayed|had more time|lived|"
            rf"did not have to|didn't have to){_CLAUSE}",
        )
    )
)
"""Set phrases that sound like a wish and are none: taken out before wishes are looked for."""
WISHES = re.compile(
    r"좋겠|좋을 (?:것|거|텐데|듯)|바랍|바라|바램|원합|원해|원하|아쉬|었으면|았으면|했으면|주셨으면|"
    r"있으면 (?:더 |훨씬 |정말 |참 )?(?:좋|편|완벽|합|해)|없|안 ?[되돼됐된]|해 ?주세요|주시면|부탁|필요|"
    r"\bwish\b|\bmissing\b|\bplease\b|\bneeds?\b|\bwants?\b|\bshould\b|\blacks?\b|"
    r"\bwould (?:help|like|love|appreciate|prefer|have liked|be \w+)|\bwould've\b|"
    r"\bcould (?:be|use|do with|have|you|offer|add|include|improve|provide|benefit)\b|\bif \w+ could\b|"
    r"(?:^|[.!?,;] *|\b(?:add|offer|provide|some|few) )more\b|\bthere (?:is|was|were|are) no\b"
)


def wishes(texts: pd.Series[str]) -> Truths:
    """Tell which answers wish for something, or miss something.

    Parameters
    ----------
    texts
        Answers in small letters.

    Returns
    -------
    ndarray
        Shape (answers,).

    Notes
    -----
    By lists of words and set phrases. Praise by denial ("nothing to fault", "불편함이 없었습니다") is none,
    and neither is a complaint that asks for nothing; irony is not seen.
    """
    plain = (PRAISE.sub(" ", text.replace("’", "'")) for text in texts)
    return np.fromiter((bool(WISHES.search(text)) for text in plain), dtype=bool, count=len(texts))
