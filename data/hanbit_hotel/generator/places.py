"""Where invented persons live and how they can be reached.

E-mail addresses lie in domains reserved by RFC 2606 and RFC 6761; streets are made up. Telephone numbers,
made in `people`, begin 010-0: after 010 Korean subscriber numbers begin with 2 to 9: none is assigned.
"""

from __future__ import annotations

NICKNAMES = (
    "blue",
    "sky",
    "happy",
    "moon",
    "river",
    "green",
    "forest",
    "coffee",
    "star",
    "cloud",
    "sunny",
    "lemon",
    "tiger",
    "rabbit",
    "ocean",
    "winter",
    "spring",
    "maple",
    "cherry",
    "piano",
    "soccer",
    "camping",
    "travel",
    "bread",
    "honey",
    "dolphin",
    "galaxy",
    "marble",
    "velvet",
    "pepper",
)
"""What most e-mail addresses are made of instead of a name."""
NAMED_SHARE = 0.4
"""E-mail addresses made of the name."""
CITIES = {
    "서울": ("00", 34.0),
    "부산": ("46", 12.0),
    "인천": ("21", 9.0),
    "대구": ("41", 7.0),
    "대전": ("34", 6.0),
    "광주": ("61", 5.0),
    "수원": ("16", 8.0),
    "창원": ("51", 5.0),
    "제주": ("63", 3.0),
    "강릉": ("25", 3.0),
}
FOREIGN_CITIES = ("Tokyo", "Osaka", "Shanghai", "Taipei", "Hanoi", "Singapore", "London", "Chicago")
STREETS = (
    "새봄로",
    "은하대로",
    "솔바람길",
    "달맞이로",
    "한결로",
    "푸른내길",
    "느티나무로",
    "바람개비길",
    "해오름로",
    "물빛길",
    "가온로",
    "미르대로",
    "다솜길",
    "온누리로",
    "꽃마루길",
    "별무리로",
)
FOREIGN_STREETS = ("Maple Street", "Harbour Road", "Cedar Lane", "Station Avenue", "Lake View")
MAIL_DOMAINS = {
    "example.com": 0.45,
    "example.org": 0.25,
    "example.net": 0.20,
    "mail.hanbit-guest.test": 0.10,
}
