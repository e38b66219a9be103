"""The longer remedies: the YAML, JSON or command that fixes what went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rotate import hosts, policies
from rotate.grant import Grant, Kind, needed
from rotate.model.target import Scope, Target

INPUTS = (
    "Correct the inputs; "
    "https://github.com/rotate-ecr-token/rotate-ecr-token#inputs explains each of them."
)

ALLOW_OIDC = """\
Allow the job to ask for an ID token, in the workflow:

    permissions:
      id-token: write

A reusable workflow needs it in its caller too, and a pull request from a fork can never have it."""

INCOMPLETE = (
    "Run the rotation: it makes the three whole again. If it has just run, compare `secret-prefix` "
    "and `stores` with those it ran with."
)

EXPIRED = (
    "Run the rotation now. Then see why its last runs failed or never began: GitHub disables the "
    "schedule of a public repository after 60 days without activity. A codespace that is open "
    "reads the new password when it is stopped and started again."
)

DUE = "The next run of the rotation renews it. If one should have by now, see why it did not."

ALLOW_ISSUES = """\
Allow the job to write issues, in the workflow:

    permissions:
      issues: write

A `notify-token` of your own needs the permission `issues: write` on this repository."""

OUTAGE_OF_GITHUB = (
    "Run again. If it lasts, look at https://www.githubstatus.com and at the proxy or firewall "
    "between the runner and GitHub."
)

SET_THE_CLOCK = (
    "Set the clock of the (self-hosted) runner, for example with chrony or systemd-timesyncd. AWS "
    "accepts five minutes at most."
)

SESSION: Mapping[str, str] = {
    "role-duration-seconds": "Lower `role-duration-seconds`, or raise the role's maximum session "
    "duration: `aws iam update-role --role-name <name> --max-session-duration <seconds>`. "
    "Chained roles get 3600 at most.",
    "session-policy": "Correct or shorten `session-policy`; `session-policy: none` leaves the "
    "role's own rights.",
    "aws-region": "Activate the region in the account's settings, or set `aws-region` to one "
    "that is active.",
}
"""Remedy for each input that STS may refuse."""

_GITHUB_SUBJECT = re.compile(
    r"repo:(?P<owner>[^/:@]+)(?:@\d+)?/(?P<name>[^/:@]+)(?:@\d+)?:(?P<rest>.*)"
)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The claims of an ID token that a trust policy looks at; no secret."""

    sub: str
    audience: str
    issuer: str
    owner_id: str = ""
    repository_id: str = ""

    def subjects(self) -> list[str]:
        """Return every form of `sub` that GitHub gives this workflow.

        Repositories created, renamed or transferred since 2026-07-15 present IDs beside names:
        https://docs.github.com/actions/reference/security/oidc
        """
        match = _GITHUB_SUBJECT.fullmatch(self.sub)
        if not match or not (self.owner_id and self.repository_id):
            return [self.sub]
        owner, name, rest = match.group("owner", "name", "rest")
        named = f"repo:{owner}/{name}:{rest}"
        numbered = f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}:{rest}"
        return [named, numbered]


FEWER_WRITES = (
    "Run again later. One organization secret does the work of many repository secrets; "
    "`secrets: password` writes one secret instead of three."
)

_WORKFLOW_TOKEN = "not accessible by integration"  # noqa: S105 - words of GitHub's
"""What GitHub says to the workflow's own token, and to an App without the permission."""


def secrets_permission(target: Target, message: str, sso: str) -> str:
    """Return what to grant a credential so that it can write such secrets.

    It names the level and not the target: many targets of one level have one remedy.
    """
    need = needed(target)
    lines = []
    if _WORKFLOW_TOKEN in message:
        lines.append(
            "If `github-token` is the workflow's own `GITHUB_TOKEN`: that one can never write "
            "these secrets. Pass a personal access token, or `app-id` and `app-private-key`."
        )
    lines.append(
        f"To write {target.store} secrets at the level {target.scope}, a fine-grained token"
        f"{'' if target.scope is Scope.USER else ' or a GitHub App'} needs "
        f"`{need.permission}: write`, a classic token the scope `{need.scope}`."
    )
    if target.scope is Scope.ORGANIZATION:
        lines.append(
            "The owner of a classic token must own the organization. On the Free plan an "
            "organization has no Codespaces secrets."
        )
    lines.append("Check the spelling of what is named, too.")
    return " ".join([*lines, *([single_sign_on(sso)] if sso else [])])


