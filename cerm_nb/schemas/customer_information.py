"""Client tables about customers: who they are, what they bought, where we met, what it cost to win them."""

from __future__ import annotations

from cerm_nb.schemas.columns import day, number, table, text

DIMENSIONS = ("data", "systems", "process", "organisation", "customer_strategy")
"""The dimensions in which readiness is judged."""

TRANSACTIONS = table(
    "transactions",
    "One row per purchase line or return; several rows per order are fine.",
    {
        "customer_id": text(
            "Who bought: the customer's identifier, kept as text with its leading zeros", needed=True
        ),
        "order_id": text("Order or invoice the line belongs to"),
        "date": day("Day of the purchase or return", needed=True),
        "amount": number(
            "Money of the line in the client's currency; negative for a return or cancellation", needed=True
        ),
    },
)

CUSTOMERS = table(
    "customers",
    "One row per record of a customer list; the same person may stand in several lists, and several times.",
    {
        "record_id": text("The record's own identifier in its list", needed=True),
        "customer_id": text("Customer number that transactions use, where the list knows it"),
        "other_id": text("Another number of the person alone, such as a loyalty card"),
        "name": text("Full name, where it is not given in two parts"),
        "family_name": text("Family name"),
        "given_name": text("Given name"),
        "birth_date": text("Date of birth as recorded; it is judged, not refused"),
        "gender": text("Gender as recorded"),
        "phone": text("Telephone number as recorded"),
        "email": text("E-mail address as recorded"),
        "address": text("Street and house number as recorded"),
        "city": text("City as recorded"),
        "postcode": text("Postcode as recorded"),
        "updated": day("Day the record was last confirmed or changed"),
        "acquired_by": text("Activity that won the customer, as in activities"),
        "acquired_on": day("Day the customer was won"),
    },
)

CONTACTS = table(
    "contacts",
    "One row per contact of a customer with a touchpoint.",
    {
        "contact_id": text("The contact's own identifier"),
        "customer_id": text("Customer number, where the contact is known to be a customer's"),
        "phone": text("Telephone number the contact came from or went to"),
        "email": text("E-mail address the contact came from or went to"),
        "date": day("Day of the contact", needed=True),
        "touchpoint": text("Touchpoint at which it took place"),
        "channel": text("Channel it used, such as phone, web or mail"),
        "reason": text("What it was about"),
        "activity": text("Marketing activity it belongs to, as in activities"),
        "text": text("What was said or written"),
    },
)

ACTIVITIES = table(
    "activities",
    "One row per acquisition or marketing activity.",
    {
        "activity": text("The activity's identifier, as customers and contacts name it", needed=True),
        "name": text("Name readers know"),
        "kind": text("Kind: leaflet, event, coupon, call_centre, web, press and so on", needed=True),
        "start": day("First day"),
        "end": day("Last day"),
        "cost": number("What it cost in the client's currency", needed=True),
        "reached": number("People it reached"),
    },
)

MATURITY = table(
    "maturity",
    "One row per answer to the readiness questionnaire.",
    {
        "dimension": text("Dimension the question belongs to", needed=True, codes=DIMENSIONS),
        "question": text("The question's identifier or wording", needed=True),
        "answer": number("Answer from 1 (not at all) to 5 (throughout)", needed=True),
        "respondent": text("Who answered; a role is enough"),
    },
)

TABLES = (TRANSACTIONS, CUSTOMERS, CONTACTS, ACTIVITIES, MATURITY)
