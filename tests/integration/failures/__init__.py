"""What goes wrong, and what it comes to. The one function that holds all says what it compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.integration.failures.case")
