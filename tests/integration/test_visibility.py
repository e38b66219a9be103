"""Who may read a secret stays as it was, unless the inputs say otherwise."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sandbox import Fault
from sandbox.github import Level, Visibility
from tests.integration.world import (
    NAMES,
    PASSWORD,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
)

ORGANIZATION = {"scope": "organization", "organization": "acme"}


def seed(world: World, visibility: Visibility, repositories: Iterable[str] = ()) -> None:
    """Let the organization's stale secrets be visible to these repositories."""
    for name in NAMES:
        world.github.seed(
            "organization",
            "acme",
            name,
            world.stale[name],
            visibility=visibility,
            repositories=repositories,
        )


def ids(world: World, repositories: Iterable[str]) -> tuple[int, ...]:
    """Return the IDs of repositories in the order in which GitHub keeps them."""
    return tuple(sorted(world.github.id_of(name) or 0 for name in repositories))


def visible(
    world: World, level: Level = "organization", owner: str = "acme"
) -> dict[str, tuple[Visibility | None, tuple[int, ...]]]:
    """Return who may read each secret: its visibility, and the repositories that are selected."""
    return {
        name: (secret.visibility, secret.selected_repository_ids)
        for name, secret in world.github.secrets(level, owner).items()
    }


@pytest.mark.parametrize("visibility", ["all", "private"])
def test_kept(world: World, visibility: Visibility) -> None:
    """A visibility that needs no list is kept, and no list is asked for or sent."""
    seed(world, visibility)
    assert world.action(ORGANIZATION).exit_status == 0
    assert world.values("organization", "acme") == world.fresh()
    assert visible(world) == dict.fromkeys(NAMES, (visibility, ()))
    assert world.asked == {**TOKEN_PROVED, "github GET": 2, "github PUT": 3}


def test_selection_of_several_pages_is_kept(world: World) -> None:
    """All of the repositories that are selected are sent again, past the first hundred too."""
    names = [f"acme/service-{number}" for number in range(101)]
    for name in names:
        world.github.repository(name)
    seed(world, "selected", names)
    assert world.action(ORGANIZATION).exit_status == 0
    assert world.values("organization", "acme") == world.fresh()
    assert visible(world) == dict.fromkeys(NAMES, ("selected", ids(world, names)))
    assert world.asked == {**TOKEN_PROVED, "github GET": 8, "github PUT": 3}


def test_pages_that_do_not_lead_on(world: World) -> None:
    """A glob names all of its repositories although a proxy drops the header `Link`."""
    names = [f"acme/service-{number}" for number in range(101)]
    for name in names:
        world.github.repository(name)
    seed(world, "selected", names)
    world.fault(Fault(path="/orgs/acme/repos", headers={"Link": ""}, times=None))
    assert world.action(ORGANIZATION | {"repositories": "service-*"}).exit_status == 0
    assert visible(world) == dict.fromkeys(NAMES, ("selected", ids(world, names)))
    assert world.asked == {**TOKEN_PROVED, "github GET": 3, "github PUT": 3}


def test_each_secret_keeps_its_own(world: World) -> None:
    """Secrets that differ in visibility go on differing."""
    seed(world, "all")
    world.github.seed(
        "organization", "acme", PASSWORD, "old", visibility="selected", repositories=["acme/api"]
    )
    assert world.action(ORGANIZATION).exit_status == 0
    assert visible(world) == {
        SERVER: ("all", ()),
        USER: ("all", ()),
        PASSWORD: ("selected", ids(world, ["acme/api"])),
    }


def test_new_secrets_are_private(world: World) -> None:
    """Where nothing stands, private repositories may read what is written, and no others."""
    assert world.action(ORGANIZATION | {"organization": "globex"}).exit_status == 0
    assert world.values("organization", "globex") == world.fresh()
    assert visible(world, owner="globex") == dict.fromkeys(NAMES, ("private", ()))


@pytest.mark.parametrize("visibility", ["all", "private"])
def test_changed_when_asked(world: World, visibility: Visibility) -> None:
    """A visibility that is asked for replaces what stood, and nothing need be read before."""
    seed(world, "selected", ["acme/api"])
    assert world.action(ORGANIZATION | {"visibility": visibility}).exit_status == 0
    assert visible(world) == dict.fromkeys(NAMES, (visibility, ()))
    assert world.asked == {**TOKEN_PROVED, "github GET": 1, "github PUT": 3}


@pytest.mark.parametrize("visibility", ["", "selected"])
def test_repositories_are_selected(world: World, visibility: str) -> None:
    """Repositories that are named, with or without their owner, are the ones that may read."""
    inputs = {"repositories": "api\nacme/web", "visibility": visibility}
    assert world.action(ORGANIZATION | inputs).exit_status == 0
    assert world.values("organization", "acme") == world.fresh()
    chosen = ids(world, ["acme/api", "acme/web"])
    assert visible(world) == dict.fromkeys(NAMES, ("selected", chosen))
    assert world.asked == {**TOKEN_PROVED, "github GET": 3, "github PUT": 3}


def test_a_reader_that_comes_later_reads_all_of_it(world: World) -> None:
    """Where only the password is renewed, a new reader is let into server and user as well."""
    inputs = {**ORGANIZATION, "repositories": "acme/svc-*", "secrets": "password"}
    world.github.repository("acme/svc-a")
    assert world.action(inputs).exit_status == 0
    world.github.repository("acme/svc-b")
    assert world.action(inputs).exit_status == 0
    chosen = ids(world, ["acme/svc-a", "acme/svc-b"])
    assert visible(world) == dict.fromkeys(NAMES, ("selected", chosen))


def test_a_reader_that_does_not_exist(world: World) -> None:
    """One misspelt repository is named, and nothing is written."""
    run = world.action(ORGANIZATION | {"repositories": "api, wbe"})
    assert run.exit_status == 1
    assert "`acme/wbe`" in advice(run)
    assert "organization acme" in advice(run)
    assert world.values("organization", "acme") == world.stale
    assert world.paths("PUT") == []


@pytest.mark.parametrize("chosen", [("acme/api", "globex/ml"), ()], ids=["some", "none"])
def test_user_secrets_keep_their_repositories(world: World, chosen: tuple[str, ...]) -> None:
    """The repositories that may read a user's secrets are read and sent again."""
    for name in NAMES:
        world.github.seed("user", "octocat", name, "old", repositories=chosen)
    assert world.action({"scope": "user"}).exit_status == 0
    assert world.values("user", "octocat") == world.fresh()
    kept = ("selected", ids(world, chosen))
    assert visible(world, "user", "octocat") == dict.fromkeys(NAMES, kept)
    assert world.asked == {**TOKEN_PROVED, "github GET": 5, "github PUT": 3}


def test_user_secrets_for_named_repositories(world: World) -> None:
    """Repositories of several owners can be chosen for a user's secrets."""
    run = world.action({"scope": "user", "repositories": "acme/api, globex/ml"})
    assert run.exit_status == 0
    chosen = ("selected", ids(world, ["acme/api", "globex/ml"]))
    assert visible(world, "user", "octocat") == dict.fromkeys(NAMES, chosen)
