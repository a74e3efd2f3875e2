"""Make everything, in order, and write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator import (
    acquisition,
    campaigns,
    choices,
    comments,
    contacts,
    customer_files,
    initiatives,
    kpis,
    lists,
    maturity,
    outcomes,
    people,
    planted,
    respondents,
    stays,
    survey,
    survey_truth,
    truth,
    writing,
)
from generator.random import stream

if TYPE_CHECKING:
    from pathlib import Path

_CHOOSING_SHARE = 0.8  # of the second wave's respondents


@dataclass(frozen=True, eq=False)
class _Guests:
    persons: pd.DataFrame
    simulated: stays.Stays
    segment: np.ndarray
    numbers: pd.DataFrame


def make(customers: int, seed: int, folder: Path, asked: int) -> None:
    """Make the sample client.

    Parameters
    ----------
    customers
        Guests of the hotels; the rest grows with them.
    seed
        The same seed gives the same bytes.
    folder
        Where the files go.
    asked
        Respondents of each wave of the survey.
    """
    folder.mkdir(parents=True, exist_ok=True)
    guests = _guests(customers, seed)
    told = {
        "customers": customers,
        "seed": seed,
        **_customers(guests, seed, folder),
        **_voice(guests, seed, folder, asked),
        **_management(guests, seed, folder),
    }
    truth.write(told, folder / "truth.json")


def _guests(customers: int, seed: int) -> _Guests:
    simulated = stays.simulate(seed, customers)
    segment = people.segments(simulated.rate, simulated.mean, stream(seed, "segments"))
    numbers = lists.guest_numbers(seed, simulated.stays, customers)
    return _Guests(people.persons(seed, customers), simulated, segment, numbers)


def _customers(guests: _Guests, seed: int, folder: Path) -> dict[str, object]:
    """Make customer information: stays, lists, contacts, activities, maturity."""
    persons, numbers, size = guests.persons, guests.numbers, len(guests.numbers)
    first = guests.simulated.stays.groupby("guest")["day"].min().to_numpy().astype("timedelta64[D]")
    won = acquisition.won(seed, np.datetime64(planted.FIRST_DAY) + first)
    made = {entry: lists.build(seed, entry, persons, numbers) for entry in planted.LISTS}
    made["web_members"]["card"] = lists.know_cards(seed, made["web_members"], made["cards"])
    logs = {
        entry: contacts.build(seed, entry, persons, numbers["number"]) for entry in planted.CONTACTS_PER_GUEST
    }
    writing.parquet(stays.folios(seed, guests.simulated.stays, numbers), folder / "pms_folios.parquet")
    customer_files.lists(made, won.set_axis(persons["person"][:size]), folder)
    customer_files.logs(logs, folder)
    writing.csv(acquisition.activities(size), folder / "activities.csv")
    writing.csv(maturity.answers(seed), folder / "maturity.csv")
    return {
        "process": truth.process(guests.simulated, pd.Series(guests.segment)),
        "spend": truth.spend(guests.simulated),
        "identity": truth.identity(made, persons, numbers),
        "readiness": {
            "maturity": planted.MATURITY,
            "contacts": {entry: contacts.truth(log) for entry, log in logs.items()},
        },
        "acquisition": acquisition.truth(won, guests.simulated, size),
    }


def _voice(guests: _Guests, seed: int, folder: Path, asked: int) -> dict[str, object]:
    """Make what guests say: survey, judgements, open answers, circumstances, choices."""
    drawn = respondents.draw(
        seed, asked, guests.persons, guests.segment, guests.numbers["number"], guests.simulated
    )
    table = drawn.table
    ratings = survey.rate(seed, table)
    answers = comments.write(seed, table)
    writing.csv(table.drop(columns=["guest", "segment"]), folder / "survey_respondents.csv")
    writing.parquet(survey.long(table, ratings), folder / "survey_ratings.parquet")
    writing.csv(outcomes.judge(seed, table, ratings), folder / "survey_outcomes.csv.gz")
    writing.csv(answers.drop(columns="theme"), folder / "survey_comments_cp949.csv", encoding="cp949")
    writing.csv(_circumstances(table, ratings), folder / "survey_circumstances.csv.gz")
    worth = _choosing(seed, table)
    tasks = pd.concat([choices.conjoint(seed, worth), choices.best_worst(seed, worth)], ignore_index=True)
    writing.parquet(tasks, folder / "choice_tasks.parquet")
    return {"survey": survey_truth.tell(drawn, answers), **choices.truth(worth)}


def _choosing(seed: int, table: pd.DataFrame) -> choices.Utilities:
    second = table[table["wave"] == table["wave"].iloc[-1]]
    chosen = second.iloc[: round(_CHOOSING_SHARE * len(second))]
    return choices.utilities(
        seed, chosen["respondent"].to_numpy(dtype=object), chosen["segment"].to_numpy(dtype=object)
    )


def _circumstances(table: pd.DataFrame, ratings: survey.Ratings) -> pd.DataFrame:
    who = table[["respondent", "wave"]]
    parts = [who.assign(variable=name, value=values) for name, values in ratings.circumstances.items()]
    return pd.concat(parts, ignore_index=True)


def _management(guests: _Guests, seed: int, folder: Path) -> dict[str, object]:
    """Make what the company does: offers, campaigns, indicators, initiatives, pilots."""
    kept = campaigns.tables(len(guests.numbers))
    kept["indicators"] = kpis.described()
    kept["initiatives"] = initiatives.described()
    writing.sqlite(kept, folder / "management.sqlite")
    responses = campaigns.assign(seed, guests.segment, guests.numbers["number"])
    writing.csv(responses, folder / "campaign_responses.csv.gz")
    values = kpis.values(seed)
    values["value"] = values["value"].map("{:,.3f}".format)
    writing.csv(values, folder / "kpis.csv")
    writing.csv(initiatives.pilots(seed), folder / "pilots.tsv", separator="\t")
    return {
        "campaigns": campaigns.truth(guests.segment),
        "kpis": kpis.truth(),
        "initiatives": initiatives.truth(),
    }
