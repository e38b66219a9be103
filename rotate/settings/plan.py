"""From inputs to a plan, or to the list of everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rotate.errors import Fault, InvalidSettings
from rotate.model.plan import App, Command, GitHubAccess, IssueAccess, Limits, Notify, Plan
from rotate.model.registry import Registry
from rotate.model.target import USER, Scope, Selection
from rotate.settings import configuration, github, inputs, registry, target, values
from rotate.settings.configuration import LIMIT_KEYS, Configuration, Entry
from rotate.settings.inputs import Section
from rotate.settings.reader import Reader, did_you_mean


def read(
    given: Mapping[str, str],
    environment: Mapping[str, str],
    *,
    load: Callable[[str], bytes],
    offline: bool = False,
) -> Plan:
    """Return the plan that the inputs, or the configuration file they name, describe.

    Args:
        given: the inputs by name; a blank value is the same as an absent one.
        environment: the variables of GitHub's runner and of AWS that inputs default to.
        load: returns the content of the file at a path; raises `OSError` if there is none.
        offline: whether the plan is only looked at, so that no GitHub credential is needed.

    Raises:
        InvalidSettings: something is wrong; it lists everything that is.
    """
    faults: list[Fault] = []
    reader = Reader.of_inputs(given, environment=environment, faults=faults)
    reader.allow(inputs.NAMES, "an input of this action")
    described = _file(reader, load) if reader.has("config") else _one(reader)
    command = _command(reader)
    plan = Plan(
        command=command,
        registries=described.registries,
        selections=described.selections,
        limits=described.limits,
        github=GitHubAccess() if offline else _github(reader, described.selections),
        concurrency=reader.take("concurrency", values.whole_number(1, 100)),
        timeout=reader.take("timeout", values.duration),
        issues=_issues(reader, command),
        warnings=tuple(_warnings(described.registries)),
        owners=_owners(reader, described.selections),
        html=_html(reader, command),
    )
    if faults:
        raise InvalidSettings(tuple(sorted(set(faults), key=_reading_order)))
    return plan


def _command(reader: Reader) -> Command:
    command = reader.take("command", values.one_of(Command))
    dry_run = reader.take("dry-run", values.boolean)
    return Command.PLAN if dry_run and command is Command.RUN else command


def _issues(reader: Reader, command: Command) -> IssueAccess | None:
    """Return where a failure is told; what only looks at the set-up tells nobody."""
    notify = reader.take("notify", values.one_of(Notify))
    if notify is Notify.NONE or command not in (Command.RUN, Command.STATUS):
        return None
    repository = reader.environment.get("GITHUB_REPOSITORY", "")
    if not repository:
        reader.fault("notify", "is `issue`, but no workflow runs whose repository could hold it.")
    token = reader.need(
        "notify-token",
        github.token,
        "NOTIFY_TOKEN",
        missing="is missing beside `notify: issue`.",
        stand_in="",
    )
    return IssueAccess(repository=repository, token=token)


def _owners(reader: Reader, selections: tuple[Selection, ...]) -> tuple[str, ...]:
    """Return whose targets are looked at; a misspelt owner would pass for one with nothing due."""
    owners = reader.maybe("owners", values.listed(github.owner_or_user)) or ()
    if reader.faults:
        # What is wrong with a target may be why nobody is known by that name.
        return ()
    known = {login or USER for selection in selections for login in selection.logins}
    for owner in owners:
        if owner.lower() not in known:
            problem = values.quoted(owner, "owns none of the targets.")
            reader.fault("owners", problem, did_you_mean(owner.lower(), known))
    return owners


def _html(reader: Reader, command: Command) -> str | None:
    if reader.has("html") and command is not Command.STATUS:
        reader.fault("html", "must be absent but with `command: status`, which alone writes it.")
    return reader.maybe("html", values.path)


class _Described(NamedTuple):
    registries: tuple[Registry, ...]
    selections: tuple[Selection, ...]
    limits: Limits = Limits()


def _one(reader: Reader) -> _Described:
    """The inputs are a file with one registry and one target."""
    only = registry.read(reader, "default")
    return _Described((only,), target.read(reader, only, run=reader))


def _file(reader: Reader, load: Callable[[str], bytes]) -> _Described:
    for section in (Section.REGISTRY, Section.TARGET, Section.SCOPE):
        for name in inputs.names_of(section):
            if reader.has(name) and name != "renew-before":
                reader.fault(name, "must be absent with `config`: write it into the file.")
    configuration = _configuration(reader, load)
    registries = {
        entry.registry: registry.read(_entry_reader(reader, entry), entry.registry)
        for entry in configuration.registries
    }
    # A target whose registry is misspelt is read all the same: its other faults count, too.
    stand_in = next(iter(registries.values()), None)
    selections = [
        selection
        for entry in configuration.targets
        if (source := registries.get(entry.registry, stand_in))
        for selection in target.read(_entry_reader(reader, entry), source, run=reader)
    ]
    return _Described(tuple(registries.values()), tuple(selections), _limits(configuration, reader))


def _limits(configuration: Configuration, reader: Reader) -> Limits:
    given = Reader(configuration.limits, environment={}, faults=reader.faults)
    number = values.whole_number(1, 1_000_000)
    numbers = {key.replace("-", "_"): given.maybe(key, number) for key in LIMIT_KEYS}
    return Limits(**{key: value for key, value in numbers.items() if value})


def _configuration(reader: Reader, load: Callable[[str], bytes]) -> Configuration:
    path = reader.maybe("config", values.path)
    if path is None:
        return Configuration()
    try:
        content = load(path)
    except OSError as error:
        reader.fault("config", f"`{path}` cannot be read: {error.strerror}.")
        return Configuration()
    return configuration.read(content, reader.faults)


def _entry_reader(reader: Reader, entry: Entry) -> Reader:
    return Reader(
        entry.values,
        environment=reader.environment,
        faults=reader.faults,
        path=entry.path,
        line=entry.line,
    )


def _warnings(registries: tuple[Registry, ...]) -> Iterator[str]:
    for identity in dict.fromkeys(one.source.identity for one in registries):
        if identity.session_policy and not identity.last_role:
            yield (
                "Without `role-to-assume` or `role-chain` no session policy applies: the token "
                "carries every ECR right of boto3's own credentials."
            )


def _github(reader: Reader, selections: tuple[Selection, ...]) -> GitHubAccess:
    if not (reader.has("app-id") or reader.has("app-private-key")):
        token = reader.need(
            "github-token",
            github.token,
            "GITHUB_TOKEN",
            "GH_TOKEN",
            missing="is missing: pass a personal access token, or `app-id` and "
            "`app-private-key` of a GitHub App. A misspelt secret name gives an empty value.",
            stand_in="",
        )
        return GitHubAccess(api_url=_api_url(reader), token=token)
    if reader.has("github-token"):
        reader.fault("github-token", "must be absent with `app-id`: give one or the other.")
    if any(selection.target.scope is Scope.USER for selection in selections):
        reader.fault("app-id", "cannot write a user's secrets: pass the user's `github-token`.")
    app = App(
        id=reader.need(
            "app-id", github.app_id, missing="is missing beside `app-private-key`.", stand_in=""
        ),
        private_key=reader.need(
            "app-private-key",
            github.private_key,
            "APP_PRIVATE_KEY",
            missing="is missing beside `app-id`.",
            stand_in="",
        ),
    )
    return GitHubAccess(api_url=_api_url(reader), app=app)


def _api_url(reader: Reader) -> str:
    url = reader.environment.get("GITHUB_API_URL", "").rstrip("/")
    if url and not github.is_api_url(url):
        reader.fault(
            "GITHUB_API_URL",
            "is not an address such as `https://api.github.com`: the token is sent there.",
        )
    return url or GitHubAccess.api_url


def _reading_order(fault: Fault) -> tuple[int, int, str]:
    """Inputs in their own order, then the lines of the file from top to bottom."""
    known = inputs.NAMES.index(fault.path) if fault.path in inputs.NAMES else -1
    return (fault.line or 0, known, str(fault))
