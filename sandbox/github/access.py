"""Who may do what: the statuses and messages by which GitHub says no."""

from __future__ import annotations

from sandbox.github.accounts import (
    Account,
    Accounts,
    Organization,
    Repository,
    Role,
    User,
    at_least,
    permissions,
)
from sandbox.github.answers import ORIGIN, Call, RefusalError, not_found
from sandbox.github.apps import App
from sandbox.github.credentials import (
    Anonymous,
    AppAssertion,
    ClassicToken,
    Credential,
    FineGrainedToken,
    GranularToken,
    InstallationToken,
)

_MOVED = {"GET": 301, "HEAD": 301}


class Access:
    """Finds what a call's path names, as far as its credential may see and use it."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def sees(self, credential: Credential, repository: Repository) -> bool:
        """Tell whether the repository exists as far as this credential can know."""
        if not repository.private:
            return True
        match credential:
            case ClassicToken(user=user):
                role = self._accounts.role(repository, user)
                return credential.has_scope("repo") and role is not None
            case FineGrainedToken(user=user):
                role = self._accounts.role(repository, user)
                return credential.covers(repository) and role is not None
            case InstallationToken():
                return credential.covers(repository)
        return False

    def repository(self, call: Call) -> Repository:
        """Return the repository that the call's path names.

        Raises:
            RefusalError: 404 when it is not to be seen; a redirection when it was renamed.
        """
        repository = self.named_repository(call)
        self._check_single_sign_on(call.credential, repository.owner)
        if not self.sees(call.credential, repository):
            raise not_found()
        self.check_present_name(call, repository)
        return repository

    def named_repository(self, call: Call) -> Repository:
        """Return the repository that the path names, seen or unseen.

        Raises:
            RefusalError: 404 when there is none.
        """
        number = call.parameters.get("repository_id")
        key = f"{call.parameters.get('owner')}/{call.parameters.get('repo')}"
        try:
            return self._accounts.repository(int(number) if number else key)
        except LookupError:
            raise not_found() from None

    def check_present_name(self, call: Call, repository: Repository) -> None:
        """Raise the `RefusalError` that leads from a former name to the repository.

        It is a 301 for a read and a 307 for anything else:
        https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
        """
        if "owner" not in call.parameters:
            return
        former = f"{call.parameters['owner']}/{call.parameters['repo']}"
        if former.lower() != repository.full_name.lower():
            raise _moved(call, repository, former)

    def administered_repository(self, call: Call, role: Role) -> Repository:
        """Return the repository of the path, provided that the credential has this role in it.

        Raises:
            RefusalError: as `repository`, and 401 or 403.
        """
        repository = self.repository(call)
        check_permissions(call)
        if isinstance(call.credential, GranularToken) and not call.credential.covers(repository):
            raise _not_accessible(call.credential)
        user = user_of(call.credential)
        if user and not at_least(self._accounts.role(repository, user), role):
            raise RefusalError(403, "Must have admin rights to Repository.")
        return repository

    def organization(self, call: Call) -> Organization:
        """Return the organization that the call's path names; raises a 404 `RefusalError`."""
        number = call.parameters.get("organization_id", "")
        key = int(number) if number.isdecimal() else call.parameters.get("org", "")
        organization = self._accounts.organization(key)
        if organization is None:
            raise not_found()
        self._check_single_sign_on(call.credential, organization)
        return organization

    def _check_single_sign_on(self, credential: Credential, owner: Account) -> None:
        """Refuse a classic token that was not authorized.

        https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso
        """
        if not isinstance(credential, ClassicToken) or owner.login in credential.authorized:
            return
        if self._accounts.requires_single_sign_on(owner):
            url = f"https://github.com/orgs/{owner.login}/sso?authorization_request=A1B2C3"
            raise RefusalError(
                403,
                "Resource protected by organization SAML enforcement. You must grant your "
                "Personal Access token access to this organization.",
                headers={"X-GitHub-SSO": f"required; url={url}"},
            )

    def permissions(self, credential: Credential, repository: Repository) -> dict[str, bool]:
        """Return what the person behind a credential may do in a repository, if there is one."""
        user = user_of(credential)
        return permissions(self._accounts.role(repository, user)) if user else {}

    def owned_organization(self, call: Call) -> Organization:
        """Return the organization of the path, provided that the credential may manage it.

        Raises:
            RefusalError: 401, 403, or 404 to those who are not its members.
        """
        organization = self.organization(call)
        credential, user = call.credential, user_of(call.credential)
        membership = self._accounts.membership(organization, user) if user else None
        if user and membership is None:
            raise not_found()
        check_permissions(call)
        if isinstance(credential, GranularToken) and credential.owner != organization:
            raise _not_accessible(credential)
        if user and membership != "admin":
            raise RefusalError(
                403,
                "You must be an org admin or have the organization secrets "
                "fine-grained permission.",
            )
        return organization

    def manages(self, credential: Credential, organization: Organization) -> bool:
        """Tell whether the credential shows an owner's view of the organization."""
        user = user_of(credential)
        if user and self._accounts.membership(organization, user) != "admin":
            return False
        if isinstance(credential, ClassicToken):
            return credential.has_scope("admin:org")
        return (
            isinstance(credential, GranularToken)
            and credential.owner == organization
            and credential.grants({"organization_plan": "read"})
        )


def user_of(credential: Credential) -> User | None:
    """Return the person behind a credential, if there is one."""
    return credential.user if isinstance(credential, ClassicToken | FineGrainedToken) else None


def authenticated_user(call: Call) -> User:
    """Return the person whom the call speaks for, once the endpoint's needs are met.

    Raises:
        RefusalError: 401 or 403; an installation has no person behind it.
    """
    check_permissions(call)
    user = user_of(call.credential)
    if user is None:
        raise RefusalError(403, "Resource not accessible by integration")
    return user


def authenticated_app(call: Call) -> App:
    """Return the App whose web token came with the call; raises a 401 `RefusalError`."""
    if not isinstance(call.credential, AppAssertion):
        raise RefusalError(401, "A JSON web token could not be decoded")
    return call.credential.app


def check_permissions(call: Call) -> None:
    """Raise a `RefusalError` unless the credential has what the endpoint needs."""
    credential = call.credential
    match credential:
        case Anonymous():
            raise RefusalError(401, "Requires authentication")
        case AppAssertion():
            raise RefusalError(403, "Resource not accessible by integration")
        case ClassicToken():
            scopes = call.endpoint.scopes
            if scopes and not credential.has_scope(*scopes):
                raise RefusalError(403, "Must have admin rights to Repository.")
        case FineGrainedToken() | InstallationToken():
            if not credential.grants(call.endpoint.permissions):
                raise _not_accessible(credential)


def _not_accessible(credential: Credential) -> RefusalError:
    kind = "personal access token" if isinstance(credential, FineGrainedToken) else "integration"
    return RefusalError(403, f"Resource not accessible by {kind}")


def _moved(call: Call, repository: Repository, former: str) -> RefusalError:
    target = f"{ORIGIN}/repositories/{repository.id}{call.url.removeprefix(f'/repos/{former}')}"
    status = _MOVED.get(call.method, 307)
    message = "Moved Permanently" if status == 301 else "Temporary Redirect"
    return RefusalError(status, message, headers={"Location": target}, url=target)
