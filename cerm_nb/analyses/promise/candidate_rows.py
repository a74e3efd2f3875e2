"""The few rows of the promises, what carries and what proves them, that one figure or table shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.promise.extracts import named
from cerm_nb.analyses.promise.wanted import titles
from cerm_nb.stats import holm
from cerm_nb.surveys import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.proof import Proof
    from cerm_nb.analyses.promise.verdict import Answer
    from cerm_nb.surveys import Survey

MOST = 12
CHECKS = ["candidate", "verdict", "importance", "difference", "credibility", "credibility_low"]
CHECKS += ["preference", "consistency", "feasibility", "cost"]


def about(found: Answer, own: Params, lang: str) -> dict[str, object]:
    """Tell what the wording of the answer needs besides it.

    Returns
    -------
    dict
        title, positioning, theme (of the first candidate, empty without one), short (points below the floor,
        or 0).
    """
    first = next((one for one in own.promises if one.name == found.candidate), None)
    texts = dict.fromkeys(("title", "positioning", "theme"), "")
    if first is not None:
        texts = {name: said(getattr(first, name), lang) for name in texts}
        texts["title"] = texts["title"] or first.name
    return {**texts, "short": float(max(-found.value, 0.0)) if np.isfinite(found.value) else 0.0}


def promise_table(judged: pd.DataFrame, own: Params, lang: str) -> pd.DataFrame:
    """Add to the candidates judged the title that readers know each by."""
    return judged.assign(title=judged["candidate"].map(titles(own, lang)).astype("str"))


def check_rows(judged: pd.DataFrame, own: Params, lang: str) -> pd.DataFrame:
    """Lay out the checks of the candidates by rank, what is known of none left out: `CHECKS`."""
    names = titles(own, lang)
    table = judged[CHECKS].assign(candidate=[names[name] for name in judged["candidate"]])
    return table.dropna(axis=1, how="all").head(MOST)


def rulings(judged: pd.DataFrame, own: Params, lang: str) -> list[dict[str, object]]:
    """Tell of each candidate its title, verdict, why, and where it fails or is weakest."""
    names = titles(own, lang)
    return [
        dict(zip(map(str, judged), row, strict=True))
        | {"title": names[str(row[0])], "why": str(reason or verdict)}
        for row, reason, verdict in zip(
            judged.itertuples(index=False), judged["reason"], judged["verdict"], strict=True
        )
    ]


def carrier_rows(carriers: pd.DataFrame, own: Params, lang: str) -> pd.DataFrame:
    """Set today's level of each carrier beside the level promised and the best competitor's.

    Parameters
    ----------
    carriers
        From `check_carriers`.
    own, lang
        Titles of the promises, in the reader's language.

    Returns
    -------
    DataFrame
        candidate, item, today, today_low, today_high, promised_level, best_level: at most twelve, those
        furthest below the floor or nearest to it; by candidate.
    """
    names = titles(own, lang)
    best = carriers["level"] - carriers["promised"]
    table = named(carriers).assign(candidate=carriers["promise"].map(names), best_level=best)
    near = table.sort_values("reserve", kind="stable", na_position="last").head(MOST).index
    columns = ["candidate", "item", "today", "today_low", "today_high", "promised_level", "best_level"]
    return table.rename(columns={"level": "promised_level"}).loc[sorted(near), columns].reset_index(drop=True)


def reached(carriers: pd.DataFrame) -> dict[str, int]:
    """Count carriers by whether today reaches the floor, and all of them."""
    told = {
        name: int((carriers["floor_reached"] == name).sum()) for name in ("yes", "no", "unproven", "unknown")
    }
    return {**told, "all": len(carriers)}


def proof_rows(found: Proof, own: Params, lang: str, nothing: str) -> pd.DataFrame:
    """Lay out who proves what by which metric; cells that are empty say so.

    Parameters
    ----------
    found
        From `prove`.
    own, lang
        Titles of the promises, in the reader's language.
    nothing
        What stands in an empty cell.

    Returns
    -------
    DataFrame
        candidate, item, promised_level, proof, metric_name, owner: at most twelve, those with empty cells
        where there are more.
    """
    names = titles(own, lang)
    matrix = named(found.matrix).assign(candidate=found.matrix["promise"].map(names))
    first = matrix.assign(full=matrix["empty"] == "").sort_values("full", kind="stable").head(MOST).index
    shown = matrix.loc[sorted(first)].rename(columns={"level": "promised_level"})
    for name in ("proof", "metric_name", "owner"):
        shown[name] = [text if str(text).strip() else nothing for text in shown[name]]
    kept = ["candidate", "item", "promised_level", "proof", "metric_name", "owner"]
    return shown[kept].reset_index(drop=True)


def empty_cells(found: Proof) -> Mapping[str, int]:
    """Count empty cells by kind, all of them, and the carriers."""
    kinds = found.matrix["empty"].astype(str).str.split(";").explode().value_counts()
    told = {name: int(kinds.get(name, 0)) for name in ("proof", "metric", "owner")}
    return {**told, "all": found.empty, "carriers": len(found.matrix)}


def kept_rows(found: Proof, survey: Survey, own: Params, lang: str) -> pd.DataFrame:
    """Tell how often each promise is kept at each touchpoint in the wave told of.

    Returns
    -------
    DataFrame
        candidate, touchpoint, kept, low, high, n, kept_before (NaN without an earlier wave), change,
        change_low, change_high, p_adjusted (Holm over all scores of the wave): at most twelve, the least
        kept.
    """
    scores = found.kept
    now = scores[(scores["wave"] == survey.wave) & scores["kept"].notna()]
    before = scores[["promise", "touchpoint", "wave", "kept"]]
    before = before.rename(columns={"kept": "kept_before", "wave": "before"})
    before = before[before["before"] != ""]  # a survey of one wave has none before
    table = now.merge(before, on=["promise", "touchpoint", "before"], how="left")
    table = table.assign(candidate=table["promise"].map(titles(own, lang)))
    table["p_adjusted"] = holm(table["p"].to_numpy(dtype=float))
    least = table.sort_values("kept", kind="stable").head(MOST).index
    columns = ["kept", "low", "high", "n", "kept_before", "change", "change_low", "change_high", "p_adjusted"]
    numbers = table[columns].astype(float)
    return table[["candidate", "touchpoint"]].join(numbers).loc[sorted(least)].reset_index(drop=True)


def kept_counts(rows: pd.DataFrame, own: Params) -> dict[str, object]:
    """Tell where a promise is kept least, and how many scores rose and fell beyond chance."""
    least = rows.sort_values("kept", kind="stable").iloc[0]
    sure = rows["p_adjusted"] < own.significance
    rose, fell = (int((sure & (sign * rows["change"] > 0)).sum()) for sign in (1, -1))
    known = int(rows["kept_before"].notna().sum())
    return {
        **{str(name): value for name, value in least.items()},
        "least_n": int(rows["n"].min()),
        "most_n": int(rows["n"].max()),
        "rose": rose,
        "fell": fell,
        "known": known,
        "told": len(rows),
    }
