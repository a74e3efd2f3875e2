r"""What the survey questions cost: each figure a ratio against the real peer, or time and memory.

dominance-analysis pins an old bokeh and needs older libraries, and StepMix has its own, so they live in
environments of their own::

    python3.11 -m venv dominance-env
    dominance-env/bin/pip install "dominance-analysis==1.1.9" "numpy<2" "pandas<2" "scikit-learn<1.4" \
        "scipy<1.12" "statsmodels<0.15" "setuptools<81"
    python3.11 -m venv stepmix-env
    stepmix-env/bin/pip install "stepmix==3.0.0"
    python benchmarks/survey.py dominance-env/bin/python stepmix-env/bin/python

Without one of them (``-`` in its place) the rest is measured. Both sides work on one processor, each round of
a side in a process of its own, the sides in turn first: see `survey_rounds`.
"""

from __future__ import annotations

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before the libraries that read them
os.environ.setdefault("TQDM_DISABLE", "1")  # dominance-analysis draws bars

from survey_importance import against_dominance_analysis  # noqa: E402
from survey_notebook import whole_notebook  # noqa: E402
from survey_segments import against_scikit_learn, against_stepmix  # noqa: E402


def main(dominance: str = "-", stepmix: str = "-") -> None:
    """Measure one after the other; the notebook first, as its peak of memory must be its own."""
    whole_notebook()
    if dominance != "-":
        against_dominance_analysis(dominance)
    against_scikit_learn()
    if stepmix != "-":
        against_stepmix(stepmix)


if __name__ == "__main__":
    main(*sys.argv[1:])
