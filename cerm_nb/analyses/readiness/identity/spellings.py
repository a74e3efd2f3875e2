"""How the same fact is written in different lists, undone: SQL expressions for names, numbers and addresses.

Each function takes a SQL expression of text and returns one; values never enter the SQL, so what a customer
wrote cannot be run. DuckDB works them out for all records at once.
"""

from __future__ import annotations

LONGEST = 200  # letters of a value that are looked at; what is longer is no name and no address
WIDE = "".join(
    map(chr, range(0xFF01, 0xFF5F))
)  # full-width forms of ASCII, as Korean input methods write them
NARROW = "".join(map(chr, range(0x21, 0x7F))).replace("'", "''")
NOTHING = (
    "",
    "-",
    "--",
    ".",
    "?",
    "x",
    "n/a",
    "na",
    "nan",
    "nil",
    "none",
    "null",
    "unknown",
    "없음",
    "미상",
    "모름",
)
PLAIN = "[!-~가-힣]+( [!-~가-힣]+)*"  # ASCII and Korean syllables with single blanks between
TWO_SYLLABLE_FAMILIES = "남궁|황보|제갈|선우|독고|사공|서문|동방"
MADE_UP_MAILBOX = "^(no|none|noemail|nomail|test|unknown|null|na|n/a|x+)@"


def listed(values: tuple[str, ...]) -> str:
    """Write values of this module as a SQL list."""
    return ", ".join(f"'{value}'" for value in values)


def tidy(text: str) -> str:
    """Bring text to one form: composed characters, ASCII width, single blanks; null where it says nothing."""
    cut = f"left(CAST({text} AS VARCHAR), {LONGEST})"
    narrow = f"translate(nfc_normalize({cut}), '{WIDE}', '{NARROW}')"
    spaced = rf"trim(regexp_replace({narrow}, '[\s\p{{Z}}\p{{C}}]+', ' ', 'g'))"
    # Most text is plain already, and to see that is many times quicker than to do it again.
    form = f"CASE WHEN regexp_full_match({cut}, '{PLAIN}') THEN {cut} ELSE {spaced} END"
    silent = f"length({text}) <= {max(map(len, NOTHING))} AND lower({form}) IN ({listed(NOTHING)})"
    return f"CASE WHEN {silent} THEN NULL ELSE nullif({form}, '') END"


def person_name(text: str) -> str:
    """Keep the letters of a name: lower case, no title, no blanks between Korean syllables."""
    plain = rf"regexp_replace(lower({text}), '^(mr|mrs|ms|miss|dr|prof)\.? |[ ]?(고객님|님|귀하)$', '', 'g')"
    letters = rf"trim(regexp_replace({plain}, '[^\p{{L}}\p{{M}}'' ,-]+', '', 'g'))"
    joined = rf"CASE WHEN regexp_full_match({letters}, '[\p{{Hangul}} ]+') THEN replace({letters}, ' ', '') "
    return f"nullif({joined} ELSE {letters} END, '')"


def family_of(name: str) -> str:
    """Take the family name from a full name.

    Korean names begin with it (one syllable, or one of the known names of two); elsewhere it stands before a
    comma or last.
    """
    return (
        rf"nullif(CASE WHEN regexp_full_match({name}, '\p{{Hangul}}+') "
        f"THEN regexp_extract({name}, '^({TWO_SYLLABLE_FAMILIES}|.)', 1) "
        f"WHEN contains({name}, ',') THEN trim(split_part({name}, ',', 1)) "
        f"ELSE regexp_extract({name}, '[^ ]+$') END, '')"
    )


def given_of(name: str) -> str:
    """Take the given name from a full name: what `family_of` leaves; null where nothing is left."""
    return (
        rf"nullif(CASE WHEN regexp_full_match({name}, '\p{{Hangul}}+') "
        f"THEN regexp_replace({name}, '^({TWO_SYLLABLE_FAMILIES}|.)', '') "
        f"WHEN contains({name}, ',') THEN trim(split_part({name}, ',', 2)) "
        f"ELSE regexp_replace({name}, ' ?[^ ]+$', '') END, '')"
    )


def whole_name(family: str, given: str) -> str:
    """Put a name together so that the order of its parts does not matter; null unless both are there."""
    parts = f"string_split(replace({given} || ' ' || {family}, '-', ' '), ' ')"
    together = rf"regexp_full_match({family} || {given}, '\p{{Hangul}}+')"
    return f"CASE WHEN {together} THEN {family} || {given} ELSE array_to_string(list_sort({parts}), ' ') END"


def phone_number(text: str) -> str:
    """Reduce a telephone number to its national digits: +82 10, and 10 without its zero, become 010."""
    first = rf"regexp_replace(regexp_extract({text}, '^[^/,;]+'), '[^0-9+]+', '', 'g')"
    national = rf"regexp_replace({first}, '^(\+82|0082)0?', '0')"
    digits = rf"replace(regexp_replace({national}, '^82(0?1[0-9]{{8,9}})$', '0\1'), '+', '')"
    whole = rf"regexp_replace(regexp_replace({digits}, '^(10[0-9]{{8}})$', '0\1'), '^001', '01')"
    return f"nullif({whole}, '')"


def is_phone(digits: str) -> str:
    """Tell whether national digits can be a telephone number: 8 to 15 of them, and not one digit repeated."""
    tail = f"right({digits}, 7)"
    return f"(length({digits}) BETWEEN 8 AND 15 AND replace({tail}, left({tail}, 1), '') <> '')"


def is_email(address: str) -> str:
    """Tell whether an address can be somebody's mailbox."""
    shaped = rf"regexp_full_match({address}, '[^@ ]+@[^@ ]+\.[a-z0-9-]{{2,}}')"
    return f"({shaped} AND NOT regexp_matches({address}, '{MADE_UP_MAILBOX}'))"


def street_address(text: str) -> str:
    """Reduce an address to its words: lower case, no punctuation, Korean cities by their short names."""
    short = rf"regexp_replace(lower({text}), '(특별자치시|특별자치도|특별시|광역시)', '', 'g')"
    return rf"nullif(trim(regexp_replace({short}, '[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g')), '')"


def letters_and_digits(text: str) -> str:
    """Keep letters and digits alone, in lower case: postcodes and card numbers."""
    return rf"nullif(regexp_replace(lower({text}), '[^\p{{L}}\p{{N}}]+', '', 'g'), '')"


def gender_of(text: str) -> str:
    """Read female or male from the usual words and letters; null from anything else."""
    word = f"lower({text})"
    return (
        f"CASE WHEN {word} IN ('f', 'female', 'w', 'woman', '여', '여자', '여성') THEN 'female' "
        f"WHEN {word} IN ('m', 'male', 'man', '남', '남자', '남성') THEN 'male' END"
    )
