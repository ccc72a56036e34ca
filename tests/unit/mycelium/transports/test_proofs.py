from __future__ import annotations

import pytest

from mycelium.transports.stream.proofs import certificate_names


@pytest.mark.parametrize(
    ("certificate", "names"),
    [
        ({"subjectAltName": (("DNS", "feed"), ("DNS", "brain"))}, {"feed", "brain"}),
        ({"subjectAltName": (("IP Address", "10.0.0.1"), ("DNS", "feed"))}, {"feed"}),
        (
            {
                "subject": ((("commonName", "brain"),),),
                "subjectAltName": (("DNS", "feed"),),
            },
            {"feed"},
        ),
        ({"subject": ((("countryName", "DE"),), (("commonName", "feed"),))}, {"feed"}),
        ({"subject": ()}, set()),
    ],
    ids=["names", "an address", "alternatives count", "common name", "nothing"],
)
def test_the_names_of_a_certificate(certificate: dict[str, object], names: set[str]) -> None:
    assert certificate_names(certificate) == names
