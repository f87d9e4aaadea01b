"""Where a request came from counts: nobody can lock out somebody else's key."""

from vocabulary import raw

FAILURES = 3


def test_a_key_that_is_locked_at_one_address_is_not_at_another(serve):
    server = serve(limits_signature_failures=FAILURES)
    for _ in range(FAILURES):
        assert raw(server, "GET", "apps", source="127.0.0.2", sk="wrong").status == 401
    assert raw(server, "GET", "apps", source="127.0.0.2").status == 401
    assert raw(server, "GET", "apps").status == 200


def test_a_key_is_locked_where_a_trusted_proxy_says_that_it_was_tried(serve):
    server = serve(limits_signature_failures=FAILURES, server_trusted_proxies="127.0.0.2")
    stranger, owner = ({"X-Forwarded-For": address} for address in ("192.0.2.1", "192.0.2.2"))
    for _ in range(FAILURES):
        assert raw(server, "GET", "apps", source="127.0.0.2", headers=stranger, sk="wrong").status == 401
    assert raw(server, "GET", "apps", source="127.0.0.2", headers=stranger).status == 401
    assert raw(server, "GET", "apps", source="127.0.0.2", headers=owner).status == 200
    # Who is no proxy is itself, whatever it writes.
    assert raw(server, "GET", "apps", headers=stranger).status == 200
