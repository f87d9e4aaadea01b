"""Where a request came from counts: nobody can lock out somebody else's key."""

from vocabulary import raw

FAILURES = 3


def test_a_key_that_is_locked_at_one_address_is_not_at_another(serve):
    server = serve(limits_signature_failures=FAILURES)
    for _ in range(FAILURES):
        assert raw(server, "GET", "apps", source="127.0.0.2", sk="wrong").status == 401
    assert raw(server, "GET", "apps", source="127.0.0.2").status == 401
    assert raw(server, "GET", "apps").status == 200
