"""Accounts and repositories as GitHub's REST interface shows them."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from sandbox.github.accounts import Account, Organization, Repository, User
from sandbox.github.answers import ORIGIN
from sandbox.github.apps import App

_SITE = "https://github.com"
_REPOSITORY_URLS = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "contributors": "/contributors",
    "deployments": "/deployments",
    "downloads": "/downloads",
    "events": "/events",
    "forks": "/forks",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "languages": "/languages",
    "merges": "/merges",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "stargazers": "/stargazers",
    "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "tags": "/tags",
    "teams": "/teams",
    "trees": "/git/trees{/sha}",
}
_ACCOUNT_URLS = {
    "followers": "/followers",
    "following": "/following{/other_user}",
    "gists": "/gists{/gist_id}",
    "starred": "/starred{/owner}{/repo}",
    "subscriptions": "/subscriptions",
    "organizations": "/orgs",
    "repos": "/repos",
    "events": "/events{/privacy}",
    "received_events": "/received_events",
}
_ORGANIZATION_URLS = {
    "repos": "/repos",
    "events": "/events",
    "hooks": "/hooks",
    "issues": "/issues",
    "members": "/members{/member}",
    "public_members": "/public_members{/member}",
}
_REPOSITORY_CONSTANTS: dict[str, Any] = {
    "description": None,
    "fork": False,
    "disabled": False,
    "default_branch": "main",
    "homepage": None,
    "language": None,
    "license": None,
    "mirror_url": None,
    "size": 108,
    "has_issues": True,
    "has_projects": True,
    "has_wiki": True,
    "has_pages": False,
    "has_downloads": True,
    "has_discussions": False,
    "is_template": False,
    "topics": [],
    "allow_forking": True,
    "web_commit_signoff_required": False,
}
_REPOSITORY_COUNTS = (
    "forks",
    "forks_count",
    "network_count",
    "open_issues",
    "open_issues_count",
    "stargazers_count",
    "subscribers_count",
    "watchers",
    "watchers_count",
)


def timestamp(moment: datetime) -> str:
    """Return a moment as GitHub writes it: UTC, whole seconds, a `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(kind: str, number: int) -> str:
    """Return the identifier that the GraphQL interface would use."""
    return b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


def account_shape(account: Account) -> dict[str, Any]:
    """Return an account as it appears inside of other things ("simple user")."""
    kind = "User" if isinstance(account, User) else "Organization"
    url = f"{ORIGIN}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(kind, account.id),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{_SITE}/{account.login}",
        **{f"{name}_url": url + tail for name, tail in _ACCOUNT_URLS.items()},
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def organization_shape(organization: Organization) -> dict[str, Any]:
    """Return an organization as everyone sees it."""
    url = f"{ORIGIN}/orgs/{organization.login}"
    created = timestamp(organization.created_at)
    return {
        "login": organization.login,
        "id": organization.id,
        "node_id": node_id("Organization", organization.id),
        "url": url,
        "html_url": f"{_SITE}/{organization.login}",
        **{f"{name}_url": url + tail for name, tail in _ORGANIZATION_URLS.items()},
        "avatar_url": f"https://avatars.githubusercontent.com/u/{organization.id}?v=4",
        "description": None,
        "has_organization_projects": True,
        "has_repository_projects": True,
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "type": "Organization",
        "created_at": created,
        "updated_at": created,
        "archived_at": None,
    }


def app_shape(app: App) -> dict[str, Any]:
    """Return a GitHub App as its owner sees it."""
    created = timestamp(app.created_at)
    return {
        "id": app.id,
        "client_id": app.client_id,
        "slug": app.slug,
        "node_id": node_id("Integration", app.id),
        "owner": account_shape(app.owner),
        "name": app.slug,
        "description": None,
        "external_url": "https://example.com",
        "html_url": f"{_SITE}/apps/{app.slug}",
        "created_at": created,
        "updated_at": created,
        "permissions": app.permissions,
        "events": [],
    }


def repository_shape(repository: Repository) -> dict[str, Any]:
    """Return a repository, with all that GitHub's three schemas of one require."""
    url = f"{ORIGIN}/repos/{repository.full_name}"
    site = f"{_SITE}/{repository.full_name}"
    created = timestamp(repository.created_at)
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": account_shape(repository.owner),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "archived": repository.archived,
        "html_url": site,
        "url": url,
        **{f"{name}_url": url + tail for name, tail in _REPOSITORY_URLS.items()},
        "clone_url": f"{site}.git",
        "git_url": f"git://github.com/{repository.full_name}.git",
        "ssh_url": f"git@github.com:{repository.full_name}.git",
        "svn_url": site,
        **_REPOSITORY_CONSTANTS,
        **dict.fromkeys(_REPOSITORY_COUNTS, 0),
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), created),
    }
