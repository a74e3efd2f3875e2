import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from cerm_nb import tables
from cerm_nb.figures import Sparkline
from cerm_nb.report.sanitize import clean
from cerm_nb.words import Words

FRAME = pd.DataFrame({"tier": ["top", "rest"], "n": [1200, 34], "clv": [812.4, np.nan]})
WORDS = Words(
    "Two tiers", "n = 1,234", note="Read down.", labels={"tier": "Tier", "clv": "Value (£)", "top": "Target"}
)


def show(frame=FRAME, words=WORDS, **options):
    return tables.show(frame, words=words, **options)


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.cells = [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.cells += [[tag, dict(attributes), ""]] if tag in {"th", "td"} else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in {"th", "td"}:
            self.cells[-1][2] += data


def cells(table):
    parser = Balanced()
    parser.feed(table.html)
    assert not parser.open
    return parser.cells


def test_headers_say_what_a_reader_sees_and_scope_what_they_head():
    heads = [cell for cell in cells(show()) if cell[0] == "th"]
    assert [text for _, _, text in heads] == ["Tier", "n", "Value (£)", "Target", "rest"]
    assert [given["scope"] for _, given, _ in heads] == ["col", "col", "col", "row", "row"]


def test_numbers_stand_right_and_texts_left():
    right = {text for _, given, text in cells(show()) if given.get("class") == "cerm-number"}
    assert right == {"n", "Value (£)", "1,200", "34", "812.4", "–"}


def test_formats_write_the_numbers_and_a_missing_one_is_a_dash():
    texts = [text for *_, text in cells(show(formats={"clv": "£{:,.0f}".format}))]
    assert "£812" in texts
    assert "–" in texts
    assert "nan" not in " ".join(texts)


def test_a_highlighted_row_is_the_one_asked_for():
    html = show(highlight_row=1).html
    assert html.index('<tr class="cerm-highlight"><th scope="row">rest') > html.index("Target")
    assert html.count("cerm-highlight") == 1


def test_title_and_subtitle_are_the_caption():
    assert '<caption><span class="cerm-title">Two tiers</span>' in show().html


def test_every_text_is_escaped():
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    frame = pd.DataFrame({"name": [hostile], hostile: ["x"], "n": [1]})
    html = show(frame, Words(hostile, hostile, note=hostile, labels={"n": hostile})).html
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") == 6


def test_it_carries_no_style_and_no_id():
    assert "<style" not in show().html
    assert " id=" not in show().html
    assert "style=" not in show().html


def test_the_same_inputs_give_the_same_bytes_and_a_constant_repr():
    assert show().html == show().html
    assert repr(show()) == show()._repr_mimebundle_()["text/plain"] == "Table: Two tiers"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_rows": 1}, "2 rows are more than a reader takes in"),
        ({"frame": FRAME.iloc[:0]}, "no rows"),
        ({"highlight_row": 2}, "row 2 to highlight"),
        ({"formats": {"clw": str}}, r"formats \['clw'\] are not columns"),
    ],
)
def test_what_cannot_be_shown_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        show(**options)


def test_a_sparkline_is_drawn_in_its_cell_and_passes_the_page_whole():
    trends = [Sparkline([1.0, 2.0], "grew", target=1.5), Sparkline([], "no <value>")]
    html = show(FRAME.assign(trend=trends)).html
    assert html.count("<svg") == 2
    assert re.search(r'<td><svg [^>]*aria-label="grew"', html)
    assert 'aria-label="no &lt;value&gt;"' in html
    assert ">grew<" not in html
    assert clean(html, "image").count("<svg") == 2
    assert clean(html, "image").count("<path") == 2
    assert html == show(FRAME.assign(trend=trends)).html


def test_cells_beside_a_sparkline_are_as_they_were():
    plain = [text for *_, text in cells(show())]
    beside = [
        text for *_, text in cells(show(FRAME.assign(trend=[Sparkline([1.0], "a"), Sparkline([2.0], "b")])))
    ]
    assert [text for text in beside if text and text != "trend"] == plain


def test_numbers_written_as_texts_stand_right_under_their_header():
    frame = pd.DataFrame({"name": ["wait", "cost"], "level": ["8.25 min", "€41K"], "unit": ["min", ""]})
    right = [text for _, given, text in cells(show(frame, numbers=["level"])) if given.get("class")]
    assert right == ["level", "8.25 min", "€41K"]
    plain = [text for _, given, text in cells(show(frame)) if given.get("class") == "cerm-number"]
    assert plain == []


def test_numbers_written_as_texts_are_escaped_and_may_be_missing():
    frame = pd.DataFrame({"level": ["<b>8</b>", None]})
    html = show(frame, numbers=["level"]).html
    assert "<b>8" not in html
    assert "–" in html


def test_what_clients_named_is_never_translated():
    frame = pd.DataFrame({"name": ["top"], "from_name": ["top"], "tier": ["top"], "n": [1]})
    assert [text for *_, text in cells(show(frame))][4:7] == ["top", "top", "Target"]


def test_an_interval_is_never_broken_over_lines():
    frame = pd.DataFrame({"tier": ["top"], "worth": ["₩5 [-₩46, ₩<68>]"]})
    html = show(frame).html
    assert '₩5 <span class="cerm-unbroken">[-₩46, ₩&lt;68&gt;]</span>' in html
    assert "cerm-unbroken" in clean(html, "image")
