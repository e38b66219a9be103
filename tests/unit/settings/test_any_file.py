"""No configuration file, whatever it holds, is anything but read or refused."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.errors import InvalidSettings
from rotate.settings.configuration import DEFAULT_KEYS, REGISTRY_KEYS, TARGET_KEYS
from tests.unit.examples import HOST, ROLE
from tests.unit.reading import FILE, RUNNER, read
from tests.unit.settings.test_configuration import wrong

WORDS = (
    *("version", "defaults", "limits", "registries", "targets", "registry", "organization", "user"),
    *("repositories", "visibility", "stores", "verify", "prod", "true", "1", "acme", "acme/api"),
    *("<<", "", " ", "000000000001", "~", HOST, ROLE),
)

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("depth", [100, 300, 400, 450, 480, 1000])
def test_any_depth(depth: int) -> None:
    """However deep a file is nested, it is told as a fault."""
    assert wrong("[" * depth + "]" * depth)


def test_character_that_yaml_forbids() -> None:
    """A file that holds a character that YAML forbids is told so."""
    (fault,) = wrong("a: \x00")
    assert fault.startswith("config")
    assert "deep" not in fault


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}", "&a [*a]"])
def test_key_that_is_no_name(key: str) -> None:
    """A key that is no text is a fault, in which no Python is shown."""
    told = wrong(f"? {key}\n: x\n")
    assert "config (line 1): has a key that is no text." in told
    assert not any("Node(" in fault for fault in told)


def test_aliases_cannot_grow() -> None:
    """A short file whose aliases would grow without end is read in no time."""
    names = "abcdefghijklmnopqrstuvwxyz"
    lines = ["a: &a [x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise(names)]
    lines.append("? *z\n: the key would grow, too")
    assert any("is an alias" in fault for fault in wrong("\n".join(lines)))


@given(TREES)
def test_any_tree(tree: object) -> None:
    """No file of whatever shape makes reading raise anything but `InvalidSettings`."""
    refused_or_read(json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_content(content: bytes) -> None:
    """No content at all makes reading raise anything but `InvalidSettings`."""
    refused_or_read(content)


@given(st.data())
def test_any_file_of_the_right_shape(data: st.DataObject) -> None:
    """A file of the right shape is read, or refused with paths and lines, whatever it holds."""
    value = st.sampled_from(WORDS) | st.lists(st.sampled_from(WORDS), max_size=3)

    def entry(keys: tuple[str, ...]) -> dict[str, object]:
        return data.draw(st.dictionaries(st.sampled_from(keys), value, max_size=6))

    refused_or_read(
        json.dumps(
            {
                "version": 1,
                "defaults": entry(DEFAULT_KEYS),
                "registries": {name: entry(REGISTRY_KEYS) for name in ("prod", "test")},
                "targets": [entry(TARGET_KEYS) for _ in range(3)],
            },
            indent=1,
        ).encode()
    )


@given(st.data())
def test_every_fault_has_its_line(data: st.DataObject) -> None:
    """Among any blanks, comments, quotes and line ends, a fault is told with the line it is on."""
    sound = [
        *("version: 1", "registries:", "  prod:", f"    role-to-assume: {ROLE}"),
        *(
            "targets:",
            "  - registry: prod",
            "    repositories: |",
            "      acme/api",
            "      acme/b",
        ),
    ]
    filler = st.sampled_from(["", "   ", "# a: [", "    # wrong: x"])
    quoted = st.sampled_from(["x{}", "'x{}'", '"x{}"'])
    wrong_keys = st.dictionaries(st.integers(100, 999), st.sampled_from([4, 9]), max_size=4)
    inserted = data.draw(wrong_keys)
    lines: list[str] = []
    expected = set()
    for number, line in enumerate(sound, 1):
        # Inside of the block of text, a comment would be part of it.
        if number < 8:
            lines += data.draw(st.lists(filler, max_size=2))
        lines.append(line)
        for key in (key for key, after in inserted.items() if after == number):
            lines.append(f"    {data.draw(quoted).format(key)}: [a]")
            expected.add((f"x{key}", len(lines)))
    told = refused_or_read(data.draw(st.sampled_from(["\n", "\r\n"])).join(lines).encode())
    assert {(path.rpartition(".")[2], line) for path, line in told} == expected


def refused_or_read(content: bytes) -> set[tuple[str, int | None]]:
    """Read a file, and return the paths and lines of its faults if it is refused."""
    try:
        plan = read({"config": FILE}, RUNNER, file=content)
    except InvalidSettings as invalid:
        assert invalid.faults
        lines = [fault.line for fault in invalid.faults if fault.path != "config"]
        assert all(line is not None and line >= 1 for line in lines)
        return {(fault.path, fault.line) for fault in invalid.faults}
    assert plan.registries
    assert plan.selections
    return set()
