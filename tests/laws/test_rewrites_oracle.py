"""Rewrites of real and made policies, a sample: what z3 says of their verdicts, and that fixing settles.

In full: `python -m benchmarks.rewrites`.
"""

import gzip
import json
from collections import Counter
from itertools import islice

import pytest

from benchmarks.rewrites import Rewritten, report_of, rewritten, said_by_z3, unsettled
from tests.support import corpus
from tools.rewrites import made

LONGEST = 5_000


def managed():
    path = corpus("corpora/managed-policies/managed-policies.visible.jsonl.gz")
    for line in gzip.decompress(path.read_bytes()).splitlines():
        row = json.loads(line)
        text = json.dumps(row["document"], indent=4)
        if len(text) < LONGEST:
            yield row["name"], text


def generated(seed):
    for name, text in made(corpus("bench/gen_policies.py"), 60, seed):
        if len(text) < LONGEST:
            yield name, text


def samples():
    return [*islice(managed(), 0, None, 45), *islice(generated(3), 0, 24)]


def test_no_verdict_is_wrong_by_z3():
    said = Counter()
    for name, text in samples():
        for one in rewritten(report_of(name, text).findings):
            answer = said_by_z3(one, 800)
            assert answer != "wrong", (name, one.rule, one.verdict)
            said[one.verdict, answer] += 1
    assert said["equivalent", "right"] > 15
    assert said["narrower", "right"] > 40


def test_z3_would_see_a_wrong_verdict():
    before = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    after = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    assert said_by_z3(Rewritten("r", "narrower", before, after, "identity"), 800) == "right"
    assert said_by_z3(Rewritten("r", "equivalent", before, after, "identity"), 800) == "wrong"
    assert said_by_z3(Rewritten("r", "narrower", after, before, "identity"), 800) == "wrong"


@pytest.mark.parametrize("part", range(4))
def test_fixing_everything_settles(part):
    for name, text in samples()[part::4]:
        assert not list(unsettled(name, text, report_of(name, text))), name
