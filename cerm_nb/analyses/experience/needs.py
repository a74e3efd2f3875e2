"""Themes in open answers, Korean and English: terms that come together, counted, never quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer

from cerm_nb.stats import wilson_interval
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers

COLUMNS = ["theme", "terms", "respondents", "share", "low", "high", "wish_share", "is_unmet", "touchpoint"]
TERMS = 5  # told of each theme
ROUNDS = 400
LONGEST = 2_000  # letters of an answer that are read
LIKE = 0.3  # cosine from which an answer is of a theme
WORDS = re.compile(r"[가-힣]+|[a-z][a-z']+")
PARTICLES = re.compile(
    r"(?<=[가-힣]{2})(?:에서는|으로는|에게서|까지도|이라도|에서|에게|으로|까지|부터|처럼|보다|마다|하고|이나|라도|만큼|"
    r"은|는|이|가|을|를|에|의|도|로|와|과|만|나)$"
)
ENDINGS = re.compile(
    r"(?<=[가-힣])(?:했습니다|하였습니다|합니다|입니다|습니다|었습니다|았습니다|했어요|었어요|았어요|아요|어요|네요|지요|"
    r"하는|했던|하게|하고|하면|해서|어서|아서)$"
)
WISHES = re.compile(
    r"좋겠|바랍|바라|원합|원해|아쉬|있었으면|있으면|없어|없었|안 되|(?<!참고)해 ?주세요|필요|"
    r"\b(?:wish|would (?:be|help|like|love)|could|should|please|need|want|missing|more)\b"
)
COMMON = frozenset(
    """
    그리고 그래서 하지만 너무 정말 매우 아주 조금 이번 다음 다음에 전반적 솔직히 그냥 많이 자주
    때문 있는 있기 없이 있으면 함께 왔는데 중이었는데 참고 주세요 좋겠 좋겠습니다 나아지기 기대
    the and was were with for very too had have has not but our from this that would could are at in on
    of to us we it is my more please be
    """.split()  # noqa: SIM905  # words read better than a list of them
)


@dataclass(frozen=True, eq=False)
class Needs:
    """What respondents write about.

    Parameters
    ----------
    reason
        Empty, or why there are no themes: ``no_comments`` or ``too_few_comments``.
    frame
        theme (1, 2, …, the largest first), terms (tuple, the most telling first), respondents, share (of
        all who wrote), low, high, wish_share (share of its answers that wish for or miss something),
        is_unmet (whether most do), touchpoint (named most often with it; empty where fewer than `min_group`
        name one). Themes of fewer than `min_group` respondents are left out, terms of fewer respondents are
        not told.
    hidden
        Themes left out for being too small.
    n
        Respondents who wrote.
    """

    reason: str
    frame: pd.DataFrame
    hidden: int = 0
    n: int = 0


def unmet_needs(comments: pd.DataFrame | None, own: Params, brand: str = "") -> Needs:
    """Find themes in open answers.

    Parameters
    ----------
    comments
        The client table of this name.
    own
        themes, min_group, confidence and seed are used.
    brand
        Answers about other brands are left out; unset: none are.

    Notes ----- TF-IDF of words stripped of particles and of their pairs, factorised into non-negative parts
    (Lee & Seung 1999); an answer belongs to the part it is most like, or to none. Same answers in any order
    give the same themes.
    """
    empty = pd.DataFrame(columns=COLUMNS)
    written = _written(comments, brand)
    n = written["respondent"].nunique() if len(written) else 0
    if not n:
        return Needs("no_comments", empty)
    if n < 2 * own.min_group:
        return Needs("too_few_comments", empty, n=n)
    features = TfidfVectorizer(
        tokenizer=tokens,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, 2),
        min_df=max(2, own.min_group // 2),
        max_df=0.5,
        sublinear_tf=True,
    )
    try:
        weights = features.fit_transform(written["text"])
    except ValueError:  # scikit-learn's word for: no term is common enough to be told
        return Needs("too_few_comments", empty, n=n)
    theme, parts = _factorised(weights, own)
    terms = np.array(features.get_feature_names_out(), dtype=object)
    used = np.asarray((weights > 0).todense())
    rows = [
        _theme(written, np.flatnonzero(theme == at), parts[at], (terms, used), n, own)
        for at in range(len(parts))
    ]
    found = pd.DataFrame(rows, columns=COLUMNS).sort_values("respondents", ascending=False, kind="stable")
    found = found[found["respondents"] > 0]
    frame = found[found["respondents"] >= own.min_group]
    hidden = len(found) - len(frame)
    return Needs("", frame.assign(theme=np.arange(1, len(frame) + 1)).reset_index(drop=True), hidden, n)


def _written(comments: pd.DataFrame | None, brand: str) -> pd.DataFrame:
    columns = ["respondent", "touchpoint", "text"]
    if comments is None or comments.empty:
        return pd.DataFrame(columns=columns)
    mine = comments["brand"].isna() | comments["brand"].isin(["", brand]) if "brand" in comments else None
    kept = comments if mine is None or not brand else comments[mine]
    if "touchpoint" not in kept:
        kept = kept.assign(touchpoint="")
    kept = kept[columns].assign(
        text=kept["text"].fillna("").astype("str").str.slice(0, LONGEST).str.lower(),
        touchpoint=kept["touchpoint"].fillna(""),
    )
    return kept[kept["text"].str.strip() != ""].sort_values(columns, ignore_index=True)


def tokens(text: str) -> list[str]:
    """Cut an answer into words, Korean ones without their particles and endings."""
    bare = (ENDINGS.sub("", PARTICLES.sub("", word)) for word in WORDS.findall(text) if word not in COMMON)
    return [word for word in bare if len(word) > 1 and word not in COMMON]


def _factorised(weights: csr_matrix, own: Params) -> tuple[Integers, Floats]:
    """Theme of each answer (−1 for one like none), and the weight of each term in each theme."""
    size = min(own.themes, *weights.shape)
    model = NMF(size, init="nndsvda", max_iter=ROUNDS, tol=1e-3, random_state=own.seed)
    with one_thread():
        model.fit(weights)
    parts = np.asarray(model.components_)
    length = np.sqrt((parts**2).sum(axis=1))
    likeness = weights @ (parts / np.where(length > 0, length, 1.0)[:, None]).T
    theme = np.where(likeness.max(axis=1) >= LIKE, likeness.argmax(axis=1), -1)
    return theme.astype(np.int64), parts


def _theme(
    written: pd.DataFrame, rows: Integers, part: Floats, words: tuple[Floats, Floats], n: int, own: Params
) -> dict[str, object]:
    terms, used = words
    answers = written.iloc[rows]
    people = int(answers["respondent"].nunique())
    often = used[rows].sum(axis=0) >= own.min_group
    first = [at for at in np.argsort(-part, kind="stable") if often[at] and part[at] > 0]
    low, high = wilson_interval(people, n, own.confidence)
    wish = float(answers["text"].str.contains(WISHES).mean()) if people else np.nan
    named = answers.loc[answers["touchpoint"] != "", "touchpoint"].value_counts()
    told = str(named.index[0]) if len(named) and named.iloc[0] >= own.min_group else ""
    numbers = {"respondents": people, "share": people / n, "low": low, "high": high, "wish_share": wish}
    return {"theme": 0, "terms": _apart(terms[first]), **numbers, "is_unmet": wish > 0.5, "touchpoint": told}


def _apart(terms: Floats) -> tuple[str, ...]:
    """Keep the first few terms that say something the ones before do not."""
    found: list[str] = []
    for term in map(str, terms):
        if not any(term in other or other in term for other in found):
            found.append(term)
    return tuple(found[:TERMS])
