"""What the end-to-end tests read pages with, these tests use too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
