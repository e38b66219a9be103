"""The sandbox's GitHub shows each kind of token what the real one would."""

from __future__ import annotations

import pytest

from sandbox.github import GitHub
from tests.worlds.github import ORGANIZATION, REPOSITORY, USER, Client


def tokens(github: GitHub) -> dict[str, str]:
    """Return a token of every kind that the table below knows."""
    octocat, hubot = github.user("octocat"), github.user("hubot")
    fine = github.fine_grained_token
    both = {"codespaces_secrets": "write", "organization_codespaces_secrets": "write"}
    installation = github.install(github.register_app(both), "acme", ["acme/api"])
    return {
        "classic without scopes": github.personal_token(octocat),
        "classic repo": github.personal_token(octocat, ("repo",)),
        "classic admin:org": github.personal_token(octocat, ("admin:org",)),
        "classic codespace": github.personal_token(octocat, ("codespace",)),
        "classic of a member": github.personal_token(hubot, ("repo", "admin:org")),
        "classic of a stranger": github.personal_token(github.user("eve"), ("repo", "admin:org")),
        "fine-grained both": fine(octocat, "acme", both),
        "fine-grained read": fine(octocat, "acme", {"codespaces_secrets": "read"}),
        "fine-grained elsewhere": fine(octocat, "acme", both, ["acme/web"]),
        "fine-grained user": fine(octocat, "acme", {"codespaces_user_secrets": "write"}),
        "installation": github.installation_token(installation),
        "workflow": github.workflow_token("acme/api"),
    }


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("classic without scopes", (403, 404, 403)),
        ("classic repo", (403, 200, 403)),
        ("classic admin:org", (200, 404, 403)),
        ("classic codespace", (403, 404, 200)),
        ("classic of a member", (403, 403, 403)),
        ("classic of a stranger", (404, 404, 403)),
        ("fine-grained both", (200, 200, 403)),
        ("fine-grained read", (403, 403, 403)),
        ("fine-grained elsewhere", (200, 404, 403)),
        ("fine-grained user", (403, 403, 200)),
        ("installation", (200, 200, 403)),
        ("workflow", (403, 403, 403)),
        ("unknown", (401, 401, 401)),
    ],
)
def test_each_kind_of_token_may_list_what_it_should(
    client: Client, kind: str, statuses: tuple[int, int, int]
) -> None:
    """Organization, repository and user secrets ask for different rights."""
    token = tokens(client.github).get(kind, "ghp_unknown")

    answers = [client.ask("GET", path, token=token) for path in (ORGANIZATION, REPOSITORY, USER)]

    assert tuple(answer.status_code for answer in answers) == statuses


def test_a_refusal_names_what_is_missing(client: Client) -> None:
    """The message, the page and the header of a 403 tell which permission is needed."""
    refused = client.ask(
        "GET", f"{REPOSITORY}/public-key", token=client.github.workflow_token("acme/api")
    )

    assert refused.json() == {
        "message": "Resource not accessible by integration",
        "documentation_url": "https://docs.github.com/rest/codespaces/repository-secrets"
        "#get-a-repository-public-key",
        "status": "403",
    }
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "codespaces_secrets=write"


def test_classic_tokens_are_told_the_scopes(client: Client) -> None:
    """Scopes, granted and accepted, come with every answer to a classic token."""
    answer = client.ask("GET", ORGANIZATION)

    assert answer.headers["X-OAuth-Scopes"] == "repo, admin:org, codespace:secrets"
    assert answer.headers["X-Accepted-OAuth-Scopes"] == "admin:org"


def test_lists_of_repositories_show_what_the_token_may_see(client: Client) -> None:
    """Private repositories are listed to those who may see them, public ones to all."""
    client.github.repository("octocat/dotfiles")
    client.github.repository("acme/old", archived=True)
    stranger = client.github.personal_token(client.github.user("eve"), ("repo",))

    def names(path: str, token: str | None = None) -> list[str]:
        return [each["full_name"] for each in client.ask("GET", path, token=token).json()]

    own = ["acme/api", "acme/old", "acme/site", "acme/web", "octocat/dotfiles"]
    assert names("/user/repos") == own
    assert names("/user/repos?affiliation=owner") == ["octocat/dotfiles"]
    assert names("/orgs/acme/repos?sort=full_name&per_page=2") == ["acme/api", "acme/old"]
    assert names("/orgs/acme/repos", stranger) == ["acme/site"]
    assert names("/users/octocat/repos") == []
    assert client.ask("GET", "/repos/acme/old").json()["archived"] is True


def test_the_plan_is_shown_to_owners_only(client: Client) -> None:
    """Everyone sees an organization, its owners see the plan."""
    member = client.github.personal_token(client.github.user("hubot"), ("admin:org",))

    assert client.ask("GET", "/orgs/acme").json()["plan"]["name"] == "team"
    assert "plan" not in client.ask("GET", "/orgs/acme", token=member).json()


def test_requests_must_name_a_known_version_and_an_agent(client: Client) -> None:
    """Versions that do not exist are refused, as are requests without a user agent."""
    version = "X-GitHub-Api-Version"
    known = client.ask("GET", "/user", headers={version: "2022-11-28"})

    assert known.headers[f"{version}-Selected"] == "2022-11-28"
    assert client.ask("GET", "/user", headers={version: "2019-01-01"}).status_code == 400
    assert client.ask("GET", "/user", headers={"User-Agent": ""}).status_code == 403


def test_single_sign_on_keeps_classic_tokens_out(client: Client) -> None:
    """A classic token must be authorized for the organization; the refusal says where."""
    octocat, scopes = client.github.user("octocat"), ("repo", "admin:org")
    client.github.require_single_sign_on("acme")
    authorized = client.github.personal_token(octocat, scopes, authorized=["acme"])
    for path in (ORGANIZATION, REPOSITORY, "/orgs/acme"):
        refused = client.ask("GET", path)
        assert refused.status_code == 403
        assert refused.headers["X-GitHub-SSO"].startswith("required; url=https://github.com/orgs/")
        assert client.ask("GET", path, token=authorized).status_code == 200


def test_repositories_show_what_a_person_may_do_there(client: Client) -> None:
    """A repository tells a person's permissions, and nobody else's."""
    client.github.collaborate("acme/api", "hubot", "write")
    hubot = client.github.personal_token(client.github.user("hubot"), ("repo",))
    owner = client.ask("GET", "/repos/acme/api").json()["permissions"]
    writer = client.ask("GET", "/repos/acme/api", token=hubot).json()["permissions"]
    assert owner["admin"] is True
    assert (writer["admin"], writer["push"], writer["pull"]) == (False, True, True)
    workflow = client.github.workflow_token("acme/api")
    assert "permissions" not in client.ask("GET", "/repos/acme/api", token=workflow).json()


def test_answers_are_compressed_for_whoever_accepts_it(client: Client) -> None:
    """What says that it reads gzip gets it."""
    assert client.ask("GET", ORGANIZATION).headers["Content-Encoding"] == "gzip"
