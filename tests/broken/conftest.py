"""What the end-to-end tests build their projects with, these tests use too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
