"""From registries to credentials: fetched, checked, and proved before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, Future, wait

from rotate.credential import check
from rotate.deadline import Deadline
from rotate.errors import known
from rotate.model.registry import Credential, Registry
from rotate.registries.interface import Tokens, Verification
from rotate.reporting import Reporter

_HEAD_START = 0.02
"""Seconds that it takes to send the first request."""


def prove(
    registries: Iterable[Registry],
    *,
    tokens: Tokens,
    verification: Verification,
    workers: Executor,
    deadline: Deadline,
    reporter: Reporter,
) -> dict[str, Future[Credential]]:
    """Begin to fetch the credential of each registry, and return them by the registry's name.

    One token is fetched for each source, however many registries it opens. A future raises the
    `RotateError` that kept its registry from having a credential.
    """
    registries = tuple(dict.fromkeys(registries))
    authorizations = {
        source: workers.submit(tokens.authorize, source)
        for source in dict.fromkeys(registry.source for registry in registries)
    }
    for source in tuple(authorizations)[:1]:
        # boto3 takes about as long to load as GitHub to answer the first request of all. It is done
        # here, so that nothing else takes the processor meanwhile, and not from what is sent first.
        wait(authorizations.values(), timeout=_HEAD_START)
        tokens.prepare(source)

    def proved(registry: Registry) -> Credential:
        try:
            return credential_of(registry)
        except Exception as error:
            # Told once: each of thousands of targets would have to find it anew.
            raise known(error) from None

    def credential_of(registry: Registry) -> Credential:
        authorization = authorizations[registry.source].result()
        credential = check(authorization, registry, now=deadline.clock.now())
        if registry.verify:
            verification.verify(credential)
        if registry.probe_image:
            verification.probe(credential, registry.probe_image)
        reporter.proved(registry, credential)
        return credential

    return {registry.name: workers.submit(proved, registry) for registry in registries}
