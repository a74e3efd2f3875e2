"""Run every question for every client: plan the order, execute with papermill, publish atomically."""

import sys

# jsonschema, which nbformat and papermill import, compiles the grammars of web addresses at import when this
# optional package is there: two seconds of every command, for formats that no notebook holds. It takes a
# missing package in its stride. Must stand before the first import of nbformat.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
