"""From answers to a set-up, or to all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from rotate import hosts
from rotate.errors import Fault, InvalidOptions
from rotate.model.registry import Registry
from rotate.model.target import Scope, Selection
from rotate.settings import aws, github, inputs, registry, target, values
from rotate.settings.reader import Reader
from rotate.setup import options
from rotate.setup.model import GitHubCredential, Setup

_PUBLIC_SESSION = "43200"
"""Seconds: AWS has been seen to refuse a token of ECR Public once its session had ended:
https://github.com/GoogleContainerTools/kaniko/issues/3199"""


def read(given: Mapping[str, str]) -> Setup:
    """Return the set-up that the options describe; a blank one is the same as an absent one.

    Raises:
        InvalidOptions: something is wrong; it lists everything that is.
    """
    faults: list[Fault] = []
    setup = _Reading(given, faults).setup()
    if faults:
        each = dict.fromkeys(faults)
        raise InvalidOptions(tuple(sorted(each, key=lambda one: options.NAMES.index(one.path))))
    return setup


class _Reading:
    """Reads what is an option of `init` alone; what is an input, `settings` reads."""

    def __init__(self, given: Mapping[str, str], faults: list[Fault]) -> None:
        # What is no option is not looked at: a fault of it would have no place among theirs.
        texts = {name: given.get(name, "").strip() for name in options.NAMES}
        self._given = {name: text for name, text in texts.items() if text}
        self._faults = faults
        self._own = self._reader(self._given)

    def setup(self) -> Setup:
        own = self._own
        repository = own.need("ops-repository", _repository, missing=_MISSING, stand_in=_UNKNOWN)
        source = registry.read(self._with_session(), "ecr")
        role = self._role(source)
        organizations = self._organizations(repository)
        selections = self._selections(repository, organizations, source)
        setup = Setup(
            repository=repository,
            branch=own.maybe("branch", _branch) or options.default("branch"),
            owner_id=own.maybe("owner-id", _number) or "",
            repository_id=own.maybe("repository-id", _number) or "",
            role=role,
            oidc_provider=own.maybe("oidc-provider", values.boolean) is not False,
            registry=source,
            ecr_repositories=own.maybe("ecr-repositories", values.listed(_ecr_repository)) or (),
            inputs=self._inputs(role, source, selections, repository) if selections else {},
            organizations=organizations,
            selections=selections,
            credential=own.maybe("github-access", values.one_of(GitHubCredential))
            or GitHubCredential.TOKEN,
            config=bool(own.maybe("config", values.boolean)) or len(organizations) > 1,
        )
        self._check(setup)
        return setup

    def _reader(self, given: Mapping[str, str], **environment: str) -> Reader:
        return Reader.of_inputs(given, environment=environment, faults=self._faults)

    def _with_session(self) -> Reader:
        """A token of ECR Public lasts as long as the session that asked for it."""
        public = self._given.get("registry") == hosts.PUBLIC_HOST
        session = {"role-duration-seconds": _PUBLIC_SESSION} if public else {}
        return self._reader({**self._given, **session})

    def _role(self, source: Registry) -> str:
        account = self._own.need(
            "aws-account",
            aws.account,
            missing="is missing: name the AWS account that the role is made in.",
            stand_in="000000000000",
        )
        name = self._own.maybe("role-name", _role_name) or options.default("role-name")
        partition = hosts.partition(source.source.identity.region)
        return f"arn:{partition}:iam::{account}:role/{name}"

    def _organizations(self, repository: str) -> tuple[str, ...]:
        if self._own.maybe("scope", values.one_of(Scope)) is not Scope.ORGANIZATION:
            return ()
        named = self._own.maybe("organization", values.listed(github.owner))
        return named or (repository.partition("/")[0],)

    def _selections(
        self, repository: str, organizations: tuple[str, ...], source: Registry
    ) -> tuple[Selection, ...]:
        """Read the targets as a run does: one for each organization, else one."""
        each = [{**self._given, "organization": name} for name in organizations] or [self._given]
        readers = [self._reader(given, GITHUB_REPOSITORY=repository) for given in each]
        return tuple(
            selection for reader in readers for selection in target.read(reader, source, run=reader)
        )

    def _inputs(
        self, role: str, source: Registry, selections: tuple[Selection, ...], repository: str
    ) -> dict[str, str]:
        """Return what the action is given, in the order in which people read its inputs."""
        first = selections[0].target
        patterns = selections[0].patterns if "repositories" in self._given else ()
        texts = {
            "role-to-assume": role,
            "aws-region": source.source.identity.region,
            "registry": self._given.get("registry"),
            "role-duration-seconds": str(source.source.identity.duration),
            "probe-image": source.probe_image,
            "scope": first.scope.value,
            "organization": first.owner if first.owner != repository.partition("/")[0] else None,
            "repositories": ", ".join(patterns),
            "secret-prefix": first.prefix,
            "stores": ", ".join(dict.fromkeys(one.target.store for one in selections)),
        }
        return {
            name: text
            for name, text in texts.items()
            if text and (name == "scope" or text != inputs.default(name))
        }

    def _check(self, setup: Setup) -> None:
        missing = {"owner-id", "repository-id"} - self._given.keys()
        if len(missing) == 1:
            self._own.fault(missing.pop(), "is missing: GitHub's tokens carry both IDs, or none.")
        self._check_pulls(setup)
        self._check_credential(setup)

    def _check_pulls(self, setup: Setup) -> None:
        if setup.is_public and setup.ecr_repositories:
            self._own.fault("ecr-repositories", "must be absent with `public.ecr.aws`.")
        if setup.is_public:
            return
        if "ecr-repositories" not in self._given:
            self._own.fault("ecr-repositories", "is missing: name what codespaces pull from.")
        probed = re.split("[:@]", setup.registry.probe_image or "")[0]
        allowed = setup.ecr_repositories
        if probed and allowed and not any(fnmatchcase(probed, name) for name in allowed):
            self._own.fault("probe-image", f"`{probed}` is none of `ecr-repositories`.")

    def _check_credential(self, setup: Setup) -> None:
        scopes = {selection.target.scope for selection in setup.selections}
        if setup.credential is GitHubCredential.APP and Scope.USER in scopes:
            self._own.fault("github-access", "cannot be `app`: no App writes a user's secrets.")
        if setup.credential is GitHubCredential.TOKEN and len(setup.owners) > 1:
            self._own.fault(
                "github-access",
                "must be `app`: a fine-grained token reaches one owner, and "
                f"{', '.join(f'`{owner}`' for owner in setup.owners)} are several.",
            )


_UNKNOWN = "owner/name"
"""What stands for a repository that is not told, so that nothing else seems to be missing."""

_MISSING = "is missing: name the repository that the workflow runs in, as `owner/name`."


def _matching(pattern: str, problem: str) -> Callable[[str], str]:
    """Return a reader of texts that a pattern of ASCII characters describes."""

    def read_text(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(problem)
        return text

    return read_text


_repository = _matching(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}",
    "is not a repository: write `owner/name`.",
)
_branch = _matching(
    r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./+@#=-]{0,243}",
    "is not the name of a branch, such as `main`.",
)
_number = _matching(r"[1-9][0-9]{0,19}", "is not an ID, which is a number.")
_role_name = _matching(r"[\w+=,.@-]{1,64}", "must be 1 to 64 characters of `A-Za-z0-9_+=,.@-`.")
_ecr_repository = _matching(
    r"[a-z0-9*]+(?:[._/-]+[a-z0-9*]+)*",
    "is not an ECR repository, such as `base/devcontainer` or `team/*`, without a host or a tag.",
)
