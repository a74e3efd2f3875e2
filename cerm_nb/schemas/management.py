"""Client tables of what the company does: offers, campaigns, indicators, initiatives and their pilots."""

from __future__ import annotations

from cerm_nb.schemas.columns import day, number, table, text

OFFERS = table(
    "offers",
    "One row per offer that can be made to a customer.",
    {
        "offer": text("The offer's identifier", needed=True),
        "name": text("Name readers know"),
        "kind": text("Kind of offer"),
        "price": number("Price to the customer"),
        "margin": number("Margin when it is taken, before the cost of the offer"),
        "cost": number("Cost of the offer when it is taken"),
        "capacity": number("How many can be given"),
        "eligibility": text("Condition a customer must meet"),
    },
)

CHANNELS = table(
    "channels",
    "One row per channel offers can go through.",
    {
        "channel": text("The channel's identifier", needed=True),
        "name": text("Name readers know"),
        "cost": number("Cost of one contact", needed=True),
        "capacity": number("Contacts it can make"),
    },
)

CAMPAIGNS = table(
    "campaigns",
    "One row per campaign.",
    {
        "campaign": text("The campaign's identifier", needed=True),
        "name": text("Name readers know"),
        "offer": text("Offer made"),
        "channel": text("Channel used"),
        "start": day("First day"),
        "end": day("Last day responses were counted"),
        "cost": number("Fixed cost"),
    },
)

RESPONSES = table(
    "responses",
    "One row per customer assigned to a campaign's treatment or control.",
    {
        "campaign": text("The campaign", needed=True),
        "customer_id": text("The customer", needed=True),
        "arm": text("Which part the customer was assigned to", needed=True, codes=("treatment", "control")),
        "assigned_on": day("Day of assignment"),
        "contacted": number("1 where the customer was contacted, else 0"),
        "responded": number("1 where the customer responded, else 0", needed=True),
        "spend": number("Spend while responses were counted"),
        "segment": text("Segment the campaign knew the customer by"),
    },
)

INDICATORS = table(
    "indicators",
    "One row per indicator of the scorecard.",
    {
        "indicator": text("The indicator's identifier", needed=True),
        "name": text("Name readers know"),
        "perspective": text(
            "Perspective", needed=True, codes=("financial", "customer", "process", "people_information")
        ),
        "kind": text("Whether it runs ahead of results or states them", codes=("leading", "lagging")),
        "unit": text("Unit"),
        "direction": text("Which way is better", needed=True, codes=("higher", "lower")),
        "measure": text(
            "What its values are; it decides on the control chart", codes=("level", "count", "rate", "share")
        ),
        "baseline": number("Level at the start"),
        "floor": number("Level that counts as nothing attained; the baseline where empty"),
        "target": number("Level to be reached"),
        "target_date": day("Day by which it is to be reached"),
        "path": text("How it is to get there: evenly, or all at the end", codes=("linear", "step")),
        "owner": text("Who answers for it"),
        "formula": text("How it is made"),
        "drives": text("Indicators it is believed to drive, separated by semicolons"),
    },
)

KPIS = table(
    "kpis",
    "One row per indicator and period.",
    {
        "indicator": text("The indicator", needed=True),
        "period": day("First day of the period", needed=True),
        "value": number("Its value in the period"),
        "denominator": number("Units it rests on, where it is a rate or a mean"),
    },
)

INITIATIVES = table(
    "initiatives",
    "One row per initiative that is to change something inside.",
    {
        "initiative": text("The initiative's identifier", needed=True),
        "name": text("Name readers know"),
        "area": text("What it changes", codes=("people", "process", "information")),
        "touchpoint": text("Touchpoint it is to improve"),
        "attribute": text("Attribute it is to improve"),
        "indicator": text("Indicator it is to move"),
        "effect": number("Effect expected, in points of the survey's scale"),
        "effect_low": number("Lower end of what is thought possible"),
        "effect_high": number("Upper end of what is thought possible"),
        "cost": number("Cost in the client's currency"),
        "staff": number("Staff months it takes"),
        "months": number("How long it takes"),
        "feasibility": number("How feasible it is thought to be, from 1 to 5"),
        "depends_on": text("Initiatives that must come first, separated by semicolons"),
        "start": day("Day it started, where it has"),
    },
)

PILOTS = table(
    "pilots",
    "One row per unit observed in a pilot of an initiative.",
    {
        "initiative": text("The initiative", needed=True),
        "unit": text("The unit observed, such as a stay", needed=True),
        "cluster": text("What was assigned as a whole, such as a hotel"),
        "arm": text("Which part the unit belongs to", needed=True, codes=("pilot", "control")),
        "phase": text("Before or after the change", codes=("before", "after")),
        "date": day("Day of the observation"),
        "value": number("What was measured", needed=True),
    },
)

TABLES = (OFFERS, CHANNELS, CAMPAIGNS, RESPONSES, INDICATORS, KPIS, INITIATIVES, PILOTS)
