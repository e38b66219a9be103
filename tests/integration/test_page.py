"""The page of a status, as the program writes it."""

from __future__ import annotations

import json

from tests.integration.world import World, advice


def test_action(world: World) -> None:
    """The action writes the page into the workspace though a target is stale, and nothing else."""
    repositories = "acme/ops, acme/api"
    inputs = {"command": "status", "html": "site/index.html", "repositories": repositories}
    run = world.action(inputs)
    assert run.exit_status == 1
    assert run.files == ("site/index.html",)
    assert "1 stale, 1 fresh" in run.summary


def test_command_line(world: World) -> None:
    """The page of the command line holds what the status says, and no secret."""
    run = {"GITHUB_SERVER_URL": "https://github.com"}
    run |= {"GITHUB_RUN_ID": "1", "GITHUB_RUN_NUMBER": "42"}
    done = world.command_line("status", "--html", "status.html", environment=run, files={})
    assert done.returncode == 0
    [(name, text)] = world.left.items()
    assert name == "status.html"
    assert "<h1>The one target is fresh</h1>" in text
    assert "acme/ops" in text
    assert '<a href="https://github.com/acme/ops/actions/runs/1">run 42 of acme/ops</a>' in text


def test_full_disk(world: World) -> None:
    """A status whose page cannot be written has failed, and is told all the same."""
    page = "--html=/dev/full"
    done = world.command_line("status", "--json", page, environment={"GITHUB_WORKSPACE": ""})
    assert done.returncode == 1
    assert json.loads(done.stdout)["fresh"] == 1
    (told,) = done.stderr.split("html: ")[1:]
    assert told.startswith("what the run came to cannot be written there (No space left on device)")


def test_not_of_a_run(world: World) -> None:
    """A run writes no page, and says so before anybody is asked."""
    run = world.action({"html": "index.html"})
    assert (run.exit_status, run.files) == (2, ())
    assert "html: must be absent but with `command: status`" in advice(run)
    assert world.asked == {}
