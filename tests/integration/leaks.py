"""Looks for secrets in everything that a run lets anybody see."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from urllib.parse import quote

from sandbox import Run, Sandbox
from sandbox.faults import Exchange
from sandbox.runner.commands import parse_command

_TELLING = 20
"""Characters of a secret in a row that are a leak."""

_SAMPLE = 10
"""Characters of a sample: where a secret is cut into them, a leak holds a whole one."""


_ENCODED = re.compile("%..")
"""A character as it stands in an address."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one run let anybody see.

    `lines` are those of the stream that carries the masks, `others` everything else. The run had to
    mask what it was `given` as an input, and what it was `told` in answers of AWS and GitHub's OIDC
    service; what it was `granted`, an App's tokens, it had to mask at some time.
    """

    lines: tuple[str, ...]
    others: tuple[str, ...]
    given: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()

    @classmethod
    def by_action(
        cls,
        run: Run,
        *,
        given: frozenset[str] = frozenset(),
        told: frozenset[str] = frozenset(),
        granted: frozenset[str] = frozenset(),
    ) -> Shown:
        """Return what the action showed: streams, log, annotations, outputs, summary, files."""
        annotations = (repr(annotation) for annotation in run.annotations)
        return cls(
            lines=tuple(run.stdout.splitlines()),
            others=(
                *(run.stderr, run.log, *annotations, json.dumps(run.outputs), run.summary),
                *(*run.left, *run.left.values()),
            ),
            given=given,
            told=told,
            granted=granted,
        )

    @classmethod
    def by_command_line(
        cls,
        stdout: str,
        stderr: str,
        left: Mapping[str, str] = MappingProxyType({}),
        *,
        given: frozenset[str] = frozenset(),
        told: frozenset[str] = frozenset(),
        granted: frozenset[str] = frozenset(),
    ) -> Shown:
        """Return what the command line showed, files too; masks go to standard error there."""
        return cls(
            lines=tuple(stderr.splitlines()),
            others=(stdout, *left, *left.values()),
            given=given,
            told=told,
            granted=granted,
        )

    @property
    def visible(self) -> Iterator[str]:
        """Everything but the masks themselves, which the runner keeps from the log."""
        yield from self.others
        yield from (line for line in self.lines if _mask(line) is None)

    def leaked(self, secrets: Iterable[str]) -> set[str]:
        """Return the pieces of secrets that can be seen, plain or encoded."""
        forms = {form for secret in secrets for form in _forms(secret)}
        samples = self._seen(_SAMPLE)
        suspects = [form for form in forms if not samples.isdisjoint(_samples(form))]
        seen = self._seen(_TELLING) if suspects else set()
        return {piece for form in suspects for piece in _pieces(form, _TELLING) if piece in seen}

    def _seen(self, length: int) -> set[str]:
        return {piece for text in self.visible for piece in _pieces(text, length)}

    def masked_late(self) -> set[str]:
        """Return the secrets that were not masked before the first line that could hold them.

        For what was given that is the very first line, for what was told the one that speaks of
        the new token, of several tokens the last, and the first one of an error. A token of which
        no line speaks, for its registry fails, may come after another's line.
        """
        masks = [_mask(line) for line in self.lines]
        at_once = set(takewhile(lambda mask: mask is not None, masks))
        tokens = [place for place, line in enumerate(self.lines) if "new token until" in line]
        errors = [place for place, line in enumerate(self.lines) if _begins_an_error(line)]
        spoken_of = tokens[-1:] if len(tokens) >= self._tokens else []
        in_time = set(masks[: min([*spoken_of, *errors[:1]], default=None)])
        late = set(self.given) - at_once | set(self.told) - in_time
        return late | set(self.granted) - set(masks)

    @property
    def _tokens(self) -> int:
        """How many tokens of ECR the run was told."""
        return sum(_as_ecr_answers(secret) in self.told for secret in self.told)


class Answers:
    """What was answered in a sandbox that may hold a new secret, by whomever it makes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._bodies: list[bytes] = []
        sandbox.witness(self._keep)

    def known(self, secrets: Iterable[str]) -> frozenset[str]:
        """Return the secrets that whoever asked has been told, or has made itself.

        Of an answer that a fault has replaced, changed or cut, nobody is known to have read it.
        """
        told = b"\n".join(self._bodies).decode("utf-8", "replace")
        return frozenset(
            secret
            for secret in secrets
            if _is_assertion(secret) or secret in told or _as_ecr_answers(secret) in told
        )

    def _keep(self, exchange: Exchange) -> None:
        makes_secrets = exchange.host != "api.github.com" or "access_tokens" in exchange.path
        if exchange.genuine and makes_secrets:
            self._bodies.append(exchange.answer)


