"""What to do next, of every answer a notebook has recorded, with who does it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import cerm_nb.notebook as nb
from cerm_nb.analyses import scorecard

DEFAULTS = {"client": "new", "as_of": "2024-12-31", "currency": "KRW", "data": {}, "lang": "en", "title": {}}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> nb.Run[scorecard.Params]:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").mkdir()
    source = Path(__file__).parents[2] / "notebooks" / "80_scorecard.ipynb"
    (tmp_path / "notebooks" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "params" / "new.yml").write_text(
        "client: new\nas_of: '2024-12-31'\ncurrency: KRW", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path / "notebooks")
    for name in ("CERM_ROOT", "CERM_OUT", "CERM_STAGE"):
        monkeypatch.delenv(name, raising=False)
    fields = scorecard.Params.model_fields
    own = {name: field.get_default(call_default_factory=True) for name, field in fields.items()}
    return nb.open("80_scorecard", scorecard.Params, DEFAULTS | own)


def told(chance: float) -> scorecard.Answer:
    """An answer about one indicator with a hostile name."""
    frame = pd.DataFrame(
        {
            "indicator": ["a"], "name": [HOSTILE], "target": [1.0], "in_focus": [True],
            "p_hit": [chance], "p_hit_low": [chance - 0.1], "p_hit_high": [chance + 0.1],
            "variation": ["common"], "assurance": ["fails"],
        }
    )  # fmt: skip
    return scorecard.answer(frame)


def test_before_an_answer_there_is_nothing_to_do(run: nb.Run[scorecard.Params]) -> None:
    assert run.actions() == []
    assert run.show_actions().text == ""


def test_actions_come_in_the_order_of_the_answers_each_with_who_takes_it(
    run: nb.Run[scorecard.Params],
) -> None:
    found = told(0.2)
    run.conclude("scorecard", found, "share", **scorecard.counts(found))
    none = scorecard.account(scorecard.score(_nothing()), pd.DataFrame(columns=["question", "drifts"]), 0)
    run.conclude("account", none, "share")
    first, second = run.actions()
    assert first.startswith("Do not wait for the dates")
    assert first.endswith("(Head of strategy)")
    assert second.endswith("(Head of analysis)")
    assert run.show_actions().text == f"- {first}\n- {second}"


def test_an_action_that_names_an_indicator_is_text(run: nb.Run[scorecard.Params]) -> None:
    found = told(0.2)
    run.conclude("scorecard", found, "share", **scorecard.counts(found))
    assert HOSTILE in run.actions()[0]
    assert "<script" not in run.show_actions().markup


def _nothing() -> pd.DataFrame:
    kept = scorecard.remembered((), currency="KRW")
    return kept.assign(actual=float("nan"), reason="")
