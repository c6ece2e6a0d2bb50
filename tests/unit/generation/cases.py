"""The sources whose generated files are pinned under ``tests/golden``, with what detection says of each.

Detections are written out, so that those files change only when generation does.
"""

from __future__ import annotations

from tests.unit.generation.case import APPS, EXAMPLES, Case
from tests.unit.generation.cases_languages import LANGUAGES
from tests.unit.generation.cases_node import NODE
from tests.unit.generation.cases_python import PYTHON
from tests.unit.generation.cases_sources import SOURCES

CASES: tuple[Case, ...] = (*NODE, *PYTHON, *LANGUAGES, *SOURCES)

__all__ = ["APPS", "CASES", "EXAMPLES", "Case"]
