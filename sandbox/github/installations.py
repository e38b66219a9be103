"""The endpoints by which an App finds its installations and asks for their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.github.access import Access, authenticated_app
from sandbox.github.accounts import Accounts, Organization, Repository
from sandbox.github.answers import ORIGIN, Answer, Call, Endpoint, RefusalError, not_found
from sandbox.github.apps import Apps, Installation
from sandbox.github.credentials import Credentials, Issued, grants
from sandbox.github.shapes import account_shape, app_shape, repository_shape, timestamp

_INSTALLATION = "get-{}-installation-for-the-authenticated-app"


class InstallationEndpoints:
    """What an App may ask with the web token that it signed."""

    def __init__(
        self, accounts: Accounts, access: Access, apps: Apps, credentials: Credentials
    ) -> None:
        self._accounts = accounts
        self._access = access
        self._apps = apps
        self._credentials = credentials

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoints."""
        number = r"/app/installations/{installation_id:\d+}"
        for method, path, section, handler in (
            ("GET", "/app", "get-the-authenticated-app", self._app),
            (
                "GET",
                "/app/installations",
                "list-installations-for-the-authenticated-app",
                self._list,
            ),
            ("GET", number, _INSTALLATION.format("an"), self._one),
            (
                "POST",
                f"{number}/access_tokens",
                "create-an-installation-access-token-for-an-app",
                self._create_token,
            ),
            *self._lookups(),
        ):
            yield Endpoint(
                method=method, path=path, handler=handler, documentation=f"apps/apps#{section}"
            )

    def _lookups(self) -> Iterator[tuple[str, str, str, Callable[[Call], Answer]]]:
        for path, section, handler in (
            ("/orgs/{org}", "an-organization", self._of_account),
            ("/users/{username}", "a-user", self._of_account),
            ("/repos/{owner}/{repo}", "a-repository", self._of_repository),
            (r"/repositories/{repository_id:\d+}", "a-repository", self._of_repository),
        ):
            yield "GET", f"{path}/installation", _INSTALLATION.format(section), handler

    def _app(self, call: Call) -> Answer:
        app = authenticated_app(call)
        return Answer(
            body={
                **app_shape(app),
                "installations_count": len(self._apps.installations(app)),
            }
        )

    def _list(self, call: Call) -> Answer:
        installations = self._apps.installations(authenticated_app(call))
        shown, headers = call.page(installations)
        return Answer(body=[_shape(each) for each in shown], headers=headers)

    def _one(self, call: Call) -> Answer:
        return Answer(body=_shape(self._installation(call)))

    def _of_account(self, call: Call) -> Answer:
        """Find an installation by login; only an organization is found below `/orgs`."""
        login = call.parameters.get("org") or call.parameters["username"]
        installations = self._apps.installations(authenticated_app(call))
        if "org" in call.parameters:
            self._access.organization(call)
        for installation in installations:
            if installation.account.login.lower() == login.lower():
                return Answer(body=_shape(installation))
        raise not_found()

    def _of_repository(self, call: Call) -> Answer:
        """Find the installation that sees a repository, which the App itself does not."""
        installations = self._apps.installations(authenticated_app(call))
        repository = self._access.named_repository(call)
        for installation in installations:
            if _covers(installation, repository):
                self._access.check_present_name(call, repository)
                return Answer(body=_shape(installation))
        raise not_found()

    def _installation(self, call: Call) -> Installation:
        app = authenticated_app(call)
        found = self._apps.installation(int(call.parameters["installation_id"]))
        if found is None or found.app.id != app.id:
            raise not_found()
        return found

    def _create_token(self, call: Call) -> Answer:
        installation = self._installation(call)
        if installation.suspended_at:
            raise RefusalError(403, "This installation has been suspended")
        members = call.members()
        permissions = _permissions(installation, members.get("permissions"))
        chosen = self._chosen(installation, members)
        ids = (
            installation.repository_ids
            if chosen is None
            else frozenset(repository.id for repository in chosen)
        )
        issued = self._credentials.installation(installation, permissions, ids)
        return Answer(status=201, body=_token_shape(issued, chosen))

    def _chosen(
        self, installation: Installation, members: Mapping[str, Any]
    ) -> list[Repository] | None:
        """Return the repositories that a token is asked for, `None` being all there are."""
        keys = [
            *(f"{installation.account.login}/{name}" for name in members.get("repositories") or ()),
            *(members.get("repository_ids") or ()),
        ]
        return [self._covered(installation, key) for key in keys] if keys else None

    def _covered(self, installation: Installation, key: str | int) -> Repository:
        try:
            repository = self._accounts.repository(key)
        except LookupError:
            repository = None
        if repository is None or not _covers(installation, repository):
            raise RefusalError(
                422,
                "There is at least one repository that does not exist or is not accessible to "
                "the parent installation.",
            )
        return repository


def _covers(installation: Installation, repository: Repository) -> bool:
    ids = installation.repository_ids
    return repository.owner == installation.account and (ids is None or repository.id in ids)


def _permissions(installation: Installation, wanted: Mapping[str, str] | None) -> Mapping[str, str]:
    if wanted is None:
        return installation.permissions
    if not grants(installation.permissions, wanted):
        raise RefusalError(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted}


def _token_shape(issued: Issued, chosen: list[Repository] | None) -> dict[str, Any]:
    token = issued.token
    shape: dict[str, Any] = {
        "token": issued.text,
        "expires_at": timestamp(token.expires_at),
        "permissions": token.permissions,
        "repository_selection": "all" if token.repository_ids is None else "selected",
    }
    if chosen is not None:
        shape["repositories"] = [repository_shape(repository) for repository in chosen]
    return shape


def _shape(installation: Installation) -> dict[str, Any]:
    account, app = installation.account, installation.app
    created = timestamp(installation.created_at)
    kind = "Organization" if isinstance(account, Organization) else "User"
    return {
        "id": installation.id,
        "account": account_shape(account),
        "app_id": app.id,
        "app_slug": app.slug,
        "client_id": app.client_id,
        "target_id": account.id,
        "target_type": kind,
        "repository_selection": "all" if installation.repository_ids is None else "selected",
        "access_tokens_url": f"{ORIGIN}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{ORIGIN}/installation/repositories",
        "html_url": f"https://github.com/settings/installations/{installation.id}",
        "permissions": installation.permissions,
        "events": [],
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": installation.suspended_at and timestamp(installation.suspended_at),
        "created_at": created,
        "updated_at": created,
    }
