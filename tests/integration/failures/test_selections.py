"""Where it cannot be told who may read a secret, it is not written: no list is ever narrowed."""

from __future__ import annotations

from sandbox import Fault
from tests.integration.failures.case import (
    GET,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import PASSWORD, TOKEN_PROVED, World

READERS = r"PASSWORD/repositories"
SECOND_PAGE = (
    f"https://api.github.com/orgs/acme/codespaces/secrets/{PASSWORD}/repositories"
    "?per_page=100&page=2"
)
STANDING = r"secrets\?per_page"


def next_page(path: str, address: str) -> Fault:
    """Return the fault by which a listing goes on at an address."""
    return Fault(path=path, headers={"Link": f'<{address}>; rel="next"'})


@each(
    *(
        Case(name=name, faults=faults, asked={**TOKEN_PROVED, GET: asked}, advice=("acme", *advice))
        for name, faults, asked, advice in (
            ("refused", (Fault(path=READERS, status=403, body={}, times=None),), 4, ("HTTP 403",)),
            ("gone", (Fault(path=READERS, status=404, body={}, times=None),), 4, ("HTTP 404",)),
            ("503", (Fault(path=READERS, status=503, times=None),), 8, ("HTTP 503",)),
            (
                "no list",
                (Fault(path=READERS, status=200, body={"message": "?"}, times=None),),
                4,
                ("no listing",),
            ),
            (
                "no IDs",
                (Fault(path=READERS, status=200, body={"repositories": [{}]}, times=None),),
                4,
                ("lists no repositories",),
            ),
            (
                "second page missing",
                (next_page(READERS, "https://api.github.com/orgs/nobody/repos?page=2"),),
                5,
                ("HTTP 404",),
            ),
            (
                "second page fails",
                (
                    next_page(READERS, "https://api.github.com/orgs/nobody/repos?page=2"),
                    Fault(path="page=2", status=500, times=None),
                ),
                9,
                ("HTTP 500",),
            ),
            (
                "second page on another host",
                (next_page(READERS, "https://example.com/orgs?page=2"),),
                4,
                ("goes on at another host",),
            ),
            (
                "changed between two pages",
                (
                    Fault(
                        path=READERS,
                        headers={"Link": f'<{SECOND_PAGE}>; rel="next"'},
                        body={"total_count": 2, "repositories": [{"id": 1}]},
                    ),
                ),
                5,
                ("the listing changed while it was read",),
            ),
            ("standing refused", (Fault(path=STANDING, status=403, body={}, times=None),), 1, ()),
            (
                "standing without names",
                (Fault(path=STANDING, status=200, body={"secrets": [{}]}, times=None),),
                1,
                ("lists no secrets",),
            ),
        )
    )
)
@both_faces
def test_unknown(world: World, face: Face, case: Case) -> None:
    """A listing that fails, on whichever page, fails the target without a write."""
    hold(world, face, case)
    assert world.paths("PUT") == []


@each(
    Case(
        name="all of them archived",
        inputs={"repositories": "svc-*"},
        asked={GET: 1},
        advice=("organization acme", "`acme/svc-*` leave no repository to read the secrets"),
    )
)
@both_faces
def test_no_reader_that_is_left(world: World, face: Face, case: Case) -> None:
    """Readers of whom none is left do not shut out those who read today."""
    world.github.repository("acme/svc-old", archived=True)
    hold(world, face, case)
