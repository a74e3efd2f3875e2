"""Every message exists in both languages, with the same fields, and nothing asks for one that does not."""

import ast
import json
import re
from pathlib import Path
from string import Formatter

import pytest

import cerm_nb
from cerm_nb import messages

PACKAGE = Path(cerm_nb.__file__).parent
NOTEBOOKS = sorted((PACKAGE.parent / "notebooks").glob("*.ipynb"))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(messages.catalogue()))
def test_a_message_is_complete_in_both_languages(key: str) -> None:
    texts = dict(messages.catalogue()[key])
    spec = texts.pop("format", "integer").partition(".")[0]
    assert spec in messages.numbers.FORMATS
    assert key.startswith("label.") or ".label." in key or "format" not in messages.catalogue()[key]
    assert set(texts) == set(messages.LANGUAGES)
    assert key.endswith(".note") or all(text.strip() for text in texts.values())
    assert fields(texts["en"]) == fields(texts["ko"])


@pytest.mark.parametrize("key", sorted(messages.catalogue()))
def test_korean_is_written_in_korean(key: str) -> None:
    english, korean = messages.catalogue()[key]["en"], messages.catalogue()[key]["ko"]
    words = re.sub(r"\{[^}]*\}", "", english)
    if re.search(r"[a-z]{4}", words) and english != korean:
        assert re.search(r"[가-힣]", korean)


def test_catalogues_hold_no_key_twice_in_one_file() -> None:
    for file in (PACKAGE / "messages").glob("*.yml"):
        keys = re.findall(r"^([\w.]+):", file.read_text(encoding="utf-8"), re.M)
        assert len(keys) == len(set(keys)), file.name


def asked_for(call: ast.Call, question: str) -> list[str]:
    """Message keys of one call in a notebook: a sentence, or the four parts of a figure or table."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in {"say", "text", "words"} or not isinstance(call.args[0], ast.Constant):
        return []
    key = f"{question}.{call.args[0].value}"
    if name != "words":
        return [key]
    varies = any(option.arg == "variant" for option in call.keywords)
    titles = [known for known in messages.catalogue() if known.startswith(f"{key}.title.")] if varies else []
    return [*(titles or [f"{key}.title"]), *(f"{key}.{part}" for part in ("subtitle", "alt", "note"))]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_message_a_notebook_asks_for_exists(path: Path) -> None:
    asked = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            calls = [
                node for node in ast.walk(ast.parse("".join(cell["source"]))) if isinstance(node, ast.Call)
            ]
            asked += [key for call in calls for key in asked_for(call, path.stem.partition("_")[2])]
    assert asked
    assert not [key for key in asked if key not in messages.catalogue()]
