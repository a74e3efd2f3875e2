"""Themes in open answers, Korean and English: terms that come together, counted, never quoted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import non_negative_factorization
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from cerm_nb.analyses.experience.open_words import impersonal, names_in, vocabulary
from cerm_nb.analyses.experience.wishes import wishes
from cerm_nb.stats import wilson_interval
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths

COLUMNS = ["theme", "terms", "respondents", "share", "low", "high", "wish_share", "is_unmet", "touchpoint"]
TERMS = 5  # told of each theme
ROUNDS = 400
MOST = 0.5  # of answers; a term of more tells none apart
LIKE = 0.3  # cosine from which an answer is of a theme


@dataclass(frozen=True, eq=False)
class Needs:
    """What respondents write about.

    Parameters
    ----------
    reason
        Empty, or why there are no themes: ``no_comments`` or ``too_few_comments``.
    frame
        theme (1, 2, …, the largest first), terms (tuple, the most telling first), respondents, share (of
        all who wrote), low, high, wish_share (share of these respondents who wish for or miss something),
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

    @property
    def unmet(self) -> int:
        """Themes that are unmet needs."""
        return int(self.frame["is_unmet"].sum())


@dataclass(frozen=True, eq=False)
class _Answers:
    """Answers, what each is made of, and whose it is.

    Parameters
    ----------
    frame
        One row per answer: respondent, touchpoint, wish.
    terms
        Words and pairs, shape (terms,).
    used
        Whether an answer has a term, shape (answers, terms).
    people
        Number of the respondent of each answer.
    """

    frame: pd.DataFrame
    terms: Floats
    used: csr_matrix
    people: Integers

    def respondents(self, rows: Integers) -> Integers:
        """Count the respondents, not the answers, behind each term in some rows."""
        person, number = np.unique(self.people[rows], return_inverse=True)
        belongs = csr_matrix((np.ones(len(rows)), (number, np.arange(len(rows)))), (len(person), len(rows)))
        return np.asarray(((belongs @ self.used[rows]) > 0).sum(axis=0)).ravel().astype(np.int64)


def unmet_needs(comments: pd.DataFrame | None, own: Params, brand: str = "", wave: str = "") -> Needs:
    """Find themes in open answers.

    Parameters
    ----------
    comments
        The client table of this name.
    own
        themes, min_group, confidence and seed are used.
    brand
        Answers about other brands are left out; unset: none are.
    wave
        Answers of other waves are left out, those of no wave are not; unset: none are.

    Notes
    -----
    TF-IDF of words stripped of particles and of their pairs, factorised into non-negative parts (Lee & Seung
    1999); an answer belongs to the part it is most like, or to none. Same answers in any order give the same
    themes. Whatever is told is counted by respondent, however many answers one gave.
    """
    empty = pd.DataFrame(columns=COLUMNS)
    written = _written(comments, brand, wave)
    n = written["respondent"].nunique() if len(written) else 0
    if not n:
        return Needs("no_comments", empty)
    if n < 2 * own.min_group:
        return Needs("too_few_comments", empty, n=n)
    answers, weights = _weighted(written, own)
    if not weights.shape[1]:
        return Needs("too_few_comments", empty, n=n)
    theme, parts = _factorised(weights, n, own)
    rows = [_theme(answers, np.flatnonzero(theme == at), parts[at], n, own) for at in range(len(parts))]
    found = pd.DataFrame(rows, columns=COLUMNS).sort_values("respondents", ascending=False, kind="stable")
    found = found[found["respondents"] > 0]
    frame = found[found["respondents"] >= own.min_group]
    hidden = len(found) - len(frame)
    return Needs("", frame.assign(theme=np.arange(1, len(frame) + 1)).reset_index(drop=True), hidden, n)


def _written(comments: pd.DataFrame | None, brand: str, wave: str) -> pd.DataFrame:
    columns = ["respondent", "touchpoint", "text"]
    if comments is None or comments.empty:
        return pd.DataFrame(columns=columns)
    kept = comments[_of(comments, "brand", brand) & _of(comments, "wave", wave)]
    if "touchpoint" not in kept:
        kept = kept.assign(touchpoint="")
    kept = kept[columns].assign(
        text=kept["text"].fillna("").astype("str"), touchpoint=kept["touchpoint"].fillna("")
    )
    return kept[kept["text"].str.strip() != ""].drop_duplicates().sort_values(columns, ignore_index=True)


