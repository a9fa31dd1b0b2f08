"""ARNs of resources against AWS's formats: what a format makes is at home, whatever wildcards open it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.arns import ArnFormats, arn_pattern, can_be
from iamlint.analyse.resources import resource_matches
from iamlint.aws.catalogue import catalogue
from iamlint.rule import arn_faults

CATALOGUE = catalogue()
SERVICES = sorted(service for service in CATALOGUE.arn_services() if "$" not in service)
FORMATS = sorted({format_ for service in SERVICES for format_ in CATALOGUE.arn_formats(service)})
FILLED = {"Partition": "aws", "Region": "eu-west-1", "Account": "111122223333", "AccountId": "111122223333"}
NAMES = st.text("ab1-_.", min_size=1, max_size=6)


def filled(format_, name="name-1"):
    """An ARN of the format."""
    return re.sub(r"\$\{([^}]*)\}", lambda match: FILLED.get(match[1], name), format_)


def serious(text):
    """The faults, but for those that only rules to ask for report."""
    return set(arn_faults(text, CATALOGUE)) - {"no-region", "no-account"}


@pytest.mark.parametrize("service", SERVICES)
def test_no_format_has_a_fault(service):
    for format_ in CATALOGUE.arn_formats(service):
        arn = filled(format_)
        fields = arn.split(":", 5)
        if "Account" in fields[4] or "Account" in fields[3]:  # `${VpcOwnerAccount}`
            continue
        assert serious(arn) <= ({"account"} if "name-1" in fields[4] else set()), arn


@given(st.sampled_from(FORMATS), NAMES, st.data())
def test_a_wildcard_hides_no_home(format_, name, data):
    arn = filled(format_, name)
    start = data.draw(st.integers(4, len(arn)))
    end = data.draw(st.integers(start, len(arn)))
    pattern = arn[:start] + data.draw(st.sampled_from(("*", "?" * (end - start), "${aws:username}"))) + arn[end:]
    service = arn.split(":", 3)[2]
    if pattern.startswith("arn:") and service == (arn_pattern(pattern) or arn_pattern(arn)).service:
        assert "resource" not in arn_faults(pattern, CATALOGUE)


@given(st.sampled_from(FORMATS), NAMES, st.text("ab*?:/", max_size=8))
def test_can_be_is_said_of_all_that_match(format_, name, tail):
    arn, shape = filled(format_, name), arn_pattern(format_)
    pattern = ":".join([*arn.split(":", 5)[:5], tail])
    if resource_matches(pattern, arn):
        assert can_be(arn_pattern(pattern), shape)
    assert can_be(arn_pattern(arn), shape)


def test_formats_are_found_by_their_first_word():
    for service in ("s3", "ec2", "iam", "lambda", "apigateway", "execute-api"):
        formats = ArnFormats(CATALOGUE.arn_formats(service))
        for format_ in formats.all:
            tail = format_.tail.replace("*", "x")
            assert format_ in formats.fitting(tail)
            assert set(formats.fitting(tail)) <= set(formats.fitting(tail[:2] + "*"))
        assert formats.fitting("*") == list(formats.all)


@given(st.text(max_size=30) | st.text("arn:s3*?${}/", max_size=30))
def test_any_text_is_taken(text):
    arn_faults(text, CATALOGUE)
    arn_faults("arn:aws:s3:::" + text, CATALOGUE)
    arn_faults("arn:" + text, CATALOGUE)


@pytest.mark.parametrize(
    "tail", ["a" * 1_000_000, "?" * 100_000, "*a" * 100_000, "table/" + "${aws:username}" * 50_000]
)
def test_long_texts_are_taken(tail):
    arn_faults("arn:aws:dynamodb:eu-west-1:111122223333:" + tail, CATALOGUE)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("*", ()),
        ("arn:aws:s3*", ()),
        ("arn:aws:*:*:*:*", ()),
        ("arn:aws:s3:::${aws:PrincipalTag/bucket}/*", ()),
        ("arn:aws:iam::aws:policy/service-role/x", ()),
        ("arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31", ()),
        ("arn:aws:execute-api:eu-west-1:111122223333:a1/prod/GET/", ()),
        ("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:my alarm", ()),
        ("arn:aw:S3:::b", ("partition", "service-case")),
        ("arn:aws:dynamodb:eu-west-9:1:tabel/t", ("resource", "region", "account")),
        ("arn:aws:s3:eu-west-1:111122223333:b", ("region-given", "account-given")),
        ("arn:aws:sqs:::q", ("no-region", "no-account")),
    ],
)
def test_faults(text, faults):
    assert arn_faults(text, CATALOGUE) == faults


def test_formats_that_only_guides_name_are_in_no_list():
    from iamlint.aws.arns import _unlisted
    from iamlint.aws.history import formats

    for service, unlisted in _unlisted().items():
        listed = {arn for arn, _ in formats(service)}
        assert listed
        assert not listed & set(unlisted)


def test_formats_are_those_with_that_third_field():
    from iamlint.aws.history import arn_services, formats

    for service in arn_services():
        assert all(arn.split(":")[2] == service for arn, _ in formats(service))
    assert {service for service in arn_services() if not formats(service)} == {"${Vendor}"}
    assert formats("nosuch") == formats("s3:::x\n") == ()