ANOTHER_CREDENTIAL = (
    "It can never write these secrets, whatever `permissions` the workflow has. Pass a personal "
    "access token as `github-token`, or `app-id` and `app-private-key` of a GitHub App."
)


def widen(grant: Grant, target: Target) -> str:
    """Return what to grant a credential whose kind is known, so that it can write such secrets."""
    need = needed(target)
    if grant.kind is Kind.WORKFLOW:
        return ANOTHER_CREDENTIAL
    if grant.scopes is not None:
        return (
            f"Give it the scope `{need.scope}` at https://github.com/settings/tokens; it has "
            f"{', '.join(f'`{scope}`' for scope in grant.scopes) or 'none'}."
        )
    if grant.kind is Kind.FINE_GRAINED:
        return (
            f"Give it the permission `{need.permission}: write` at "
            "https://github.com/settings/personal-access-tokens, with "
            f"{target.login or 'yourself'} as its resource owner. Where an organization approves "
            "such tokens, an owner of it must approve the change."
        )
    return (
        f"Let the App ask for `{need.permission}: write`, in its settings under Permissions & "
        f"events; then let {target.login} accept it, at {grant.settings or 'its installation'}."
    )


def github_permission(accepted: str, sso: str) -> str:
    """Return what to grant a credential, from what GitHub said.

    https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    lines = ["Check the spelling, and that the GitHub credential may see it."]
    if accepted:
        lines.append(f"GitHub would accept the permission `{accepted}`.")
    return " ".join([*lines, *([single_sign_on(sso)] if sso else [])])


def single_sign_on(header: str) -> str:
    """Return how to authorize a token, from GitHub's header `X-GitHub-SSO`.

    https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso
    """
    advice = "Authorize the token for the organization's single sign-on"
    _, given, url = header.partition("url=")
    return f"{advice}: {url}" if given else f"{advice}."


def trust_policy(role: str, claims: Claims) -> str:
    """Return the trust policy with which `role` accepts exactly this workflow."""
    policy = policies.trust(
        role, issuer=claims.issuer, audience=claims.audience, subjects=claims.subjects()
    )
    return (
        "Give the role this trust policy (or check that the role exists):\n\n"
        f"{policies.as_json(policy)}"
    )


def oidc_provider(role: str, claims: Claims) -> str:
    """Return the commands that make an account accept GitHub's ID tokens for the audience."""
    return (
        "Register GitHub as an OIDC provider in the role's account:\n\n"
        f"    aws iam create-open-id-connect-provider --url {claims.issuer} "
        f"--client-id-list {claims.audience}\n\n"
        "or, where it is registered already, add the audience:\n\n"
        "    aws iam add-client-id-to-open-id-connect-provider "
        f"--open-id-connect-provider-arn {policies.provider(role, claims.issuer)} "
        f"--client-id {claims.audience}"
    )


def allow_actions(actions: tuple[str, ...]) -> str:
    """Return the policy that grants actions which IAM knows on no single resource."""
    policy = policies.document(policies.anywhere(actions))
    return (
        "Give the role this permission (a `session-policy` must leave it, too):\n\n"
        f"{policies.as_json(policy)}"
    )


def allow_pull(host: str, repository: str) -> str:
    """Return the policy with which `repository` of a registry may be pulled."""
    if host == hosts.PUBLIC_HOST:
        return allow_actions(policies.PUBLIC_ACTIONS)
    policy = policies.document(policies.on_repositories(host, [repository]))
    return (
        "Give the role this permission; for a registry of another account, the repository's own "
        f"policy must allow the same actions to the role:\n\n{policies.as_json(policy)}"
    )


NARROWER_SESSION = {
    True: "Remove `session-policy: none`, or narrow your own policy: the default `pull` leaves the "
    "session what a pull needs.",
    False: "Use credentials that may only pull, or let them assume a role that may, with "
    "`role-chain`: without a role there is no session that `session-policy` could narrow.",
}
"""What to do about a session that may do more than pull, by whether a role is assumed."""
