"""Options of the command line, and what is said of wrong ones."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.faces.arguments import Parser


@pytest.mark.parametrize("option", ["", "--json="])
@given(value=st.text(min_size=1) | st.text("'\"\\\\: \n", min_size=1))
def test_value_of_a_wrong_option(option: str, value: str) -> None:
    """However a value is written, what is wrong is said in the same words."""
    parser = Parser(prog="program", usage="program")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("command", choices=["~~"])
    shown = StringIO()
    with redirect_stderr(shown), pytest.raises(SystemExit):
        # A word that may be an option is one.
        parser.parse_args([f"{option or ':'}{value}"])
    said = shown.getvalue().replace("'~~'", "~~")
    assert said in (
        "usage: program\nprogram: error: argument command: invalid choice: … (choose from ~~)\n",
        "usage: program\nprogram: error: argument --json: ignored explicit argument …\n",
    )