def _of(comments: pd.DataFrame, column: str, wanted: str) -> Truths:
    """Whether an answer is of this brand or wave, or of none that is known."""
    if not wanted or column not in comments:
        return np.ones(len(comments), dtype=bool)
    given = comments[column].astype("str").where(comments[column].notna(), "")
    return given.isin(["", wanted]).to_numpy(dtype=bool)


def _weighted(written: pd.DataFrame, own: Params) -> tuple[_Answers, csr_matrix]:
    """Cut answers into terms that enough respondents share, and weigh them by TF-IDF."""
    plain = written["text"].map(impersonal)
    words = vocabulary(plain, names_in(written["text"]))
    cut = [words.nouns(text) for text in plain]
    people = pd.factorize(written["respondent"])[0].astype(np.int64)
    frame = written[["respondent", "touchpoint"]].assign(wish=wishes(plain))
    if not any(cut):
        nothing = csr_matrix((len(cut), 0))
        return _Answers(frame, np.array([], dtype=object), nothing, people), nothing
    counter = CountVectorizer(analyzer=_terms)
    counts = csr_matrix(counter.fit_transform(cut))
    terms = np.array(counter.get_feature_names_out(), dtype=object)
    found = _Answers(frame, terms, counts > 0, people)
    often = found.respondents(np.arange(len(cut))) >= max(2, own.min_group // 2)
    share = np.asarray(found.used.mean(axis=0)).ravel()
    kept = np.flatnonzero(often & (share <= MOST))
    weights = counts[:, kept]
    if len(kept):
        weights = TfidfTransformer(sublinear_tf=True).fit_transform(weights)
    return _Answers(frame, terms[kept], found.used[:, kept], people), csr_matrix(weights)


def _terms(words: list[str]) -> list[str]:
    """Words and pairs of neighbours."""
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def _factorised(weights: csr_matrix, people: int, own: Params) -> tuple[Integers, Floats]:
    """Theme of each answer (−1 for one like none), and the weight of each term in each theme."""
    different = len({(row.indices.tobytes(), row.data.tobytes()) for row in weights})
    size = min(own.themes, max(2, people // (2 * own.min_group)), different, weights.shape[1])
    # the function, not the class: the class goes on to the root of an error that rounding may put below 0
    with one_thread():
        _, parts, _ = non_negative_factorization(
            weights, n_components=size, init="nndsvda", max_iter=ROUNDS, tol=1e-3, random_state=own.seed
        )
    length = np.sqrt((parts**2).sum(axis=1))
    likeness = weights @ (parts / np.where(length > 0, length, 1.0)[:, None]).T
    theme = np.where(likeness.max(axis=1) >= LIKE, likeness.argmax(axis=1), -1)
    return theme.astype(np.int64), parts


def _theme(answers: _Answers, rows: Integers, part: Floats, n: int, own: Params) -> dict[str, object]:
    mine = answers.frame.iloc[rows]
    people = int(mine["respondent"].nunique())
    often = answers.respondents(rows) >= own.min_group
    first = [at for at in np.argsort(-part, kind="stable") if often[at] and part[at] > 0]
    low, high = wilson_interval(people, n, own.confidence)
    wish = float(mine.groupby("respondent")["wish"].any().mean()) if people else np.nan
    named = (
        mine[mine["touchpoint"] != ""]
        .drop_duplicates(["respondent", "touchpoint"])["touchpoint"]
        .value_counts()
    )
    told = str(named.index[0]) if len(named) and named.iloc[0] >= own.min_group else ""
    numbers = {"respondents": people, "share": people / n, "low": low, "high": high, "wish_share": wish}
    terms = _apart([str(term) for term in answers.terms[first]])
    return {"theme": 0, "terms": terms, **numbers, "is_unmet": wish > 0.5, "touchpoint": told}


def _apart(terms: list[str]) -> tuple[str, ...]:
    """Keep the first few terms that say something the ones before do not."""
    found: list[str] = []
    for term in terms:
        if not any(term in other or other in term for other in found):
            found.append(term)
    return tuple(found[:TERMS])
