"""GitHub's REST API, answered in memory below PyGithub's connection."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from rotate.errors import (
    GitHubDenied,
    GitHubRefusal,
    GitHubTokenRejected,
    GitHubUnavailable,
    InstallationTokenRejected,
    RepositoryArchived,
    RotateError,
    Unprocessable,
)
from rotate.stores.answer import Answer
from tests.unit.fakes import FakeClock
from tests.unit.internet import BOMB, Internet, answered
from tests.unit.stores.at_github import URL, github


def test_get(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """A GET has the token, the API's version and our name, and gives the JSON of the answer."""
    answers.append(answered(200, '{"id": 1}', {"X-Thing": "a"}))
    answer = github().get("/repos/acme/api")
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (200, {"id": 1}, "a")
    (request,) = internet.sent
    assert (request.method, request.url) == ("GET", f"{URL}/repos/acme/api")
    assert request.headers["Authorization"] == "Bearer ghp_token"
    assert request.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert request.headers["User-Agent"].startswith("rotate-ecr-token/")
    assert "gzip" in request.headers["Accept-Encoding"]
    assert internet.timeouts == [8.0]


def test_asked_once(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """urllib3 neither asks again nor follows a redirect by itself: it knows no deadline."""
    answers.append(answered(200, "{}"))
    github().get("/user")
    assert (internet.options[0]["retries"], internet.options[0]["redirect"]) == (False, False)


def test_writes(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """A PUT and a PATCH have a body, a POST has none, and an empty answer has neither."""
    answers += [answered(204), answered(201, '{"token": "ghs_x"}'), answered(200, '{"id": 1}')]
    assert github().put("/secret", {"key_id": "1"}) == Answer(status=204, headers={}, body=None)
    assert github().post("/tokens").body == {"token": "ghs_x"}
    assert github().patch("/issue", {"state": "closed"}).body == {"id": 1}
    assert [request.method for request in internet.sent] == ["PUT", "POST", "PATCH"]
    put, _, patch = internet.sent
    assert json.loads(put.body or "") == {"key_id": "1"}
    assert json.loads(patch.body or "") == {"state": "closed"}


def test_another_api(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """The API of another GitHub is asked below its own path."""
    answers.append(answered(200, "{}"))
    github(api_url="https://github.example.com/api/v3").get("/user")
    assert internet.sent[0].url == "https://github.example.com/api/v3/user"


def test_pages(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """A listing is read to its last page."""
    link = f'<{URL}/x>; rel="last", <{URL}/user/repos?per_page=100&page=2>; rel="next"'
    answers += [
        answered(200, '[{"id": 1}, {"id": 2}]', {"Link": link}),
        answered(200, '[{"id": 3}]', {"Link": f'<{URL}/x>; rel="first"'}),
    ]
    assert [entry["id"] for entry in github().pages("/user/repos")] == [1, 2, 3]
    assert [str(request.url).partition("?")[2] for request in internet.sent] == [
        "per_page=100",
        "page=2&per_page=100",
    ]


def test_pages_below_a_name(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """The entries of a listing may stand under a name."""
    answers.append(answered(200, '{"total_count": 1, "secrets": [{"name": "ECR"}]}'))
    assert list(github().pages("/secrets", "secrets")) == [{"name": "ECR"}]


def test_pages_without_a_size(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A listing that takes no `per_page` is read to its end all the same."""
    link = f'<{URL}/chosen?page=2>; rel="next"'
    answers += [
        answered(200, '{"total_count": 2, "repositories": [{"id": 1}]}', {"Link": link}),
        answered(200, '{"total_count": 2, "repositories": [{"id": 2}]}'),
    ]
    listing = github().pages("/chosen", "repositories", query="")
    assert [entry["id"] for entry in listing] == [1, 2]
    assert [request.url for request in internet.sent] == [
        f"{URL}/chosen",
        f"{URL}/chosen?page=2",
    ]


def test_pages_that_are_missing(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A listing shorter than it says fails: what was sent again from it would be cut short."""
    answers.append(answered(200, '{"total_count": 31, "repositories": [{"id": 1}, {"id": 2}]}'))
    with pytest.raises(GitHubUnavailable, match="lists 2 of 31"):
        list(github().pages("/chosen", "repositories"))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("{}", "secrets"),
        ("1", "secrets"),
        ("", "secrets"),
        ("[]", "secrets"),
        ('{"secrets": null}', "secrets"),
        ('{"secrets": {}}', "secrets"),
        ('{"secrets": [], "total_count": "many"}', "secrets"),
        ("{}", None),
        ("", None),
    ],
)
def test_answer_that_is_no_listing(
    text: str,
    items: str | None,
    internet: Internet,
    answers: list[requests.Response | Exception],
) -> None:
    """An answer without entries fails, for nothing may be taken for an empty listing."""
    answers.append(answered(200, text))
    with pytest.raises(GitHubUnavailable, match="no listing"):
        list(github().pages("/secrets", items))


@pytest.mark.parametrize(
    ("answer", "error", "what"),
    [
        (answered(401, "{}"), GitHubTokenRejected, "HTTP 401"),
        (answered(403, '{"message": "Repository was archived"}'), RepositoryArchived, "archived"),
        (answered(403, '{"message": "Archived"}'), RepositoryArchived, "archived"),
        (answered(403, '{"message": "no"}'), GitHubDenied, "HTTP 403: no"),
        (answered(404, '{"message": "Not Found"}'), GitHubDenied, "HTTP 404: Not Found"),
        (answered(404, '{"message": "archived"}'), GitHubDenied, "HTTP 404: archived"),
        (answered(404, b'{"message": "no \xff"}'), GitHubDenied, "HTTP 404: no \ufffd"),
        (answered(422, '{"message": "Bad\\nrequest"}'), Unprocessable, "HTTP 422: Bad request"),
        (answered(409, "<html>"), GitHubRefusal, "HTTP 409: no message"),
        (answered(409, '{"message": "Conflict"}'), GitHubRefusal, "HTTP 409: Conflict"),
        (answered(202), GitHubRefusal, "HTTP 202"),
    ],
)
def test_refusals(
    answer: requests.Response,
    error: type[RotateError],
    what: str,
    internet: Internet,
    answers: list[requests.Response | Exception],
) -> None:
    """A refusal is told apart by its status and message, and not repeated."""
    answers.append(answer)
    with pytest.raises(error, match=what) as caught:
        github().get("/orgs/acme")
    assert type(caught.value) is error
    assert caught.value.where == "GET /orgs/acme"
    assert len(internet.sent) == 1


@pytest.mark.parametrize("seconds", [0.0, 4.9])
def test_new_token_of_an_installation(
    seconds: float, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A token that an App has just got is tried again where GitHub does not know it yet."""
    clock = FakeClock()
    api = github(clock, token=lambda: "ghs_1187432_new")
    answers += [answered(200, "{}"), answered(401, "{}"), answered(200, '{"id": 1}')]
    api.get("/installation/repositories")
    clock.advance(seconds)
    assert api.get("/orgs/acme").body == {"id": 1}
    assert len(clock.slept) == 1


def test_token_that_stays_unknown(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A new token that GitHub does not come to know fails, with advice that fits an App."""
    answers += [answered(401, "{}")] * 5
    with pytest.raises(InstallationTokenRejected, match="App's installation") as caught:
        github(token=lambda: "ghs_1187432_new").get("/orgs/acme")
    assert "that the App is still installed there" in caught.value.remedy
    assert 1 < len(internet.sent) <= 5


def test_each_token_is_new_once(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """Five seconds after any thread has used it, a token is known or revoked; the next is new."""
    clock, tokens = FakeClock(), ["ghs_first"]
    api = github(clock, token=lambda: tokens[-1])
    answers += [answered(200, "{}"), answered(401, "{}")]
    api.get("/user")
    clock.advance(5)
    with ThreadPoolExecutor(1) as worker, pytest.raises(InstallationTokenRejected) as caught:
        worker.submit(api.get, "/orgs/acme").result()
    assert type(caught.value) is InstallationTokenRejected
    assert len(internet.sent) == 2

    tokens.append("ghs_second")
    answers += [answered(401, "{}"), answered(200, "{}")]
    api.get("/orgs/acme")
    assert len(internet.sent) == 4


@pytest.mark.parametrize("token", ["ghs_15368_workflow", "github_pat_a", "ghp_a", "eyJ.signed.x"])
def test_other_tokens_are_known_at_once(
    token: str, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """Only tokens of installations are used as soon as they are made; others are asked once."""
    answers.append(answered(401, "{}"))
    with pytest.raises(GitHubTokenRejected, match="`github-token`"):
        github(token=lambda: token).get("/orgs/acme")
    assert len(internet.sent) == 1


def test_what_a_refusal_says(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """The permission that GitHub would accept, and its single sign-on, are told, to be read."""
    headers = {
        "X-Accepted-GitHub-Permissions": "codespaces_secrets=write\x1b",
        "X-GitHub-SSO": "required;  url=https://sso\x1b",
    }
    answers.append(answered(403, "{}", headers))
    with pytest.raises(GitHubDenied) as caught:
        github().get("/orgs/acme")
    assert "`codespaces_secrets=write\ufffd`" in caught.value.remedy
    assert caught.value.single_sign_on == "required; url=https://sso\ufffd"


@pytest.mark.parametrize(
    "passing",
    [
        answered(502),
        answered(408, "{}"),
        answered(425, "{}"),
        answered(103, ""),
        answered(500, "{}"),
        answered(200, "<html>"),
        answered(200, "{}", {"X-RateLimit-Reset": "soon"}),
        answered(200, "{}", {"X-RateLimit-Reset": "inf"}),
        ProtocolError("Connection aborted."),
        ReadTimeoutError(None, "", "Read timed out."),  # type: ignore[arg-type]
    ],
)
def test_passing_errors(
    passing: requests.Response | Exception,
    internet: Internet,
    answers: list[requests.Response | Exception],
) -> None:
    """What may pass is asked again, a write as well."""
    answers += [passing, answered(204)]
    clock = FakeClock()
    assert github(clock).put("/secret", {}).status == 204
    assert len(internet.sent) == 2
    assert len(clock.slept) == 1


def test_post_that_must_not_be_repeated(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """What would be made twice is sent once, whatever becomes of it."""
    answers += [answered(502), answered(201, "{}")]
    with pytest.raises(GitHubUnavailable, match="HTTP 502"):
        github().post("/issues", {}, again=False)
    assert len(internet.sent) == 1


def test_trace(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """Every request is told with its address and status, that of a redirect as well."""
    answers += [answered(307, "", {"Location": f"{URL}/repositories/1"}), answered(200, "{}")]
    lines: list[str] = []
    github(trace=lines.append).get("/repos/acme/old?page=2")
    assert [line.partition(" (")[0] for line in lines] == [
        "GET api.github.com/repos/acme/old: 307",
        "GET api.github.com/repositories/1: 200",
    ]


def test_lasting_outage(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """What does not pass is told by its kind, not by its text."""
    answers += [ProtocolError("the-canary")] * 5
    with pytest.raises(GitHubUnavailable, match="failed: ProtocolError") as caught:
        github().get("/user")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_renamed_repository(
    status: int, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A redirect on GitHub's own host is followed with the same verb and body."""
    answers += [
        answered(status, "", {"Location": f"{URL}/repositories/1/secret"}),
        answered(204),
    ]
    assert github().put("/repos/acme/old/secret", {"key_id": "1"}).moved
    assert [(request.method, request.url) for request in internet.sent] == [
        ("PUT", f"{URL}/repos/acme/old/secret"),
        ("PUT", f"{URL}/repositories/1/secret"),
    ]
    assert json.loads(internet.sent[1].body or "") == {"key_id": "1"}


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/elsewhere",
        "https://evil.example.com/x",
        "http://api.github.com/x",
        "https://api.github.com.example.com/x",
        "https://api.github.com@example.com/x",
        "https://api.github.com:444/x",
        "https://[",
    ],
)
def test_token_goes_nowhere_else(
    location: str, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """No other host than GitHub's is ever shown the token."""
    answers.append(answered(301, "", {"Location": location} if location else {}))
    with pytest.raises(GitHubRefusal, match="another host is not followed"):
        github().get("/user")
    assert len(internet.sent) == 1


@pytest.mark.parametrize(
    ("path", "location", "followed"),
    [
        ("/repos/a/b/codespaces/secrets/X", "/repositories/1/codespaces/secrets/X", True),
        ("/repos/a/b/codespaces/secrets/X", "/repositories/1/codespaces/secrets/X?a=/b", True),
        ("/repos/a/b/codespaces/secrets/X", "/repositories/1/codespaces/secrets/Y", False),
        ("/repos/a/b/codespaces/secrets/X", "/repositories/1/actions/secrets/X", False),
        ("/repos/a/b/codespaces/secrets/X", "/x?/codespaces/secrets/X", False),
        ("/orgs/a/codespaces/secrets/X", "/organizations/1/codespaces/secrets/X", True),
        ("/orgs/a/codespaces/secrets/X", "/organizations/1/dependabot/secrets/X", False),
        ("/user/codespaces/secrets/X", "/user/codespaces/secrets/Y", False),
    ],
)
def test_write_goes_nowhere_else(
    path: str,
    location: str,
    followed: bool,
    internet: Internet,
    answers: list[requests.Response | Exception],
) -> None:
    """A redirect of a write is followed to the same secret by another address, and to no other."""
    answers += [answered(307, "", {"Location": f"{URL}{location}"}), answered(204)]
    if followed:
        assert github().put(path, {}).moved
    else:
        with pytest.raises(GitHubRefusal, match="a write to something else is not followed"):
            github().put(path, {})
    assert len(internet.sent) == 1 + followed


def test_read_goes_where_it_is_sent(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A redirect of a read is followed to any address of GitHub's: a renamed one is found so."""
    location = f"{URL}/repositories/1/secrets?per_page=100"
    answers += [answered(301, "", {"Location": location}), answered(200, "{}")]
    assert github().get("/repos/acme/old/secrets?per_page=100").moved
    assert internet.sent[1].url == location


def test_answer_that_fills_the_memory(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A few bytes that would be gigabytes are no answer, and are not read."""
    headers = {"Content-Encoding": "gzip"}
    answers += [answered(200, BOMB, headers) for _ in range(GitHubUnavailable.attempts)]
    with pytest.raises(GitHubUnavailable, match="the request failed: ProtocolError"):
        github().get("/user")


def test_endless_redirects(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """Redirects are not followed for ever."""
    answers += [answered(302, "", {"Location": f"{URL}/user"}) for _ in range(9)]
    with pytest.raises(GitHubRefusal, match="HTTP 302"):
        github().get("/user")
    assert len(internet.sent) == 4


def test_every_thread_has_its_own_connection(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """Threads do not share what keeps the request that is under way."""
    api = github()
    with ThreadPoolExecutor(1) as worker:
        theirs = worker.submit(api._client).result()
        assert worker.submit(api._client).result() == theirs
    ours = api._client()
    assert ours[0] is not theirs[0]
    assert ours[1] is not theirs[1]


def test_next_page_on_another_host(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A listing that goes on at another host ends there; its path is not asked of GitHub either."""
    answers.append(answered(200, "[]", {"Link": '<https://example.com/user?page=2>; rel="next"'}))
    with pytest.raises(GitHubRefusal, match="goes on at another host is not followed"):
        list(github().pages("/user"))
    assert len(internet.sent) == 1


def test_netrc(
    internet: Internet,
    answers: list[requests.Response | Exception],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The token is not replaced by what a .netrc holds for GitHub's API."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.github.com login me password mine\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    answers.append(answered(200, "{}"))
    github().get("/user")
    assert internet.sent[0].headers["Authorization"] == "Bearer ghp_token"


def test_proxy(
    internet: Internet,
    answers: list[requests.Response | Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A connection goes through the proxy of the environment, if the host is no exception."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    answers += [answered(200, "{}"), answered(200, "{}")]
    github().get("/user")
    monkeypatch.setenv("NO_PROXY", "api.github.com")
    github().get("/user")
    assert internet.proxies == ["http://proxy.example.com:3128", None]


@pytest.mark.parametrize(
    ("proxy", "what"),
    [("http://[", "LocationParseError"), ("socks5://proxy.example.com", "ProxySchemeUnknown")],
)
def test_proxy_that_is_none(
    proxy: str,
    what: str,
    internet: Internet,
    answers: list[requests.Response | Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nothing can be reached through the proxy that is named, GitHub cannot be."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    answers.append(answered(200, "{}"))
    with pytest.raises(GitHubUnavailable, match=f"the request failed: {what}"):
        github().get("/user")
    assert internet.sent == []


def test_pace_is_ours_alone(
    internet: Internet,
    answers: list[requests.Response | Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PyGithub, which knows no deadline, waits for nothing by itself."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    answers += [answered(200, "{}"), answered(204), answered(204)]
    api = github()
    api.get("/user")
    api.put("/secret", {})
    api.put("/secret", {})
    assert waited == []
