"""Make the files of the sample client Hanbit Hotels: the same seed gives the same bytes."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.build import make

CUSTOMERS, SEED = 1_500, 20_260_101
FEWEST = 20
MOST_RESPONDENTS = 3_000


def main() -> None:
    """Read the options and make the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="guests of the hotels")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument(
        "--respondents", type=int, help="of each survey wave; a fifth of the guests, at most 3,000"
    )
    options = parser.parse_args()
    if options.customers < FEWEST:
        parser.error(f"--customers: got {options.customers}; expected {FEWEST} or more")
    asked = options.respondents or min(options.customers // 5, MOST_RESPONDENTS)
    make(options.customers, options.seed, options.out, asked)


if __name__ == "__main__":
    main()
