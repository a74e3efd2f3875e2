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
    texts = messages.catalogue()[key]
    assert set(texts) == set(messages.LANGUAGES)
    if not key.endswith(".note"):
        assert all(text.strip() for text in texts.values())
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_message_a_notebook_asks_for_exists(path: Path) -> None:
    question = path.stem.partition("_")[2]
    known = messages.catalogue()
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            position = {"say": 0, "text": 0, "words": 0, "table": 1}.get(node.func.attr)
            if (
                position is None
                or len(node.args) <= position
                or not isinstance(node.args[position], ast.Constant)
            ):
                continue
            key = f"{question}.{node.args[position].value}"
            whole = node.func.attr in {"say", "text"}
            wanted = [key] if whole else [f"{key}.{part}" for part in ("title", "subtitle", "alt", "note")]
            assert not [each for each in wanted if each not in known], f"cell asks for {key}"
