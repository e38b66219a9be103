"""Lets the one function that holds every case say what it compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.integration.failures.case")
