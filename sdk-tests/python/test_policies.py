"""What resources and conditions of a policy mean to somebody with the SDK: each is allowed where it holds, and only there."""

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
