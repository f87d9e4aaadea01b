"""What resources and conditions of a policy mean to somebody with the SDK: each is allowed where it holds, and only there."""

import json
import re

import pytest

from vocabulary import Account, Server, allow, caller_of, deny, refused

DENIED = (403, "IOTDA.000022")
NOW, LATER = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


class Somebody:
    """A user with one policy, which is changed from case to case: a change counts at once."""

    def __init__(self, account):
        self.account, self.server = account, account.server
        self.user_id, self.key = account.person("somebody")
        self.role_id = account.policy("somebody's", allow("none:none:none"))
        account.grant(self.role_id, ("users", self.user_id))
        self.sdk = caller_of(self.server, **self.key, project_id=self.server.credentials.project_id)

    def may(self, *statements):
        document = {"Version": "1.1", "Statement": list(statements)}
        self.account.done("PATCH", f"/v3.0/OS-ROLE/roles/{self.role_id}", {"role": {"policy": document}})

    def judge(self, allowed):
        """Whether calls about the project and about apps are allowed."""
        for call in (self.sdk.all_devices, lambda: self.sdk.tasks("freezeDevices"), self.sdk.exports):
            if allowed:
                call()
            else:
                refused(call, *DENIED)


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0)


@pytest.fixture(scope="module")
def somebody(server):
    return Somebody(Account(server))


def instance_id(server: Server):
    return re.search(r"instance_id=\"?([0-9a-f-]{36})", server.log(1000))[1]


def test_a_policy_for_the_installation_is_one_for_everything_in_it(somebody):
    ours, other = instance_id(somebody.server), "0" * 36
    for id, allowed in {ours: True, "*": True, ours[:5] + "*": True, other: False}.items():
        resource = [f"IoTDA:*:*:instance:{id}"]
        somebody.may(allow("iotda:*:*", Resource=resource))
        somebody.judge(allowed)
        somebody.may(allow("iotda:*:*"), deny("iotda:*:*", Resource=resource))
        somebody.judge(not allowed)


def cases(somebody):
    """Conditions that hold, and the same of another value."""
    project_id, account = somebody.server.credentials.project_id, somebody.account
    (project,) = [one for one in account.done("GET", "/v3/projects")["projects"] if one["id"] == project_id]
    equals = {
        "g:UserName": ["somebody"],
        "g:UserId": [somebody.user_id],
        "g:DomainName": ["unlade"],
        "g:ProjectName": [project["name"]],
        "g:ServiceName": ["iotda"],
        "g:EnterpriseProjectId": ["0"],
    }
    for key, values in equals.items():
        yield {"StringEquals": {key: values}}, {"StringEquals": {key: ["another"]}}
        yield {"StringMatchIfExists": {key: [values[0][:-1] + "*"]}}, {"StringNotMatch": {key: ["*"]}}
        yield {"ForAnyValue:StringEquals": {key: [*values, "x"]}}, {"ForAllValues:StringEquals": {key: ["x"]}}
    yield {"DateGreaterThan": {"g:CurrentTime": [NOW]}}, {"DateGreaterThan": {"g:CurrentTime": [LATER]}}
    yield {"Bool": {"g:MFAPresent": ["false"]}}, {"Bool": {"g:MFAPresent": ["true"]}}
    yield {"NumberLessThanIfExists": {"g:MFAAge": ["300"]}}, {"NumberLessThan": {"g:MFAAge": ["300"]}}
    yield {"Null": {"g:MFAAge": ["true"]}}, {"Null": {"g:UserName": ["true"]}}
    yield {"IpAddress": {"g:SourceIp": ["127.0.0.0/8"]}}, {"IpAddress": {"g:SourceIp": ["192.0.2.0/24"]}}


def test_every_global_key_is_known_of_a_call(somebody):
    for holds, fails in cases(somebody):
        for condition, allowed in ((holds, True), (fails, False)):
            somebody.may(allow("iotda:*:*", Condition=condition))
            somebody.judge(allowed)
            somebody.may(allow("iotda:*:*"), deny("iotda:*:*", Condition=condition))
            somebody.judge(not allowed)


STATEMENT = '{"Effect":"Allow","Action":["iotda:*:*"]}'
CONDITION = '{"StringEquals":{"g:UserName":["a"]},"StringEquals":{"g:UserId":["b"]}}'
TWICE = {
    "Statement[0].Effect": '{"Version":"1.1","Statement":[{"Effect":"Deny","Effect":"Allow","Action":["iotda:*:*"]}]}',
    "Statement[0].Condition.StringEquals": f'{{"Version":"1.1","Statement":[{STATEMENT[:-1]},"Condition":{CONDITION}}}]}}',
    "Statement": f'{{"Version":"1.1","Statement":[{STATEMENT.replace("Allow", "Deny")}],"Statement":[{STATEMENT}]}}',
}
GOOD = f'{{"Version":"1.1","Statement":[{STATEMENT}]}}'


def said_twice(before):
    """Where something is said twice, and the policies of an object that says `before`, too, as they are sent."""
    for place, document in TWICE.items():
        yield f"policy.{place}", f'{{{before},"policy":{document}}}'
    yield "policy", f'{{{before},"policy":{GOOD},"policy":{GOOD}}}'


def refused_twice(account, method, path, place, body):
    answer = account.ask(method, path, body.encode())
    assert answer.status == 400, (method, place, answer.body)
    assert f"{place}: is there twice" in answer.message


def test_a_policy_that_says_a_thing_twice_is_refused_whoever_would_have_picked(somebody):
    account, path = somebody.account, "/v3.0/OS-ROLE/roles"
    mine = f"{path}/{somebody.role_id}"
    before = account.done("GET", mine)
    for place, role in said_twice('"display_name":"twice","type":"XA","description":""'):
        refused_twice(account, "POST", path, f"role.{place}", f'{{"role":{role}}}')
        for method in ("PUT", "PATCH"):
            refused_twice(account, method, mine, f"role.{place}", f'{{"role":{role}}}')
    role = f'{{"display_name":"twice","policy":{GOOD}}}'
    refused_twice(account, "POST", path, "role", f'{{"role":{role},"role":{role}}}')
    assert account.done("GET", mine) == before
    assert "twice" not in json.dumps(account.done("GET", path))


def test_a_policy_of_a_temporary_key_that_says_a_thing_twice_is_refused(somebody):
    path = "/v3.0/OS-CREDENTIAL/securitytokens"
    for place, identity in said_twice('"methods":["token"]'):
        refused_twice(somebody.account, "POST", path, f"auth.identity.{place}", f'{{"auth":{{"identity":{identity}}}}}')
    auth = f'"auth":{{"identity":{{"methods":["token"],"policy":{GOOD}}}}}'
    refused_twice(somebody.account, "POST", path, "auth", f"{{{auth},{auth}}}")
    identity = f'"identity":{{"methods":["token"],"policy":{GOOD}}}'
    refused_twice(somebody.account, "POST", path, "auth.identity", f'{{"auth":{{{identity},{identity}}}}}')
