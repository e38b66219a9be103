"""What PyGithub is not left alone with."""

from __future__ import annotations

import pytest

from rotate.stores.connection import is_redirect


@pytest.mark.parametrize(
    ("status", "leads"), [(299, False), (300, True), (308, True), (399, True), (400, False)]
)
def test_statuses_that_lead_elsewhere(status: int, leads: bool) -> None:
    """Every status of the three hundreds leads elsewhere, and no other."""
    assert is_redirect(status) is leads
