from __future__ import annotations

import pytest

from mlaudit.catalogue.catalogue import Catalogue
from mlaudit.rulekit.registry import catalogue_folders


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The tables that come with the product."""
    return Catalogue(catalogue_folders())
