"""Single values: what each reader accepts, what it makes of it, and what it says of the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.model.target import Store
from rotate.settings import aws, github, values
from tests.unit.examples import ACCOUNT, HOST, ROLE, target
from tests.unit.keys import ENCRYPTED, PEM, PUBLIC


def readers() -> dict[str, Callable[[str], object]]:
    """Return every reader by name, made anew, so that `make mutants` changes how it is made."""
    return {
        "boolean": values.boolean,
        "one_of": values.one_of(Store),
        "whole_number": values.whole_number(1, 100),
        "listed": values.listed(aws.role),
        "duration": values.duration,
        "role": aws.role,
        "account": aws.account,
        "region": aws.region,
        "registry": aws.registry,
        "audience": aws.audience,
        "session_name": aws.session_name,
        "external_id": aws.external_id,
        "session_policy": aws.session_policy,
        "probe_image": aws.probe_image,
        "owner": github.owner,
        "owner_or_user": github.owner_or_user,
        "path": values.path,
        "pattern": github.pattern,
        "pattern_of": github.pattern_of("acme"),
        "renewal": values.renewal(43200),
        "app_id": github.app_id,
        "private_key": github.private_key,
        "secret_prefix": github.secret_prefix,
        "token": github.token,
    }


ACCEPTED = [
    ("boolean", "true", True),
    ("boolean", "True", True),
    ("boolean", "TRUE", True),
    ("boolean", "false", False),
    ("boolean", "False", False),
    ("boolean", "FALSE", False),
    ("one_of", "Dependabot", Store.DEPENDABOT),
    ("whole_number", "007", 7),
    ("duration", "90s", 90.0),
    ("duration", "1.5m", 90.0),
    ("duration", "6h", 21600.0),
    ("duration", "999999.125s", 999999.125),
    ("role", ROLE, ROLE),
    ("role", "arn:aws-iso-b:iam::123456789012:role/pull", None),
    ("role", f"arn:aws:iam::123456789012:role/{'r' * 576}", None),
    ("role", "arn:aws-cn:iam::123456789012:role/a/path/to+=,.@-it", None),
    ("account", "000000000001", "000000000001"),
    ("region", "us-gov-west-1", None),
    ("region", "eusc-de-east-1", None),
    ("registry", f"https://{HOST.upper()}/", HOST),
    ("registry", ACCOUNT, ACCOUNT),
    ("registry", "public.ecr.aws", "public.ecr.aws"),
    ("audience", "sts.amazonaws.com", None),
    ("session_name", "a_+=,.@-z", None),
    ("session_name", "s" * 64, None),
    ("external_id", "team:ops/7", None),
    ("external_id", "x" * 1224, None),
    ("session_policy", "none", None),
    ("session_policy", "pull", aws.PULL_SESSION_POLICY),
    ("session_policy", '{ "Statement" : [ ] }', '{"Statement":[]}'),
    ("probe_image", "base/dev__container:latest", None),
    ("probe_image", f"base:_{'.' * 127}", None),
    ("probe_image", f"base@sha256:{'0' * 64}", None),
    ("owner", "acme_corp", None),
    ("owner", "o" * 100, None),
    ("owner_or_user", "acme", None),
    ("owner_or_user", "@user", None),
    ("path", ".github/rotate-ecr-token.yml", None),
    ("path", "a..b/c...yml", None),
    ("pattern", "acme/.github", None),
    ("pattern", f"acme/{'n' * 100}", None),
    ("pattern", "acme/svc-*", None),
    ("pattern", "acme/[ab]?", None),
    ("pattern", "!acme/svc-old", None),
    ("pattern", "! acme/svc-old", "!acme/svc-old"),
    ("pattern_of", "api", "acme/api"),
    ("pattern_of", "svc-*", "acme/svc-*"),
    ("pattern_of", "!api", "!acme/api"),
    ("pattern_of", "! api", "!acme/api"),
    ("pattern_of", "globex/api", "globex/api"),
    ("pattern_of", "!globex/api", "!globex/api"),
    ("renewal", "6h", 21600.0),
    ("renewal", "90m", 5400.0),
    ("renewal", "50%", 21600.0),
    ("renewal", "1%", 432.0),
    ("renewal", "100%", 43200.0),
    ("app_id", "12345", None),
    ("app_id", "Iv1.8a61f9b3a7aba766", None),
    ("app_id", "Iv23liABCDEFGHIJKLMN", None),
    ("private_key", PEM, f"{PEM}\n"),
    ("private_key", PEM.replace("\n", "\\n"), f"{PEM}\n"),
    ("private_key", f"{PEM}\n".replace("\n", "\\n"), f"{PEM}\n"),
    ("secret_prefix", "ecr_data", "ECR_DATA"),
    ("secret_prefix", "E" * 100, None),
    ("token", "ghp_0123456789", None),
]

REFUSED = [
    ("boolean", "yes"),
    ("boolean", "tRUE"),
    ("one_of", "packages"),
    ("whole_number", "0"),
    ("whole_number", "101"),
    ("whole_number", "-1"),
    ("whole_number", "1.0"),
    ("whole_number", "٣"),
    ("whole_number", "9" * 10),
    ("listed", ",\n# nothing but a comment\n ,"),
    ("duration", "0s"),
    ("duration", "0.0h"),
    ("duration", "10"),
    ("duration", "10 m"),
    ("duration", "-1m"),
    ("duration", "1d"),
    ("duration", "1000000s"),
    ("duration", "1.0625s"),
    ("role", "arn:aws:iam::12345678901:role/pull"),
    ("role", "arn:aws:iam::123456789012:user/pull"),
    ("role", "arn:aws:iam::123456789012:role/"),
    ("role", f"{ROLE}\n"),
    ("role", "arn:aws:iam::123456789012:role/größe"),
    ("role", f"arn:aws:iam::123456789012:role/{'r' * 577}"),
    ("account", "12345678901"),
    ("account", "1234567890123"),
    ("region", "us-east"),
    ("region", "US-EAST-1"),
    ("registry", "12345678901"),
    ("registry", "docker.io"),
    ("registry", f"http://{HOST}"),
    ("registry", f"{HOST}/base"),
    ("registry", f"{HOST}.example.com"),
    ("audience", "two words"),
    ("audience", "a" * 256),
    ("session_name", "a"),
    ("session_name", "a" * 65),
    ("session_name", "two words"),
    ("session_name", "größe"),
    ("external_id", "x"),
    ("external_id", "a b"),
    ("external_id", "größe"),
    ("external_id", "x" * 1225),
    ("session_policy", "push"),
    ("session_policy", "[]"),
    ("session_policy", "{}"),
    ("session_policy", '{"Statement": ['),
    ("probe_image", "base"),
    ("probe_image", "Base:latest"),
    ("probe_image", "/base:latest"),
    ("probe_image", "base@sha256:0"),
    ("probe_image", "base:-latest"),
    ("probe_image", "base:größe"),
    ("probe_image", "base:" + "t" * 129),
    ("owner", "acme/api"),
    ("owner", "-acme"),
    ("owner", "o" * 101),
    ("owner_or_user", "@users"),
    ("owner_or_user", "@User"),
    ("path", "../secrets.yml"),
    ("path", "a/../../b.yml"),
    ("path", "a\0b"),
    ("pattern", "api"),
    ("pattern", "acme/.."),
    ("pattern", "acme/."),
    ("pattern", "acme/a/b"),
    ("pattern", "acme/" + "n" * 101),
    ("pattern", "../api"),
    ("pattern", "ac*/api"),
    ("pattern", "*/api"),
    ("pattern", "!!acme/api"),
    ("pattern", "!"),
    ("pattern_of", ".."),
    ("pattern_of", "!.."),
    ("pattern_of", "!!api"),
    ("renewal", "0%"),
    ("renewal", "101%"),
    ("renewal", "50 %"),
    ("renewal", "0h"),
    ("renewal", "half"),
    ("app_id", "twelve"),
    ("app_id", "9" * 21),
    ("private_key", "MIIB"),
    ("private_key", PEM.replace("BEGIN", "BEGINNING")),
    ("private_key", PEM.partition("-----END")[0]),
    ("private_key", PEM.replace("\nMII", "\nMIB")),
    ("private_key", PEM.replace("\nMII", "\nMI\udcff")),
    ("private_key", PEM[:200] + PEM[-200:]),
    ("private_key", ENCRYPTED),
    ("private_key", PUBLIC),
    ("secret_prefix", "1ECR"),
    ("secret_prefix", "ECR-DATA"),
    ("secret_prefix", "E" * 101),
    ("secret_prefix", "github_ecr"),
    ("token", "two words"),
    ("token", "ghp_é"),
    ("token", "ghp_\nghp_"),
]


@pytest.mark.parametrize(("reader", "text", "value"), ACCEPTED)
def test_accepted(reader: str, text: str, value: object) -> None:
    """A value in one of its accepted forms is read; None here: it stays as it is written."""
    expected = text if value is None and text != "none" else value
    assert readers()[reader](text) == expected


@pytest.mark.parametrize(("reader", "text"), REFUSED)
def test_refused(reader: str, text: str) -> None:
    """Any other value is refused with a sentence for people."""
    with pytest.raises(ValueError, match=r"[a-z].*\.$"):
        readers()[reader](text)


@pytest.mark.parametrize("reader", readers())
@given(text=st.text(min_size=1))
def test_any_text_is_read_or_refused(reader: str, text: str) -> None:
    """No text makes a reader raise anything but `ValueError`."""
    try:
        readers()[reader](text)
    except ValueError as problem:
        assert str(problem).endswith(".")


@given(st.text(max_size=3) | st.from_regex(r"(?i:git|hub|_|ecr|[0-9]){0,5}", fullmatch=True))
def test_prefixes_give_names_that_github_takes(text: str) -> None:
    """A prefix is read just where GitHub takes the three names that it makes.

    https://docs.github.com/actions/reference/security/secrets
    """
    name = f"{text}_CONTAINER_REGISTRY_PASSWORD".upper()
    is_name = name.isascii() and name.isidentifier() and not name.startswith("GITHUB_")
    if text and is_name:
        assert target(prefix=github.secret_prefix(text)).names.password == name
    else:
        with pytest.raises(ValueError, match="must"):
            github.secret_prefix(text)


@given(st.integers())
def test_whole_numbers_have_bounds(number: int) -> None:
    """A whole number is read exactly where it lies within the bounds."""
    read = values.whole_number(-5, 50)
    if 0 <= number <= 50:
        assert read(str(number)) == number
    else:
        with pytest.raises(ValueError, match="from -5 to 50"):
            read(str(number))


@given(
    st.decimals(min_value="0.01", max_value=9999, places=2),
    st.sampled_from([("s", 1), ("m", 60), ("h", 3600)]),
)
def test_durations_are_seconds(number: object, unit: tuple[str, int]) -> None:
    """A duration is its number times its unit, in seconds."""
    letter, factor = unit
    assert values.duration(f"{number}{letter}") == float(str(number)) * factor


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1), st.data())
def test_lists_keep_every_item(items: list[str], data: st.DataObject) -> None:
    """A list holds its items in order, whatever separates them, and no comment."""
    separators = st.sampled_from(
        [",", "\n", " , ", "\r\n", ",,", "\n# a, comment\n", "\n  # b\n", "\n \n"]
    )
    text = "".join(f"{item}{data.draw(separators)}" for item in items)
    assert values.listed(str)(text) == tuple(items)


def test_list_names_the_item_that_is_wrong() -> None:
    """What is wrong in a list is quoted."""
    with pytest.raises(values.WrongItem, match=r"^`12` is not an AWS account ID"):
        values.listed(aws.account)(f"{ACCOUNT}, 12")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("banana", "`banana` "),
        ("größe", "`größe` "),
        ("x" * 100, f"`{'x' * 100}` "),
        ("x" * 101, ""),
        ("two\nlines", ""),
        ("\x1b[31m", ""),
        ("a`b", ""),
        ("ghp_0123456789", ""),
        ("token ghs_1_e30.e30.e30", ""),
        ("github_pat_11AAAA", ""),
        ("-----BEGIN RSA PRIVATE KEY-----", ""),
    ],
)
def test_values_that_are_quoted(text: str, quote: str) -> None:
    """A value is quoted whole or not at all, on one line, and never what looks like a secret."""
    assert values.quoted(text, "is wrong.") == f"{quote}is wrong."


def test_parts_of_a_role() -> None:
    """The account and the partition of a role are those of its ARN."""
    arn = "arn:aws-cn:iam::123456789012:role/pull"
    assert aws.role_account(arn) == ACCOUNT
    assert aws.role_partition(arn) == "aws-cn"


def test_prefix_github_is_refused() -> None:
    """The prefix `GITHUB` makes names that GitHub reserves."""
    with pytest.raises(ValueError, match="GITHUB_"):
        github.secret_prefix("github")


def test_endless_duration_is_refused() -> None:
    """A duration is finite."""
    with pytest.raises(ValueError, match="must be"):
        values.duration(f"{'9' * 400}h")


@pytest.mark.parametrize("host", [HOST, "public.ecr.aws"])
def test_probe_image_has_no_host(host: str) -> None:
    """An image that names its host is refused, as the message says."""
    with pytest.raises(ValueError, match="without a host"):
        aws.probe_image(f"{host}/base:latest")


@given(st.integers(min_value=1, max_value=100), st.floats(min_value=1, max_value=1e6))
def test_renewal_is_within_a_life(share: int, life: float) -> None:
    """A share of a token's life is more than nothing and no more than all of it."""
    assert 0 < values.renewal(life)(f"{share}%") <= life


def test_renewal_is_said_in_two_ways() -> None:
    """Whoever writes neither a duration nor a share hears of both."""
    with pytest.raises(ValueError, match="such as `6h`, or a share such as `50%`"):
        values.renewal(43200)("soon")