def _as_ecr_answers(password: str) -> str:
    return b64encode(f"AWS:{password}".encode()).decode()


def searched(run: Run, sandbox: Sandbox) -> Run:
    """Return a run of the action, in which no secret of the sandbox can be seen."""
    assert not Shown.by_action(run).leaked(sandbox.canaries)
    return run


def born(sandbox: Sandbox, before: Collection[str]) -> frozenset[str]:
    """Return the secrets that AWS, its registries and GitHub's OIDC service made since `before`."""
    keys = {
        secret
        for key in sandbox.aws.keys.values()
        if key.session_token
        for secret in (key.secret_access_key, key.session_token)
    }
    tokens = {secret for token in sandbox.aws.tokens for secret in (token.password, token.encoded)}
    id_tokens = {canary for canary in sandbox.canaries if is_id_token(canary)}
    return frozenset((keys | tokens | sandbox.aws.bearers.keys() | id_tokens) - set(before))


def granted(sandbox: Sandbox, before: Collection[str]) -> frozenset[str]:
    """Return the tokens that GitHub made for an App since `before`, and what the App signed."""
    return frozenset(
        canary
        for canary in sandbox.canaries - set(before)
        if canary.startswith("ghs_") or _is_assertion(canary)
    )


def is_id_token(canary: str) -> bool:
    """Tell whether it is a web token of GitHub's OIDC service: only its header names a key."""
    return b'"kid"' in _header(canary)


def _is_assertion(canary: str) -> bool:
    """Tell whether it is a web token that an App signed."""
    return bool(_header(canary)) and not is_id_token(canary)


def _header(canary: str) -> bytes:
    """Return the header of a web token, nothing if it is none."""
    if canary.count(".") != 2 or not canary.startswith("eyJ"):
        return b""
    return urlsafe_b64decode(f"{canary.partition('.')[0]}==")


def _mask(line: str) -> str | None:
    """Return what a line masks, None if it is no mask."""
    command = parse_command(line)
    return command.data if command and command.name == "add-mask" else None


def _begins_an_error(line: str) -> bool:
    """Tell whether an error begins here: the action annotates it, the command line parts it off."""
    return not line or line.startswith("::error")


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, URL-encoded in both cases, and as it looks inside of base64."""
    yield secret
    encoded = quote(secret, safe="")
    yield encoded
    yield _ENCODED.sub(lambda character: character[0].lower(), encoded)
    for offset, start in enumerate((0, 2, 3)):
        # Only the characters that do not depend on what stands before and after.
        end = (offset + len(secret.encode())) * 8 // 6
        yield b64encode(bytes(offset) + secret.encode()).decode()[start:end]


def _pieces(text: str, length: int) -> Iterator[str]:
    if len(text) < length:
        yield text
    for start in range(len(text) - length + 1):
        yield text[start : start + length]


def _samples(form: str) -> list[str]:
    """Return the form cut into samples: a tenth of its pieces, and yet enough to clear it."""
    return [form[start : start + _SAMPLE] for start in range(0, len(form), _SAMPLE)]
