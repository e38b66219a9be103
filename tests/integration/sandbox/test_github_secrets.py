"""The sandbox's GitHub keeps secrets as strictly as the real one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.worlds.github import (
    ORGANIZATION,
    REPOSITORY,
    USER,
    Client,
    identifier,
    sealed,
)


@pytest.mark.parametrize(
    ("path", "members"), [(ORGANIZATION, {"visibility": "private"}), (REPOSITORY, {}), (USER, {})]
)
def test_put_creates_and_then_updates(client: Client, path: str, members: dict[str, str]) -> None:
    """A secret is created with 201, updated with 204, read without its value, deleted."""
    created = client.put(f"{path}/PASSWORD", members=members)
    updated = client.put(f"{path}/password", members=members)
    read = client.ask("GET", f"{path}/PASSWORD")
    deleted = client.ask("DELETE", f"{path}/PASSWORD")
    gone = client.ask("GET", f"{path}/PASSWORD")

    statuses = [each.status_code for each in (created, updated, read, deleted, gone)]
    assert statuses == [201, 204, 200, 204, 404]
    assert read.json().keys() <= {
        "name",
        "created_at",
        "updated_at",
        "visibility",
        "selected_repositories_url",
    }


@pytest.mark.parametrize("store", ["dependabot", "actions"])
@pytest.mark.parametrize("owner", ["/orgs/acme", "/repos/acme/api"])
def test_other_stores_have_their_own_secrets(client: Client, owner: str, store: str) -> None:
    """Dependabot's and Actions' secrets are kept apart from those of Codespaces."""
    members = {"visibility": "all"} if "orgs" in owner else {}

    assert client.put(f"{owner}/{store}/secrets/PASSWORD", members=members).status_code == 201
    assert client.ask("GET", f"{owner}/codespaces/secrets").json()["total_count"] == 0


def test_the_sealed_box_is_opened(client: Client) -> None:
    """What a test reads back is the very value that was sealed."""
    client.put(f"{REPOSITORY}/PASSWORD", "päss:word")
    client.put(f"{REPOSITORY}/PASSWORD", "changed")
    secret = client.github.secrets("repository", "acme/api")["PASSWORD"]

    assert secret.value == "changed"
    assert "changed" not in repr(secret)
    assert client.token in client.sandbox.canaries


def test_updating_a_selected_secret_without_its_list_clears_it(client: Client) -> None:
    """Repositories that are not sent again are no longer selected."""
    chosen = identifier(client, "acme/api")
    members = {"visibility": "selected", "selected_repository_ids": [chosen]}
    client.put(f"{ORGANIZATION}/PASSWORD", members=members)
    before = client.github.secrets("organization", "acme")["PASSWORD"].selected_repository_ids
    client.put(f"{ORGANIZATION}/PASSWORD", members={"visibility": "selected"})
    after = client.github.secrets("organization", "acme")["PASSWORD"].selected_repository_ids

    assert (before, after) == ((chosen,), ())


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"visibility": "public"},
        {"visibility": "all", "selected_repository_ids": [1296269]},
        {"visibility": "selected", "selected_repository_ids": [1296271]},
        {"visibility": "selected", "selected_repository_ids": "1296269"},
        {"visibility": "selected", "selected_repository_ids": ["1296269"]},
        {"visibility": "selected", "selected_repository_ids": [True]},
        {"visibility": "all", "key_id": 12},
        {"visibility": "all", "key_id": "12"},
        {"visibility": "all", "encrypted_value": "not base64"},
        {"visibility": "all", "encrypted_value": "bm90IHNlYWxlZA=="},
        {"visibility": "all", "colour": "red"},
    ],
)
def test_bodies_that_contradict_the_schema_are_refused(
    client: Client, members: dict[str, object]
) -> None:
    """Nothing is written when the body is not what the endpoint documents."""
    assert client.put(f"{ORGANIZATION}/PASSWORD", members=members).status_code == 422
    assert client.github.secrets("organization", "acme") == {}


@pytest.mark.parametrize("name", ["1ST", "GITHUB_PASSWORD", "WITH-HYPHEN"])
def test_names_follow_the_rules(client: Client, name: str) -> None:
    """A secret's name has no leading digit, no hyphen, and does not begin with GITHUB_."""
    assert client.put(f"{REPOSITORY}/{name}").status_code == 422


def test_a_vault_is_full_at_a_hundred(client: Client) -> None:
    """The hundred and first secret is refused, an update is not."""
    for number in range(100):
        client.github.seed("repository", "acme/api", f"SECRET_{number}", "value")

    assert client.put(f"{REPOSITORY}/ANOTHER").status_code == 422
    assert client.put(f"{REPOSITORY}/SECRET_7").status_code == 204


def test_a_value_has_at_most_48_kilobytes(client: Client) -> None:
    """A larger value is refused although it was sealed well."""
    assert client.put(f"{REPOSITORY}/PASSWORD", "x" * 48 * 1024).status_code == 201
    assert client.put(f"{REPOSITORY}/PASSWORD", "x" * (48 * 1024 + 1)).status_code == 422


