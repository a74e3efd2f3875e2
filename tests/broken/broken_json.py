"""Lines of JSON that are cut, nested, or something else."""

from __future__ import annotations

from broken_case import COLUMNS, GOOD, Case, of


def cases() -> list[Case]:
    """List the cases."""
    good = '{"customer": "c1", "day": "2024-01-05", "money": 10}\n'

    def lines(name: str, content: str | bytes, **expected: object) -> Case:
        return of(name, "shop.jsonl", content, **expected)  # type: ignore[arg-type]

    nested = '{"customer": "c2", "day": "2024-02-05", "money": 20, "more": {"a": [1, 2]}}\n'
    return [
        lines(
            "json_nested",
            good + nested,
            keys={"columns": COLUMNS | {"order_id": "more"}},
            holds={"customer_id": ["c1", "c2"], "amount": [10.0, 20.0]},
        ),
        lines("json_marked", b"\xef\xbb\xbf" + good.encode(), holds={"customer_id": ["c1"]}),
        lines("json_broken_line", good + '{"customer": "c2", "day"\n' + good, error=("shop.jsonl", "line 2")),
        lines("json_cut_off", good + nested[:30], error=("shop.jsonl", "line 2")),
        lines("json_array", f"[{good.strip()},\n{good.strip()}]\n", error=("shop.jsonl",)),
        lines("json_bare_values", "1\n2\n", error=("shop.jsonl",)),
        lines(
            "json_key_twice",
            '{"customer": "c1", "day": "2024-01-05", "money": 10, "money": 20}\n',
            error=("shop.jsonl, line 1", "a key twice"),
        ),
        lines("json_not_a_number", good.replace("10", "NaN"), error=("shop.jsonl", "1")),
        lines(
            "json_key_missing",
            good + '{"customer": "c2", "day": "2024-02-05"}\n',
            error=("columns.amount", "1 of 2 rows have no value"),
        ),
        lines("json_too_deep", good + '{"customer": ' + "[" * 100_000 + "\n", error=("shop.jsonl",)),
        lines("json_empty_objects", "{}\n{}\n", error=("shop.jsonl",)),
        lines("json_is_a_csv", GOOD, error=("shop.jsonl",)),
    ]
