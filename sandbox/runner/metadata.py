"""An action's `action.yml`, as far as it turns inputs into variables.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.runner.log import JobLog

_CONTAINER_INPUTS = ("entryPoint", "args")


@dataclass(frozen=True, kw_only=True)
class ActionMetadata:
    """The inputs with their defaults, the empty string for an input without one."""

    defaults: Mapping[str, str]

    def variables(
        self, inputs: Mapping[str, str], log: JobLog, *, token: str = ""
    ) -> dict[str, str]:
        """Return the `INPUT_*` variables; an unknown input is warned of and passed on.

        `token` is what the one expression comes to that a default may well be.
        """
        valid = [*self.defaults, *_CONTAINER_INPUTS]
        known = {name.lower() for name in valid}
        if unexpected := [name for name in inputs if name.lower() not in known]:
            accepted = f"valid inputs are [{_quoted(valid)}]"
            log.warn(f"Unexpected input(s) {_quoted(unexpected)}, {accepted}")
        given = {_variable(name): value for name, value in inputs.items()}
        defaults = {
            _variable(name): value.replace("${{ github.token }}", token)
            for name, value in self.defaults.items()
        }
        return defaults | given


def read_metadata(path: Path) -> ActionMetadata:
    """Return what the file says."""
    metadata = yaml.safe_load(path.read_text(encoding="utf-8"))
    inputs = metadata.get("inputs") or {}
    return ActionMetadata(defaults={name: _text(details) for name, details in inputs.items()})


def _text(details: Mapping[str, object] | None) -> str:
    default = (details or {}).get("default")
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)


def _variable(name: str) -> str:
    """Return the variable of an input: upper case, spaces as `_`, hyphens as they are."""
    return f"INPUT_{name.replace(' ', '_').upper()}"


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