def test_a_stale_key_is_refused(client: Client) -> None:
    """After the key was rotated only the new one is taken; its ID keeps a leading zero."""
    key = client.ask("GET", f"{REPOSITORY}/public-key").json()
    client.github.rotate_key("repository", "acme/api")

    assert key["key_id"].startswith("0")
    assert client.ask("PUT", f"{REPOSITORY}/PASSWORD", sealed(key, "v")).status_code == 422
    assert client.put(f"{REPOSITORY}/PASSWORD").status_code == 201


def test_lists_are_paged(client: Client) -> None:
    """A page has thirty entries unless asked, a hundred at most, and `Link` leads on."""
    for number in range(35):
        client.github.seed("organization", "acme", f"SECRET_{number:02}", "value")
    first = client.ask("GET", ORGANIZATION)
    second = client.ask("GET", first.links["next"]["url"].removeprefix("https://api.github.com"))
    whole = client.ask("GET", f"{ORGANIZATION}?per_page=500")

    assert [len(each.json()["secrets"]) for each in (first, second, whole)] == [30, 5, 35]
    assert first.json()["total_count"] == 35
    assert first.links["last"]["url"] == f"https://api.github.com{ORGANIZATION}?page=2"
    assert second.links.keys() == {"prev", "first"}
    assert "Link" not in whole.headers


def test_selected_repositories_are_listed_and_changed(client: Client) -> None:
    """The list of a selected secret can be read, replaced, added to and taken from."""
    client.github.seed("organization", "acme", "PASSWORD", "v", visibility="selected")
    api, web = identifier(client, "acme/api"), identifier(client, "acme/web")
    path = f"{ORGANIZATION}/PASSWORD/repositories"
    statuses = [
        client.ask("PUT", path, {"selected_repository_ids": [api]}).status_code,
        client.ask("PUT", f"{path}/{web}").status_code,
        client.ask("DELETE", f"{path}/{api}").status_code,
    ]
    listed = client.ask("GET", path).json()

    assert statuses == [204, 204, 204]
    assert [each["full_name"] for each in listed["repositories"]] == ["acme/web"]


def test_only_selected_secrets_have_a_list_to_change(client: Client) -> None:
    """Changing the list of a secret of another visibility is a conflict."""
    client.github.seed("organization", "acme", "PASSWORD", "v", visibility="all")
    path = f"{ORGANIZATION}/PASSWORD/repositories"
    number = identifier(client, "acme/api")

    assert client.ask("PUT", path, {"selected_repository_ids": [number]}).status_code == 409
    assert client.ask("PUT", f"{path}/{number}").status_code == 409
    assert client.ask("DELETE", f"{path}/{number}").status_code == 409


def test_seeded_secrets_have_their_age(client: Client) -> None:
    """A seeded secret was last written when the test says, by the sandbox's clock."""
    client.sandbox.clock.advance(hours=24)
    client.github.seed("user", "octocat", "PASSWORD", "v", age=timedelta(hours=5))
    updated = client.github.secrets("user", "octocat")["PASSWORD"].updated_at
    age = client.sandbox.clock.now() - updated

    assert timedelta(hours=5) <= age < timedelta(hours=5, minutes=1)
    assert client.ask("GET", f"{USER}/PASSWORD").json()["visibility"] == "selected"


def test_a_renamed_repository_redirects(client: Client) -> None:
    """A read of the old name is answered with 301, a write with 307, both naming the ID."""
    number = identifier(client, "acme/api")
    client.github.rename("acme/api", "service")
    read = client.ask("GET", "/repos/acme/api")
    written = client.ask("PUT", f"{REPOSITORY}/PASSWORD", {})
    target = f"/repositories/{number}/codespaces/secrets/PASSWORD"

    assert (read.status_code, written.status_code) == (301, 307)
    assert written.headers["Location"] == f"https://api.github.com{target}"
    assert client.put(target).status_code == 201
    assert "PASSWORD" in client.github.secrets("repository", "acme/service")


def test_an_archived_repository_is_read_only(client: Client) -> None:
    """Secrets of an archived repository can be listed and no longer written."""
    client.github.archive("acme/api")
    refused = client.put(f"{REPOSITORY}/PASSWORD")

    assert client.ask("GET", REPOSITORY).status_code == 200
    assert refused.status_code == 403
    assert refused.json()["message"] == "Repository was archived so is read-only."


def test_the_free_plan_has_no_codespaces(client: Client) -> None:
    """An organization on the Free plan answers 404 for Codespaces and not for Dependabot."""
    client.github.organization("small", plan="free", owners=["octocat"])

    assert client.ask("GET", "/orgs/small/codespaces/secrets").status_code == 404
    assert client.ask("GET", "/orgs/small/dependabot/secrets").status_code == 200
