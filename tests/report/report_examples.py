"""An executed notebook as the value question makes it, its wording in both languages, and its findings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from nbformat import NotebookNode, v4

from cerm_nb import figures, tables
from cerm_nb.figures import Words
from cerm_nb.report import PageWords

WORDS = {
    "en": PageWords(
        verdicts={
            "go": "Go",
            "watch": "Watch",
            "stop": "Stop",
            "not_enough_data": "Not enough data",
            "not_run": "Not run",
        },
        programme="Customer experience based relationship management",
        skip="Skip to the answer",
        contents="On this page",
        all_questions="All questions",
        questions="Answers to the questions of the programme",
        value="Estimate",
        interval="95% interval",
        n="Based on",
        action="Next action",
        owner="Owner",
        caveats="Before you use this number",
        code="Show the code",
        printed="Printed while running",
        failed="This step failed, so what follows may be incomplete",
        image="Image from the notebook",
        provenance="Where these numbers come from",
        client="Client",
        as_of="Data up to",
        version="Package version",
        params="Settings",
        inputs="Input files and the first digits of their SHA-256",
    ),
    "ko": PageWords(
        verdicts={
            "go": "추진",
            "watch": "주의",
            "stop": "중단",
            "not_enough_data": "데이터 부족",
            "not_run": "분석 안 함",
        },
        programme="고객경험 기반 관계관리(CERM)",
        skip="본문으로 바로 가기",
        contents="이 보고서의 내용",
        all_questions="전체 질문 보기",
        questions="질문별 결론",
        value="추정값",
        interval="95% 구간",
        n="분석 대상",
        action="다음 할 일",
        owner="담당",
        caveats="이 수치를 쓰기 전에 확인할 점",
        code="분석 코드 보기",
        printed="실행 중 출력된 내용",
        failed="이 단계에서 오류가 발생했습니다. 이후 내용은 불완전할 수 있습니다",
        image="노트북에 실린 그림",
        provenance="분석 근거",
        client="고객사",
        as_of="데이터 기준일",
        version="패키지 버전",
        params="분석 설정",
        inputs="입력 파일과 SHA-256 앞자리",
    ),
}

FINDING = {
    "en": {
        "id": "target_value",
        "question": "Who are the target customers and what are they worth?",
        "verdict": "go",
        "answer": "The best 20% of customers, 471 people, will bring 68% of the next 12 months’ revenue: "
        "£812 each, between £780 and £860.",
        "value": "£812",
        "low": "£780",
        "high": "£860",
        "n": "2,357 customers",
        "unit": "GBP",
        "caveats": [
            "The interval of the total is widened by the error of the backtest.",
            "One in ten purchases has no customer number and is left out.",
        ],
        "action": "Offer the 471 target customers the new service first; decide on 30 September.",
        "owner": "Head of customer management",
    },
    "ko": {
        "id": "target_value",
        "question": "누가 타깃 고객이며 그 가치는 얼마인가?",
        "verdict": "watch",
        "answer": "상위 20% 고객 471명이 향후 12개월 매출의 68%를 만들 것으로 예상됩니다. "
        "1인당 가치는 £812이며 £780에서 £860 사이입니다.",
        "value": "£812",
        "low": "£780",
        "high": "£860",
        "n": "고객 2,357명",
        "unit": "GBP",
        "caveats": [
            "합계의 구간은 과거 예측 오차만큼 넓혔습니다.",
            "구매 열 건 가운데 한 건은 고객번호가 없어 제외했습니다.",
        ],
        "action": "타깃 고객 471명에게 새 서비스를 먼저 제공하고, "
        "9월 30일 재구매율을 보고 확대 여부를 결정합니다.",
        "owner": "고객관리 본부장",
    },
}

META = {
    "client": "Online Retail",
    "as_of": "2011-06-30",
    "version": "0.1.0",
    "params": {"holdout_weeks": "26", "discount_rate": "10%", "target_share": "20%"},
    "inputs": [{"name": "online_retail.parquet", "sha256": "0e5893321f" * 6}],
    "index": "index.html",
}


def example_figures(lang: str) -> list[figures.Figure]:
    """Draw what the value question draws, in one language."""
    korean = lang == "ko"
    weeks = np.arange(1, 79)
    expected = np.cumsum(60 * np.exp(-weeks / 40))
    tracking = pd.DataFrame(
        {
            "week": weeks,
            "actual": expected * (1.03 + 0.03 * np.sin(weeks / 7)),
            "expected": expected,
            "low": 0.93 * expected,
            "high": 1.07 * expected,
        }
    )
    share = np.linspace(0, 1, 101)
    lorenz = pd.DataFrame({"customers": share, "revenue": 1 - (1 - share) ** 3.6})
    tiers = pd.DataFrame(
        {
            "tier": ["top", "next", "rest"],
            "clv": [812, 220, 60],
            "low": [780, 205, 55],
            "high": [860, 236, 66],
        }
    )
    scores = pd.DataFrame(
        [(f, r, 12 * f * r) for f in (5, 4, 3, 2, 1) for r in range(1, 6)], columns=["f", "r", "n"]
    )
    return [
        figures.lines(
            tracking,
            "week",
            ["actual", "expected"],
            band=("low", "high"),
            mark=(39, "예측 시작" if korean else "Forecast begins"),
            words=Words(
                title="모형은 보류 기간의 구매를 잘 예측했습니다"
                if korean
                else "The model foresaw the holdout well",
                subtitle="누적 재구매 건수, 1–78주차, 고객 2,357명"
                if korean
                else "Repeat purchases added up, weeks 1 to 78, 2,357 customers",
                alt="실제와 예상 누적 구매의 선 그림" if korean else "Two rising lines, actual and expected",
                note="음영은 예상의 95% 구간입니다."
                if korean
                else "The band is the 95% interval of what was expected.",
                labels={
                    "week": "주차" if korean else "Week",
                    "actual": "실제 구매" if korean else "Actual",
                    "expected": "모형 예상" if korean else "Expected",
                },
            ),
        ),
        figures.curve(
            lorenz,
            "customers",
            "revenue",
            diagonal=True,
            points=[(0.2, 0.552, "상위 20%: 매출의 55%" if korean else "Top 20%: 55% of revenue")],
            x_format="{:.0%}".format,
            y_format="{:.0%}".format,
            words=Words(
                title="고객 다섯 가운데 하나가 매출의 절반을 만듭니다"
                if korean
                else "One customer in five brings half the revenue",
                subtitle="고객 비중별 매출 비중" if korean else "Share of revenue by share of customers",
                alt="로렌츠 곡선" if korean else "Lorenz curve, far above the line of equality",
                labels={
                    "customers": "고객 비중(상위부터)" if korean else "Share of customers, best first",
                    "revenue": "매출 비중" if korean else "Share of revenue",
                    "diagonal": "모두 같다면" if korean else "If all were alike",
                },
            ),
        ),
        figures.bars(
            tiers,
            "tier",
            "clv",
            low="low",
            high="high",
            highlight="top",
            value_format="£{:,.0f}".format,
            words=Words(
                title="타깃 고객의 가치는 다음 등급의 네 배입니다"
                if korean
                else "A target customer is worth four of the next tier",
                subtitle="12개월 고객생애가치, 파운드, 95% 구간"
                if korean
                else "12-month value per customer, GBP, 95% interval",
                alt="등급별 고객가치 막대" if korean else "Bars of value by tier",
                labels={
                    "top": "타깃 고객" if korean else "Target customers",
                    "next": "성장 가능 고객" if korean else "Could become target customers",
                    "rest": "그 밖의 고객" if korean else "All others",
                },
            ),
        ),
        figures.grid(
            scores,
            "f",
            "r",
            "n",
            words=Words(
                title="자주 사고 최근에 산 고객이 가장 많습니다"
                if korean
                else "Most customers bought often and lately",
                subtitle="RFM 점수별 고객 수" if korean else "Customers by score",
                alt="RFM 격자" if korean else "Grid of customers by frequency and recency",
                labels={
                    "f": "빈도 점수" if korean else "Frequency score",
                    "r": "최근성 점수" if korean else "Recency score",
                },
            ),
        ),
        figures.intervals(
            pd.DataFrame({"p": ["r", "a"], "e": [0.24, 0.79], "l": [0.22, 0.43], "h": [0.27, 1.16]}),
            "p",
            "e",
            "l",
            "h",
            reference=0.5,
            value_format="{:.2f}".format,
            words=Words(
                title="구매율의 모양은 잘 정해집니다"
                if korean
                else "The purchase rate’s shape is well determined",
                subtitle="추정값과 95% 구간" if korean else "Estimates with 95% intervals",
                alt="추정값과 구간" if korean else "Two dots with their intervals",
                labels={
                    "r": "구매율 모양" if korean else "Purchase rate, shape",
                    "a": "이탈률 모양" if korean else "Dropout, shape",
                    "reference": "기준" if korean else "Reference",
                },
            ),
        ),
    ]


def example_table(lang: str) -> tables.Table:
    """Lay out the tiers in one language."""
    korean = lang == "ko"
    return tables.show(
        pd.DataFrame(
            {
                "tier": ["top", "next", "rest"],
                "customers": [471, 707, 1179],
                "clv": [812.4, 220.1, float("nan")],
                "share": [0.68, 0.22, 0.10],
            }
        ),
        words=Words(
            title="등급별 고객과 가치" if korean else "Customers and value by tier",
            subtitle="2011-06-30 기준, 고객 2,357명" if korean else "As of 30 June 2011, 2,357 customers",
            note="–는 추정할 수 없음을 뜻합니다." if korean else "– means that no estimate is possible.",
            labels={
                "tier": "등급" if korean else "Tier",
                "customers": "고객(명)" if korean else "Customers",
                "clv": "12개월 가치(£)" if korean else "12-month value (£)",
                "share": "매출 비중(%)" if korean else "Share of revenue (%)",
                "top": "타깃" if korean else "Target",
                "next": "성장" if korean else "Growing",
                "rest": "기타" if korean else "Others",
            },
        ),
        formats={
            "customers": "{:,.0f}".format,
            "clv": "{:,.0f}".format,
            "share": lambda value: f"{100 * value:.0f}",
        },
        highlight_row=0,
    )


def shown(thing: object, source: str = "view", tags: tuple[str, ...] = ()) -> NotebookNode:
    """Make a code cell that showed something."""
    data = thing if isinstance(thing, dict) else thing._repr_mimebundle_()  # type: ignore[attr-defined]
    output = v4.new_output("execute_result", data, execution_count=1)
    return v4.new_code_cell(source, outputs=[output], execution_count=1, metadata={"tags": list(tags)})


def prose(text: str, *tags: str) -> NotebookNode:
    """Make a markdown cell."""
    return v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def example_notebook(lang: str = "en") -> NotebookNode:
    """Make the executed notebook."""
    drawn = example_figures(lang)
    cells = [
        prose(
            "# Who are the target customers and what are they worth?\n\n"
            "The head of customer management decides with this answer *whom to serve first*.",
            "lang-en",
        ),
        prose(
            "# 누가 타깃 고객이며 그 가치는 얼마인가?\n\n"
            "고객관리 본부장은 이 결과로 *누구에게 먼저 집중할지* 결정합니다.",
            "lang-ko",
        ),
        v4.new_code_cell("holdout_weeks: int = 26  # weeks held back", metadata={"tags": ["parameters"]}),
        shown({"text/plain": "Finding target_value: go"}, "answer", ("answer",)),
        prose(
            "## Can the forecast be trusted?\n\nThe last **39 weeks** were held back. "
            "The model never saw them, and its forecast is compared with what customers then did.",
            "lang-en",
        ),
        prose(
            "## 예측을 믿을 수 있는가?\n\n마지막 **39주**는 모형에 보여 주지 않고 남겨 두었습니다. "
            "그 기간의 예측과 실제 구매를 비교합니다.",
            "lang-ko",
        ),
        shown(
            drawn[0],
            "figures.lines(tracking, 'week', ['actual', 'expected'], words=words['tracking'])",
        ),
        prose("## How concentrated is revenue?", "lang-en"),
        prose("## 매출은 얼마나 집중되어 있는가?", "lang-ko"),
        shown(drawn[1]),
        shown(example_table(lang), tags=("hide-input",)),
        prose("## What is a target customer worth?", "lang-en"),
        prose("## 타깃 고객의 가치는 얼마인가?", "lang-ko"),
        *[shown(figure) for figure in drawn[2:]],
        v4.new_code_cell(
            "fit()", outputs=[v4.new_output("stream", name="stderr", text="converged in 6 steps")]
        ),
        shown(
            {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Twin()"},
            "twin()",
            ("interactive",),
        ),
    ]
    return v4.new_notebook(cells=cells)
