import re

import pytest
import report_examples as examples
from nbformat import v4

from cerm_nb import report
from cerm_nb.report.sanitize import clean

LANGUAGES = pytest.mark.parametrize("lang", ["en", "ko"])


def page(lang="en", cells=None, findings=None, meta=examples.META):
    notebook = examples.example_notebook(lang) if cells is None else v4.new_notebook(cells=cells)
    given = [examples.FINDING[lang]] if findings is None else findings
    return report.page(notebook, lang=lang, words=examples.WORDS[lang], findings=given, meta=meta)


@pytest.fixture(scope="module")
def pages():
    return {lang: page(lang) for lang in ("en", "ko")}


@LANGUAGES
def test_the_document_says_its_language_and_title(pages, lang):
    assert pages[lang].startswith("<!doctype html>")
    assert f'<html lang="{lang}">' in pages[lang]
    title = {"en": "Who are the target customers", "ko": "누가 타깃 고객이며"}[lang]
    assert f"<title>{title}" in pages[lang]
    assert '<meta name="viewport"' in pages[lang]


@LANGUAGES
def test_only_the_languages_own_prose_is_shown(pages, lang):
    own, other = ("39 weeks", "39주") if lang == "en" else ("39주", "39 weeks")
    assert own in pages[lang]
    assert other not in pages[lang]


def test_prose_without_a_language_is_shown_in_both():
    cells = [examples.prose("# Anything\n\nsaid to all")]
    assert "said to all" in page("en", cells)
    assert "said to all" in page("ko", cells)


@LANGUAGES
def test_headings_and_their_ids_survive_and_make_the_contents(pages, lang):
    headings = re.findall(r'<h2 id="([^"]+)">', pages[lang])
    assert len(headings) == 3
    for name in headings:
        assert (
            pages[lang].count(f'href="#{name}"') == 2
        )  # beside the text on wide screens, folded on narrow ones


def test_two_headings_of_the_same_words_have_ids_of_their_own():
    assert re.findall(r'<h2 id="([^"]+)">', page(cells=[examples.prose("## Same\n\n## Same")])) == [
        "same",
        "same-2",
    ]


def test_parameters_twins_and_the_notebooks_own_answer_are_left_out(pages):
    for left_out in ("weeks held back # ", "twin()", "Twin()", "Finding target_value", "holdout_weeks: int"):
        assert left_out not in pages["en"]


def test_code_is_folded_and_hidden_code_is_gone(pages):
    assert '<details class="code"><summary>Show the code</summary>' in pages["en"]
    assert "tracking" in pages["en"]
    hidden = page(cells=[examples.shown({"text/plain": "1"}, "secret_call()", ("hide-input",))])
    assert "secret_call" not in hidden


def test_what_was_printed_is_told_in_the_fold_only(pages):
    before, _, after = pages["en"].partition("converged in 6 steps")
    assert after
    assert before.rfind("<details") > before.rfind("</details>")


def test_a_failed_cell_is_told_in_a_box():
    failed = v4.new_output(
        "error", ename="ValueError", evalue="no <b>rows</b>", traceback=["\x1b[31mTrace\x1b[0m"]
    )
    html = page(cells=[v4.new_code_cell("fit()", outputs=[failed])])
    assert '<div class="failed" role="alert">' in html
    assert "ValueError: no &lt;b&gt;rows&lt;/b&gt;" in html
    assert "\x1b" not in html


@LANGUAGES
def test_the_answer_comes_first_with_verdict_number_and_action(pages, lang):
    finding = examples.FINDING[lang]
    body = pages[lang]
    word = examples.WORDS[lang].verdicts[finding["verdict"]]
    assert re.search(rf'<span class="chip chip-{finding["verdict"]}"><span[^>]*>.</span>{word}</span>', body)
    places = [body.index(finding[key]) for key in ("answer", "value", "n", "action", "owner")]
    assert max(places) < body.index("<figure")
    assert all(caveat in body for caveat in finding["caveats"])


def test_numbers_of_a_finding_are_written_by_the_words_and_unknown_ones_left_out():
    finding = {**examples.FINDING["en"], "value": 812.4, "low": float("nan"), "high": None, "n": 2357}
    html = page(findings=[finding])
    assert "<dd>812.4 GBP</dd>" in html
    assert "95% interval</dt>" not in html
    assert "nan" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def test_an_unknown_verdict_or_language_is_refused():
    with pytest.raises(ValueError, match="verdict 'maybe' is not one of"):
        page(findings=[{**examples.FINDING["en"], "verdict": "maybe"}])
    with pytest.raises(ValueError, match="lang 'fr' is not one of"):
        report.page(v4.new_notebook(), lang="fr", words=examples.WORDS["en"], findings=[], meta={})


@LANGUAGES
def test_every_drawing_and_image_has_alternative_text(pages, lang):
    drawings = re.findall(r"<svg[^>]*>", pages[lang])
    assert len(drawings) == 2 * len(examples.example_figures(lang))
    assert all(re.search(r'aria-label="[^"]+"', drawing) for drawing in drawings)


def test_an_image_that_came_without_alternative_text_gets_one():
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    html = page(cells=[examples.shown({"image/png": pixel + "\n", "text/plain": "<Figure>"})])
    assert f'<img src="data:image/png;base64,{pixel}" alt="Image from the notebook">' in html


@LANGUAGES
def test_the_page_is_small_stable_and_complete(pages, lang):
    assert len(pages[lang].encode()) < 300_000
    assert page(lang) == pages[lang]
    for told in (*examples.META["params"], "online_retail.parquet", "0e5893321f0e", "2011-06-30", "0.1.0"):
        assert told in pages[lang]


def test_dark_and_print_have_styles_of_their_own(pages):
    assert "prefers-color-scheme:dark" in pages["en"]
    assert "@media print" in pages["en"]
    assert "break-inside:avoid" in pages["en"]


def test_there_is_no_script_and_nothing_is_loaded(pages):
    head, _, body = pages["en"].partition("<body")
    assert "<script" not in pages["en"]
    assert not re.search(r"<(?:link|iframe|object|embed|base|form)\b", pages["en"])
    assert not re.search(r"""(?:src|srcset|poster)=["'](?!data:)""", body)
    assert "url(" not in head
    assert "default-src &#39;none&#39;" in head


def test_our_own_figures_and_tables_pass_the_sanitiser_whole():
    for thing in (*examples.example_figures("ko"), examples.example_table("ko")):
        kept = clean(thing.html, "image")
        assert sorted(re.findall(r"<\w+", kept)) == sorted(re.findall(r"<\w+", thing.html))
        assert sorted(re.findall(r'[\w-]+="', kept)) == sorted(
            re.findall(r'[\w-]+="', thing.html.replace(" hidden>", ' hidden="">'))
        )


def test_no_text_can_dress_up_as_an_answer():
    kept = clean(
        '<section class="answer"><span class="chip chip-go" style="color:red" id="main">Go</span></section>',
        "",
    )
    assert kept == '<span class="">Go</span>'
