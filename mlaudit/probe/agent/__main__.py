"""Brings the agent up inside the user's interpreter, under a name of its own.

The user's program must see nothing of it: neither this folder on the path of imports nor modules
that could hide its own.
"""

from __future__ import annotations

import importlib.util
import os
import sys


def _boot(folder: str, job: str) -> None:
    here = os.path.realpath(folder)
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry or ".") != here]
    spec = importlib.util.spec_from_file_location(
        "mlaudit_agent", os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["mlaudit_agent"] = package
    spec.loader.exec_module(package)
    importlib.import_module("mlaudit_agent.start").start(job)


if __name__ == "__main__":
    _boot(os.path.dirname(os.path.abspath(__file__)), sys.argv[1])
