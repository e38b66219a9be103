"""The endpoints that show and list repositories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sandbox.github.access import Access, authenticated_user
from sandbox.github.accounts import Accounts, Organization, Repository, User
from sandbox.github.answers import Answer, Call, Endpoint, RefusalError, not_found
from sandbox.github.credentials import (
    Credential,
    GranularToken,
    InstallationToken,
)
from sandbox.github.shapes import repository_shape

_METADATA = {"metadata": "read"}
_AFFILIATIONS = "owner,collaborator,organization_member"


class RepositoryEndpoints:
    """One repository, and the lists of those a credential may see."""

    def __init__(self, accounts: Accounts, access: Access) -> None:
        self._accounts = accounts
        self._access = access

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoints."""
        for path, handler, section in (
            ("/repos/{owner}/{repo}", self._one, "get-a-repository"),
            (r"/repositories/{repository_id:\d+}", self._one, "get-a-repository"),
            ("/orgs/{org}/repos", self._of_organization, "list-organization-repositories"),
            (
                r"/organizations/{organization_id:\d+}/repos",
                self._of_organization,
                "list-organization-repositories",
            ),
            ("/users/{username}/repos", self._of_user, "list-repositories-for-a-user"),
            ("/user/repos", self._own, "list-repositories-for-the-authenticated-user"),
        ):
            yield Endpoint(
                method="GET",
                path=path,
                handler=handler,
                documentation=f"repos/repos#{section}",
                permissions=_METADATA,
            )
        yield Endpoint(
            method="GET",
            path="/installation/repositories",
            handler=self._of_installation,
            documentation=(
                "apps/installations#list-repositories-accessible-to-the-app-installation"
            ),
            permissions=_METADATA,
        )

    def _one(self, call: Call) -> Answer:
        repository = self._access.repository(call)
        permissions = self._access.permissions(call.credential, repository)
        shape = repository_shape(repository)
        return Answer(body=shape | ({"permissions": permissions} if permissions else {}))

    def _of_organization(self, call: Call) -> Answer:
        organization = self._access.organization(call)
        found = self._visible(call.credential, organization)
        return _listed(call, _of_type(found, call.query.get("type", "all")), "created")

    def _of_user(self, call: Call) -> Answer:
        try:
            account = self._accounts.account(call.parameters["username"])
        except LookupError:
            raise not_found() from None
        public = [each for each in self._owned_by(account) if not each.private]
        return _listed(call, public, "full_name")

    def _own(self, call: Call) -> Answer:
        user = authenticated_user(call)
        _check_filters(call)
        affiliations = call.query.get("affiliation", _AFFILIATIONS).split(",")
        found = [
            repository
            for repository in self._accounts.repositories()
            if self._affiliation(repository, user) in affiliations
            and self._shown_as_own(call.credential, repository)
        ]
        return _listed(call, _of_type(found, call.query.get("visibility", "all")), "full_name")

    def _of_installation(self, call: Call) -> Answer:
        credential = call.credential
        if not isinstance(credential, InstallationToken):
            raise RefusalError(
                403,
                "You must authenticate with an installation access token in order to list "
                "repositories for an installation.",
            )
        found = [each for each in self._accounts.repositories() if credential.covers(each)]
        shown, headers = call.page(found)
        body = {
            "total_count": len(found),
            "repository_selection": "all" if credential.repository_ids is None else "selected",
            "repositories": [repository_shape(repository) for repository in shown],
        }
        return Answer(body=body, headers=headers)

    def _visible(self, credential: Credential, owner: Organization | User) -> list[Repository]:
        return [each for each in self._owned_by(owner) if self._access.sees(credential, each)]

    def _owned_by(self, owner: Organization | User) -> list[Repository]:
        return [each for each in self._accounts.repositories() if each.owner == owner]

    def _affiliation(self, repository: Repository, user: User) -> str | None:
        owner = repository.owner
        if owner == user:
            return "owner"
        if self._accounts.collaborator(repository, user):
            return "collaborator"
        member = isinstance(owner, Organization) and self._accounts.membership(owner, user)
        return "organization_member" if member else None

    def _shown_as_own(self, credential: Credential, repository: Repository) -> bool:
        covered = not isinstance(credential, GranularToken) or credential.covers(repository)
        return covered and self._access.sees(credential, repository)


def _of_type(repositories: Iterable[Repository], kind: str) -> list[Repository]:
    if kind == "forks":
        return []
    return [
        each
        for each in repositories
        if kind not in {"public", "private"} or each.private == (kind == "private")
    ]


def _check_filters(call: Call) -> None:
    """https://docs.github.com/rest/repos/repos#list-repositories-for-the-authenticated-user."""
    if "type" in call.query and not call.query.keys().isdisjoint({"visibility", "affiliation"}):
        raise RefusalError(
            422,
            "If you specify visibility or affiliation, you cannot specify type.",
        )


def _listed(call: Call, repositories: Sequence[Repository], default_sort: str) -> Answer:
    sort = call.query.get("sort", default_sort)
    by_name = sort == "full_name"
    direction = call.query.get("direction", "asc" if by_name else "desc")
    ordered = sorted(
        repositories,
        key=lambda each: (each.full_name.lower() if by_name else "", each.id),
        reverse=direction == "desc",
    )
    shown, headers = call.page(ordered)
    return Answer(body=[repository_shape(repository) for repository in shown], headers=headers)
