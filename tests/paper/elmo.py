#!/usr/bin/env python3
"""Looks at exported ELMO with the programs of others: the signature is valid, no copy that was changed is, and the elements come as the
schema of EMREX has them.

    python3 tests/paper/elmo.py DIRECTORY

Needs signxml. The schema itself is under another licence; what of it is used here is written out below.
"""

import pathlib
import sys

from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier
from signxml.exceptions import InvalidSignature, InvalidDigest

ELMO = "{https://github.com/emrex-eu/elmo-schemas/tree/v1}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"

# What an element has, in order: a name, and how often it may come at least and at most.
MANY = 10_000
SHAPES = {
    "elmo": [("generatedDate", 1, 1), ("learner", 1, 1), ("report", 1, MANY), ("Signature", 1, 1)],
    "learner": [("identifier", 0, MANY), ("givenNames", 1, 1), ("familyName", 1, 1), ("bday", 0, 1)],
    "report": [("issuer", 1, 1), ("learningOpportunitySpecification", 0, MANY), ("issueDate", 1, 1)],
    "issuer": [("country", 0, 1), ("identifier", 1, MANY), ("title", 1, MANY), ("url", 1, 1)],
    "learningOpportunitySpecification": [("identifier", 0, MANY), ("title", 1, MANY), ("type", 0, 1), ("specifies", 1, 1)],
    "specifies": [("learningOpportunityInstance", 1, 1)],
    "learningOpportunityInstance": [("identifier", 0, MANY), ("date", 0, 1), ("status", 0, 1), ("resultLabel", 0, 1),
                                    ("credit", 0, MANY), ("level", 0, MANY), ("engagementHours", 0, 1)],
    "credit": [("scheme", 1, 1), ("value", 0, 1)],
    "level": [("type", 1, 1), ("description", 0, 1), ("value", 0, 1)],
}
TYPES = {"Degree Programme", "Module", "Course", "Class"}


def local(element):
    return etree.QName(element).localname


def fits(element):
    shape = SHAPES.get(local(element))
    if shape is None:
        assert len(element) == 0, f"{local(element)} has elements"
        return
    children = [local(child) for child in element]
    place = 0
    for name, least, most in shape:
        count = 0
        while place < len(children) and children[place] == name:
            place, count = place + 1, count + 1
        assert least <= count <= most, f"{local(element)} has {name} {count} times: {children}"
    assert place == len(children), f"{local(element)} has {children[place]} where it does not belong"
    for child in element:
        if child.tag != SIGNATURE:
            fits(child)
    if local(element) == "learningOpportunitySpecification":
        assert {kind.text for kind in element.findall(f"{ELMO}type")} <= TYPES


def is_valid(data):
    """Whether the signature is valid and is over the whole document."""
    config = SignatureConfiguration(require_x509=False, expect_references=1)
    try:
        verified = XMLVerifier().verify(data, expect_config=config)
    except (InvalidSignature, InvalidDigest, ValueError):
        return False
    return verified.signed_xml.tag == f"{ELMO}elmo"


def main():
    looked = 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.elmo.xml")):
        data = path.read_bytes()
        root = etree.fromstring(data)
        assert root.tag == f"{ELMO}elmo"
        fits(root)
        assert is_valid(data), f"{path.name}: the signature is not valid"
        for before, after in ((b"<familyName>", b"<familyName>x"), (b"2026-11-25", b"2026-11-26"), (b"</learner>", b"<x></x></learner>")):
            assert before in data and not is_valid(data.replace(before, after, 1)), f"{path.name}: {after} is taken"
        looked += 1
    assert looked == 2, f"{looked} documents"
    print("both documents are signed and shaped as they should be")


if __name__ == "__main__":
    main()
