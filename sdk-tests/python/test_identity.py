"""Users, keys, tokens, policies, agencies and projects, from outside: each may do what a policy says and nothing else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from huaweicloudsdkcore.exceptions import exceptions

from vocabulary import Account, allow, caller_of, deny, raw, refused, until
from vocabulary.raw import signed_request

READ = allow("iotda:*:query*")
EXPORTS = "iotda:exporttasks:*"
PASSWORD = "Correct-horse1"


@pytest.fixture(scope="module")
def shared(serve_module):
    return serve_module(batch_workers=0, export_workers=0, limits_projects=100)


@pytest.fixture(scope="module")
def account(shared):
    return Account(shared)


def home(account):
    return account.server.credentials.project_id


def as_key(answer):
    made = answer.json()["credential"]
    return {"ak": made["access"], "sk": made["secret"], "security_token": made["securitytoken"]}


def with_token(account, token, path="devices", method="GET", **more):
    return raw(account.server, method, path, headers={"X-Auth-Token": token}, signed=False, **more)


# The SDK's own lookup of its project


def test_the_sdk_finds_its_project_by_itself(shared):
    root = shared.credentials
    caller = caller_of(shared, root.ak, root.sk)
    assert caller.sdk._credentials.project_id == root.project_id
    assert caller.all_devices() == []


def test_somebody_with_several_projects_finds_the_one_of_the_regions_name(account):
    named, other = account.project("cn-north-4"), account.project("elsewhere")
    user_id, key = account.person("finder", READ, project_id=other)
    assert caller_of(account.server, **key).sdk._credentials.project_id == other
    account.grant("iotda_read_only_access", ("users", user_id), named)
    listed = Account(account.server, **key).done("GET", "/v3/projects", query=[("name", "cn-north-4")])["projects"]
    assert [project["id"] for project in listed] == [named]
    assert Account(account.server, **key).done("GET", "/v3/projects", query=[("name", "cn-east-3")])["projects"] == []


# Tokens


def test_a_token_is_given_for_a_password_looked_at_and_revoked(account):
    user_id = account.user("tina", password=PASSWORD)
    account.grant("iotda_read_only_access", ("users", user_id), home(account))
    answer = account.login("tina", PASSWORD, project_id=home(account))
    token, body = answer.headers["X-Subject-Token"], answer.json()["token"]
    assert answer.status == 201 and body["methods"] == ["password"] and body["catalog"] == []
    assert body["user"]["id"] == user_id and body["user"]["domain"]["name"] == "unlade"
    assert body["project"]["id"] == home(account) and [role["name"] for role in body["roles"]] == ["IoTDA ReadOnlyAccess"]
    assert body["expires_at"].endswith("000Z") and len(body["expires_at"]) == len("2020-01-04T09:05:22.701000Z")
    assert with_token(account, token).status == 200
    assert with_token(account, token, "apps", "POST", body={"app_name": "x"}).code == "IOTDA.000022"
    own = Account(account.server, token=token)
    looked = own.ask("GET", "/v3/auth/tokens", headers={"X-Subject-Token": token})
    assert (looked.status, looked.json()["token"]["user"]) == (200, body["user"])
    assert own.ask("DELETE", "/v3/auth/tokens", headers={"X-Subject-Token": token}).status == 204
    assert with_token(account, token).code == "IOTDA.000002"
    assert own.ask("GET", "/v3/auth/tokens", headers={"X-Subject-Token": token}).status == 401


def test_a_token_ends_and_one_made_of_it_ends_with_it(serve):
    server = serve(batch_workers=0, export_workers=0, limits_token_seconds=20)
    account = Account(server)
    account.user("tim", password=PASSWORD)
    first = account.login("tim", PASSWORD)
    identity = {"methods": ["token"], "token": {"id": first.headers["X-Subject-Token"]}}
    second = raw(server, "POST", "/v3/auth/tokens", body={"auth": {"identity": identity}}, signed=False)
    assert second.json()["token"]["methods"] == ["password", "token"]
    assert second.json()["token"]["expires_at"] <= first.json()["token"]["expires_at"]
    for answer in (first, second):
        own = Account(server, token=answer.headers["X-Subject-Token"])
        until(lambda: own.ask("GET", "/v3/auth/projects").status == 401, "the token has ended")


def test_a_token_is_scoped_only_where_its_owner_has_a_right(account):
    elsewhere = account.project("not-theirs")
    account.user("nora", password=PASSWORD)
    assert account.login("nora", PASSWORD).status == 201
    for scope in ({"id": elsewhere}, {"id": "no-such-project"}, {"name": "not-theirs"}):
        assert account.login("nora", PASSWORD, project=scope).status == 404


def test_a_token_for_a_project_is_good_in_no_other_whatever_its_owner_may(account):
    other = account.project("also-theirs")
    user_id = account.user("tara", password=PASSWORD)
    account.grant("iotda_read_only_access", ("users", user_id))
    token = account.login("tara", PASSWORD, project_id=home(account)).headers["X-Subject-Token"]
    assert with_token(account, token).status == 200
    assert with_token(account, token, project_id=other).code == "IOTDA.000021"
    everywhere = account.login("tara", PASSWORD).headers["X-Subject-Token"]
    assert [with_token(account, everywhere, project_id=project).status for project in (home(account), other)] == [200] * 2


def test_a_name_that_is_unknown_and_a_password_that_is_wrong_get_one_answer(account):
    account.user("olga", password=PASSWORD)
    account.user("otto", password=PASSWORD, enabled=False)
    account.user("oona")
    said = [account.login(name, word).json() for name, word in
            [("olga", "Wrong-horse1"), ("nobody", PASSWORD), ("otto", PASSWORD), ("oona", PASSWORD)]]
    assert said[0]["error"] == {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
    assert said == said[:1] * 4


def test_a_user_is_locked_after_five_wrong_passwords_and_nobody_else(serve):
    account = Account(serve(batch_workers=0, export_workers=0, limits_signature_failures=5))
    for name in ("lara", "lena"):
        account.user(name, password=PASSWORD)
    assert [account.login("lara", "Wrong-horse1").status for _ in range(5)] == [401] * 5
    locked = account.login("lara", PASSWORD)
    assert locked.status == 401 and int(locked.headers["Retry-After"]) > 200
    assert account.login("lena", PASSWORD).status == 201


def test_a_lock_does_not_tell_whether_a_name_is_known(serve):
    account = Account(serve(batch_workers=0, export_workers=0, limits_signature_failures=5))
    account.user("liam", password=PASSWORD)

    def says(**who):
        auth = {"identity": {"methods": ["password"], "password": {"user": {**who, "password": "Wrong-horse1"}}}}
        answer = raw(account.server, "POST", "/v3/auth/tokens", body={"auth": auth}, signed=False)
        return answer.status, "Retry-After" in answer.headers

    known, unknown = ([*(says(name=name) for _ in range(5)), says(id=name), says(name=name)] for name in ("liam", "nobody"))
    assert known == unknown == [(401, False)] * 6 + [(401, True)]


def test_guesses_of_a_password_that_come_together_are_no_more_than_those_that_come_apart(serve):
    account = Account(serve(batch_workers=0, export_workers=0, limits_signature_failures=5))
    account.user("lola", password=PASSWORD)
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: account.login("lola", "Wrong-horse1"), range(30)))
    assert {answer.status for answer in answers} == {401}
    # Two are checked at a time, and the second of them may have begun before the fifth was found wrong.
    assert 5 <= sum("Retry-After" not in answer.headers for answer in answers) <= 6


def test_whoever_fails_with_ten_thousand_keys_has_no_more_guesses_of_a_password(serve):
    account = Account(serve(batch_workers=0, export_workers=0, limits_signature_failures=1))
    account.user("lisa", password=PASSWORD)
    request = signed_request(account.server, "GET", "apps", [], None, {}, ak="NOBODY00000", sk="x" * 40)
    connection = account.server.connection(60)
    # As many as are remembered at a time.
    for number in range(10_000):
        connection.putrequest(request.method, request.uri, skip_host=True)
        for name, value in request.header_params.items():
            connection.putheader(name, value.replace("NOBODY00000", f"NOBODY{number:05}"))
        connection.endheaders()
        assert connection.getresponse().read()
    connection.close()
    assert "Retry-After" not in account.login("lisa", "Wrong-horse1").headers
    assert "Retry-After" in account.login("lisa", PASSWORD).headers


def test_somebody_changes_their_own_password_and_their_tokens_end(account):
    user_id = account.user("paul", password=PASSWORD)
    token = account.login("paul", PASSWORD).headers["X-Subject-Token"]
    own, path = Account(account.server, token=token), f"/v3/users/{user_id}/password"
    wrong = own.ask("POST", path, {"user": {"original_password": "Wrong-horse1", "password": "Other-horse1"}})
    weak = own.ask("POST", path, {"user": {"original_password": PASSWORD, "password": "paul"}})
    assert (wrong.status, weak.status) == (401, 400)
    other = account.user("pia", password=PASSWORD)
    change = {"user": {"original_password": PASSWORD, "password": "Other-horse1"}}
    assert own.ask("POST", f"/v3/users/{other}/password", change).status == 403
    assert own.ask("POST", path, change).status == 204
    assert own.ask("GET", "/v3/auth/projects").status == 401
    assert (account.login("paul", PASSWORD).status, account.login("paul", "Other-horse1").status) == (401, 201)


# Users and keys


def test_a_key_that_is_disabled_and_a_user_that_is_gone_are_nobodys(account):
    user_id, key = account.person("dora", READ, project_id=home(account))
    own, path = Account(account.server, **key), f"/v3.0/OS-CREDENTIAL/credentials/{key['ak']}"
    assert own.ask("GET", "devices").status == 200
    account.done("PUT", path, {"credential": {"status": "inactive"}})
    assert own.ask("GET", "devices").code == "IOTDA.000002"
    account.done("PUT", path, {"credential": {"status": "active", "description": "again"}})
    assert own.ask("GET", "devices").status == 200
    account.done("PATCH", f"/v3/users/{user_id}", {"user": {"enabled": False}})
    assert own.ask("GET", "devices").code == "IOTDA.000002"
    account.done("PUT", f"/v3/users/{user_id}", {"user": {"enabled": True}})
    assert own.ask("GET", "devices").status == 200
    account.done("DELETE", f"/v3/users/{user_id}")
    assert own.ask("GET", "devices").code == "IOTDA.000002"


def test_the_secret_of_a_key_is_shown_once(account):
    user_id, key = account.person("karl")
    shown = account.ask("GET", f"/v3.0/OS-CREDENTIAL/credentials/{key['ak']}")
    listed = account.ask("GET", "/v3.0/OS-CREDENTIAL/credentials", query=[("user_id", user_id)])
    assert (shown.json()["credential"]["status"], len(listed.json()["credentials"])) == ("active", 1)
    assert key["sk"] not in (shown.body + listed.body).decode()


def test_everybody_may_do_with_their_own_keys_what_no_policy_denies(account):
    user_id, key = account.person("owen")
    stranger_id, strangers = account.person("sara")
    own = Account(account.server, **key)
    assert [found["access"] for found in own.done("GET", "/v3.0/OS-CREDENTIAL/credentials")["credentials"]] == [key["ak"]]
    second = own.key(user_id)
    for method in ("GET", "DELETE"):
        assert own.ask(method, f"/v3.0/OS-CREDENTIAL/credentials/{strangers['ak']}").status == 403
        assert own.ask(method, "/v3.0/OS-CREDENTIAL/credentials/NOSUCHKEY").status == 403
    assert own.ask("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": stranger_id}}).status == 403
    own.done("DELETE", f"/v3.0/OS-CREDENTIAL/credentials/{second['ak']}")
    account.grant(account.policy("no keys", deny("iam:credentials:createCredential")), ("users", user_id))
    assert own.ask("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": user_id}}).status == 403
    assert own.done("GET", f"/v3/users/{user_id}")["user"]["name"] == "owen"
    assert own.ask("GET", f"/v3/users/{stranger_id}").status == 403


def test_nobody_becomes_the_root(account):
    _, key = account.person("admin", allow("iam:*:*"))
    admin = Account(account.server, **key)
    (root,) = admin.done("GET", "/v3/users", query=[("name", "root")])["users"]
    root_key = account.server.credentials.ak
    for method, path, body in [
        ("PATCH", f"/v3/users/{root['id']}", {"user": {"password": PASSWORD}}),
        ("DELETE", f"/v3/users/{root['id']}", None),
        ("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": root["id"]}}),
        ("PUT", f"/v3.0/OS-CREDENTIAL/credentials/{root_key}", {"credential": {"status": "inactive"}}),
        ("DELETE", f"/v3.0/OS-CREDENTIAL/credentials/{root_key}", None),
    ]:
        assert admin.ask(method, path, body).status == 403, (method, path)


# Policies


def test_somebody_may_export_what_lies_in_their_enterprise_project_and_do_nothing_else(account):
    server, root = account.server, account.server.caller()
    ours, theirs = root.app("ours"), root.app("theirs")
    task_ours, task_theirs = (root.batch("freezeDevices", targets=["a"], app_id=app) for app in (ours, theirs))
    enterprise = "11111111-2222-3333-4444-555555555555"
    account.done(
        "POST",
        f"/v1.0/enterprise-projects/{enterprise}/resources-migrate",
        {"project_id": home(account), "resource_type": "iotda_app", "resource_id": ours},
    )
    within = {"StringEquals": {"g:EnterpriseProjectId": [enterprise]}}
    user_id, key = account.person("eve", allow("iotda:exporttasks:create", Condition=within), project_id=home(account))
    eve = caller_of(server, **key)
    assert eve.sdk._credentials.project_id == home(account)
    assert eve.export(task_ours, app_type="APP", app_id=ours)
    refused(lambda: eve.export(task_theirs, app_type="APP", app_id=theirs), 403, "IOTDA.000022")
    refused(lambda: eve.all_devices(), 403, "IOTDA.000022")
    refused(lambda: eve.batch("freezeDevices", targets=["a"], app_id=ours), 403, "IOTDA.000022")
    assert Account(server, **key).ask("GET", "/v3/users").status == 403
    # Moved away, it is theirs no more: at the next request.
    account.done(
        "POST",
        "/v1.0/enterprise-projects/0/resources-migrate",
        {"project_id": home(account), "resource_type": "iotda_app", "resource_id": ours},
    )
    refused(lambda: eve.export(task_ours, app_type="APP", app_id=ours), 403, "IOTDA.000022")


def test_a_group_gives_its_rights_to_who_is_in_it_for_as_long_as_they_are(account):
    user_id, key = account.person("gina")
    own = Account(account.server, **key)
    group_id = account.group("readers", user_id)
    account.grant("iotda_read_only_access", ("groups", group_id), home(account))
    assert own.ask("GET", "devices").status == 200
    assert account.ask("HEAD", f"/v3/groups/{group_id}/users/{user_id}").status == 204
    assert [group["id"] for group in own.done("GET", f"/v3/users/{user_id}/groups")["groups"]] == [group_id]
    assert [user["id"] for user in account.done("GET", f"/v3/groups/{group_id}/users")["users"]] == [user_id]
    roles = f"/v3/projects/{home(account)}/groups/{group_id}/roles"
    assert [role["display_name"] for role in account.done("GET", roles)["roles"]] == ["IoTDA ReadOnlyAccess"]
    assert account.ask("HEAD", f"{roles}/iotda_read_only_access").status == 204
    assert account.ask("HEAD", f"{roles}/te_admin").status == 404
    account.done("DELETE", f"/v3/groups/{group_id}/users/{user_id}")
    assert account.ask("HEAD", f"/v3/groups/{group_id}/users/{user_id}").status == 404
    assert own.ask("GET", "devices").status == 403


def test_a_policy_is_changed_at_once_and_kept_while_it_is_granted(account):
    user_id, key = account.person("pete")
    own, role_id = Account(account.server, **key), account.policy("pete may", READ)
    account.grant(role_id, ("users", user_id), home(account))
    assert own.ask("GET", "devices").status == 200
    path = f"/v3.0/OS-ROLE/roles/{role_id}"
    account.done("PATCH", path, {"role": {"policy": {"Version": "1.1", "Statement": [allow(EXPORTS)]}}})
    assert own.ask("GET", "devices").code == "IOTDA.000022"
    assert account.ask("DELETE", path).status == 409
    wrong = account.ask("PUT", path, {"role": {"policy": {"Version": "1.1", "Statement": [{"Effect": "Perhaps"}]}}})
    assert wrong.status == 400 and "Statement[0]" in wrong.message


# Temporary keys and agencies


def test_a_temporary_key_does_what_its_owner_may_and_its_policy_lets_it(account):
    _, key = account.person("tess", READ, allow(EXPORTS), project_id=home(account))
    own = Account(account.server, **key)
    narrow = {"Version": "1.1", "Statement": [allow("iotda:devices:queryList", "iotda:apps:create")]}
    temporary = as_key(own.temporary_key(narrow, duration_seconds=900))
    caller = caller_of(account.server, **temporary, project_id=home(account))
    assert caller.all_devices() == []
    refused(lambda: caller.products(), 403, "IOTDA.000022")
    refused(lambda: caller.app("never"), 403, "IOTDA.000022")
    for seconds in (899, 86_401, "900"):
        assert own.temporary_key(duration_seconds=seconds).status == 400
    without = {**temporary, "security_token": None}
    refused(lambda: caller_of(account.server, **without, project_id=home(account)).all_devices(), 401, "IOTDA.000002")


def test_a_temporary_key_makes_nothing_that_outlives_it(account):
    user_id, key = account.person("theo", READ, project_id=home(account))
    made = as_key(Account(account.server, **key).temporary_key())
    security = {"X-Security-Token": made["security_token"]}
    temporary = Account(account.server, ak=made["ak"], sk=made["sk"])
    temporary.headers = security
    assert temporary.ask("GET", "devices").status == 200
    assert temporary.temporary_key().status == 403
    assert temporary.ask("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": user_id}}).status == 403
    account.done("PATCH", f"/v3/users/{user_id}", {"user": {"enabled": False}})
    assert temporary.ask("GET", "devices").code == "IOTDA.000002"


def as_temporary(account, answer):
    """The account as a temporary key sees it."""
    made = as_key(answer)
    temporary = Account(account.server, ak=made["ak"], sk=made["sk"])
    temporary.headers = {"X-Security-Token": made["security_token"]}
    return temporary


def test_a_temporary_key_that_may_do_everything_makes_no_permanent_one_and_gives_no_password(account):
    everything_but = {"Version": "1.1", "Statement": [allow("*:*:*"), deny("iotda:devices:delete")]}
    (root,) = account.done("GET", "/v3/users", query=[("name", "root")])["users"]
    user_id, key = account.person("tom", allow("iam:credentials:createCredential", "iam:users:*"))
    bodies = {"POST /v3/users": {"name": "made-by-a-temporary-key", "password": PASSWORD}}
    for whose in (user_id, root["id"]):
        bodies |= {f"{method} /v3/users/{whose}": {"password": PASSWORD} for method in ("PUT", "PATCH")}
    for of in (account, Account(account.server, **key)):
        temporary = as_temporary(account, of.temporary_key(everything_but))
        assert temporary.ask("GET", "/v3/users").status == 200
        for whose in (root["id"], user_id):
            made = temporary.ask("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": whose}})
            assert made.status == 403
        for call, body in bodies.items():
            assert temporary.ask(*call.split(), {"user": body}).status == 403, call
        assert temporary.ask("PATCH", f"/v3/users/{user_id}", {"user": {"description": "no secret"}}).status == 200
    assert account.done("GET", "/v3/users", query=[("name", "made-by-a-temporary-key")])["users"] == []
    assert account.login("tom", PASSWORD).status == 401


def test_a_temporary_key_ends_with_the_password_and_with_the_user(account):
    user_id = account.user("tanya", password=PASSWORD)
    account.grant("iotda_read_only_access", ("users", user_id), home(account))

    def logged_in(password):
        own = Account(account.server, token=account.login("tanya", password).headers["X-Subject-Token"])
        temporary = as_temporary(account, own.temporary_key())
        assert temporary.ask("GET", "devices").status == 200
        return own, temporary

    own, temporary = logged_in(PASSWORD)
    change = {"user": {"original_password": PASSWORD, "password": "Other-horse1"}}
    own.done("POST", f"/v3/users/{user_id}/password", change)
    assert temporary.ask("GET", "devices").code == "IOTDA.000002"
    _, temporary = logged_in("Other-horse1")
    account.done("PATCH", f"/v3/users/{user_id}", {"user": {"description": "changes nothing"}})
    assert temporary.ask("GET", "devices").status == 200
    for enabled in (False, True):
        account.done("PATCH", f"/v3/users/{user_id}", {"user": {"enabled": enabled}})
        assert temporary.ask("GET", "devices").code == "IOTDA.000002"


def test_an_agency_is_assumed_by_those_who_may_and_gives_its_own_rights(account):
    agency_id = account.agency("auditor")
    account.grant("iotda_read_only_access", ("agencies", agency_id), home(account))
    _, key = account.person("anna", allow("iam:agencies:assume"))
    _, strangers = account.person("anton", READ, project_id=home(account))
    assert Account(account.server, **strangers).temporary_key(agency="auditor").status == 403
    own = Account(account.server, **key)
    assert own.temporary_key(agency="no-such-agency").status == 404
    assert own.ask("GET", "devices").status == 403
    caller = caller_of(account.server, **as_key(own.temporary_key(agency="auditor")), project_id=home(account))
    assert caller.all_devices() == []
    refused(lambda: caller.app("never"), 403, "IOTDA.000022")
    account.done("DELETE", f"/v3.0/OS-AGENCY/agencies/{agency_id}")
    refused(lambda: caller.all_devices(), 401, "IOTDA.000002")


def test_a_token_of_an_agency_acts_as_the_agency(account):
    agency_id = account.agency("robot")
    account.grant("iotda_read_only_access", ("agencies", agency_id), home(account))
    user_id = account.user("ruth", password=PASSWORD)
    account.grant(account.policy("may assume", allow("iam:agencies:assume")), ("users", user_id))
    token = account.login("ruth", PASSWORD).headers["X-Subject-Token"]
    identity = {"methods": ["assume_role"], "assume_role": {"domain_name": "unlade", "agency_name": "robot"}}
    body = {"auth": {"identity": identity, "scope": {"project": {"id": home(account)}}}}
    answer = Account(account.server, token=token).ask("POST", "/v3/auth/tokens", body)
    said = answer.json()["token"]
    assert (said["user"]["id"], said["assumed_by"]["user"]["id"]) == (agency_id, user_id)
    assert with_token(account, answer.headers["X-Subject-Token"]).status == 200


# Several projects


def test_nothing_of_a_project_is_seen_from_another_by_guessing_ids(account):
    server = account.server
    other = account.project("secret-project")
    user_id, key = account.person("mia", allow("iotda:*:*"), project_id=home(account))
    own = Account(server, **key)
    task_id = server.caller().batch("freezeDevices", targets=["a"], app_id=server.credentials.app_id)
    for path in ("devices", "products", "apps", f"batchtasks/{task_id}", "export-tasks"):
        assert raw(server, "GET", path, **key, project_id=other).code == "IOTDA.000021"
        assert raw(server, "GET", path, **key, project_id="no-such-project").code == "IOTDA.000021"
    # The root may go into the other one, but what is in this one is not in that.
    assert raw(server, "GET", f"batchtasks/{task_id}", project_id=other).code == "IOTDA.014200"
    assert [project["id"] for project in own.done("GET", "/v3/projects")["projects"]] == [home(account)]
    assert [project["id"] for project in own.done("GET", "/v3/auth/projects")["projects"]] == [home(account)]
    assert own.ask("GET", f"/v3/projects/{other}").status == own.ask("GET", "/v3/projects/no-such").status == 403
    assert own.done("GET", f"/v3/projects/{home(account)}")["project"]["id"] == home(account)
    account.done("PATCH", f"/v3/projects/{other}", {"project": {"description": "theirs"}})


def test_a_grant_in_the_account_holds_in_every_project(account):
    other = account.project("one-more")
    user_id, key = account.person("vera")
    domain = account.domain_id()
    group_id = account.group("everywhere", user_id)
    path = f"/v3/OS-INHERIT/domains/{domain}/groups/{group_id}/roles/iotda_read_only_access/inherited_to_projects"
    account.done("PUT", path)
    assert account.ask("HEAD", path).status == 204
    assert all(raw(account.server, "GET", "devices", **key, project_id=project).status == 200 for project in (home(account), other))
    assert account.ask("PUT", path.replace(domain, "another")).status == 404
    account.done("DELETE", path)
    assert raw(account.server, "GET", "devices", **key, project_id=other).code == "IOTDA.000021"


def test_the_sdk_says_which_region_has_no_project(account):
    _, key = account.person("lost")
    with pytest.raises((exceptions.ApiValueError, exceptions.SdkException)):
        caller_of(account.server, **key)
