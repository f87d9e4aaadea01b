"""Every endpoint of the router, and who gets past its gate: the matrix in golden/rights.tsv.

A request that gets past the gate names nothing that exists, so it is refused for another reason or answered; what counts
here is whether the gate refused it. UNLADE_UPDATE_GOLDEN=1 writes the matrix anew, to be read line by line in the diff.
"""

import os
import re
from pathlib import Path

import pytest

from vocabulary import Account, allow, deny, raw

HERE = Path(__file__).resolve().parent
MATRIX = HERE / "golden" / "rights.tsv"
# Endpoints that this file does not know: kept, and empty.
UNCOVERED = HERE / "golden" / "uncovered.txt"
SOURCE = HERE.parents[1] / "crates" / "api" / "src"
ROUTER = "".join((SOURCE / name).read_text("utf-8") for name in ("router.rs", "router/account.rs"))

# What is open to anybody (some prove themselves in the body), and what anybody who is proven may ask about themselves.
OPEN = "open"
OWN = "own"
# Nobody may it for somebody else, not even the root.
SELF = "self"

RIGHTS = {
    "AddApplication": "iotda:apps:create",
    "ShowApplications": "iotda:apps:queryList",
    "ShowApplication": "iotda:apps:query",
    "UpdateApplication": "iotda:apps:modify",
    "DeleteApplication": "iotda:apps:delete",
    "CreateProduct": "iotda:products:create",
    "ListProducts": "iotda:products:queryList",
    "ShowProduct": "iotda:products:query",
    "UpdateProduct": "iotda:products:modify",
    "DeleteProduct": "iotda:products:delete",
    "AddDevice": "iotda:devices:register",
    "ListDevices": "iotda:devices:queryList",
    "ShowDevice": "iotda:devices:query",
    "DeleteDevice": "iotda:devices:delete",
    "UpdateDevice": "iotda:devices:modify",
    "ResetDeviceSecret": "iotda:devices:resetSecret",
    "ChangeGateway": "iotda:devices:modify",
    "ShowDeviceShadow": "iotda:shadow:query",
    "UpdateDeviceShadowDesiredData": "iotda:shadow:config",
    "DeleteDeviceShadow": "iotda:shadow:delete",
    "TagDevice": "iotda:tags:bind",
    "UntagDevice": "iotda:tags:unbind",
    "ListResourcesByTags": "iotda:tags:queryResources",
    "FreezeDevice": "iotda:devices:freeze",
    "UnfreezeDevice": "iotda:devices:unfreeze",
    "AddDeviceGroup": "iotda:group:create",
    "ListDeviceGroups": "iotda:group:queryList",
    "ShowDeviceGroup": "iotda:group:query",
    "UpdateDeviceGroup": "iotda:group:modify",
    "DeleteDeviceGroup": "iotda:group:delete",
    "CreateOrDeleteDeviceInGroup": "iotda:group:addDevice",
    "ShowDevicesInGroup": "iotda:group:queryDeviceList",
    "ListDeviceGroupsByDevice": "iotda:devices:queryGroupList",
    "UploadBatchTaskFile": "iotda:batchtaskfiles:create",
    "ListBatchTaskFiles": "iotda:batchtaskfiles:queryList",
    "DeleteBatchTaskFile": "iotda:batchtaskfiles:delete",
    "CreateBatchTask": "iotda:batchtasks:create",
    "ListBatchTasks": "iotda:batchtasks:queryList",
    "ShowBatchTask": "iotda:batchtasks:query",
    "RetryBatchTask": "iotda:batchtasks:retry",
    "StopBatchTask": "iotda:batchtasks:stop",
    "ConfirmBatchTask": "iotda:batchtasks:confirm",
    "DeleteBatchTask": "iotda:batchtasks:delete",
    "CreateExportTask": "iotda:exporttasks:create",
    "ListExportTasks": "iotda:exporttasks:queryList",
    "ShowExportTask": "iotda:exporttasks:query",
    "DeleteExportTask": "iotda:exporttasks:delete",
    "CreateOtaPackage": "iotda:otapackages:create",
    "ListOtaPackageInfo": "iotda:otapackages:queryList",
    "ShowOtaPackage": "iotda:otapackages:query",
    "DeleteOtaPackage": "iotda:otapackages:delete",
    "UploadOtaPackage": "iotda:otapackages:create",
    "CreateToken": OPEN,
    "templates": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "openapi": OPEN,
    "ShowToken": OWN,
    "RevokeToken": OWN,
    "ListAuthProjects": OWN,
    "ListAuthDomains": OWN,
    "CreateTemporaryAccessKey": OPEN,
    "ListProjects": OWN,
    "ChangePassword": SELF,
    "ListProjectsOfUser": "iam:projects:listProjects",
    "CreateProject": "iam:projects:createProject",
    "ShowProject": "iam:projects:getProject",
    "UpdateProject": "iam:projects:updateProject",
    "MigrateResource": "iam:projects:updateProject",
    "ListUsers": "iam:users:listUsers",
    "CreateUser": "iam:users:createUser",
    "ShowUser": "iam:users:getUser",
    "UpdateUser": "iam:users:updateUser",
    "DeleteUser": "iam:users:deleteUser",
    "ListGroupsOfUser": "iam:groups:listGroups",
    "ListGroups": "iam:groups:listGroups",
    "CreateGroup": "iam:groups:createGroup",
    "ShowGroup": "iam:groups:getGroup",
    "UpdateGroup": "iam:groups:updateGroup",
    "DeleteGroup": "iam:groups:deleteGroup",
    "ListUsersOfGroup": "iam:users:listUsers",
    "AddUserToGroup": "iam:permissions:addUserToGroup",
    "CheckUserInGroup": "iam:permissions:checkUserInGroup",
    "RemoveUserFromGroup": "iam:permissions:removeUserFromGroup",
    "ListAccessKeys": OWN,
    "CreateAccessKey": "iam:credentials:createCredential",
    "ShowAccessKey": "iam:credentials:getCredential",
    "UpdateAccessKey": "iam:credentials:updateCredential",
    "DeleteAccessKey": "iam:credentials:deleteCredential",
    "ListRoles": "iam:roles:listRoles",
    "ShowRole": "iam:roles:getRole",
    "ListCustomPolicies": "iam:roles:listRoles",
    "CreateCustomPolicy": "iam:roles:createRole",
    "ShowCustomPolicy": "iam:roles:getRole",
    "UpdateCustomPolicy": "iam:roles:updateRole",
    "DeleteCustomPolicy": "iam:roles:deleteRole",
    "ListAgencies": "iam:agencies:listAgencies",
    "CreateAgency": "iam:agencies:createAgency",
    "ShowAgency": "iam:agencies:getAgency",
    "UpdateAgency": "iam:agencies:updateAgency",
    "DeleteAgency": "iam:agencies:deleteAgency",
    "ListGrants": "iam:permissions:listRoles",
    "AddGrant": "iam:permissions:grantRole",
    "CheckGrant": "iam:permissions:checkRole",
    "RevokeGrant": "iam:permissions:revokeRole",
}
ROLES = ["te_admin", "iotda_full_access", "iotda_read_only_access"]
NOTHING = "f" * 24
# Where the gate asks whom it is about, and the body says that.
BODIES = {
    "/v3.0/OS-CREDENTIAL/credentials": {"credential": {"user_id": NOTHING}},
    "/v3.0/OS-CREDENTIAL/credentials/{access_key}": {"credential": {"status": "active"}},
}


def routes():
    """(operation, method, path) of everything that the router serves."""
    row = re.compile(r'\(\s*"(\w+)",\s*(?:at\()?"(/[^"]+)"\)?(?:\.to_owned\(\))?,(.*?\)\s*),?\s*\),\n', re.DOTALL)
    verb = re.compile(r"\b(get|post|put|patch|delete|head)\(")
    for operation, path, behind in row.findall(ROUTER):
        below = not path.startswith(("/v3", "/v1.0", "/console", "/healthz", "/readyz", "/openapi.json"))
        for method in verb.findall(behind):
            yield operation, method.upper(), path.removeprefix("/") if below else path
    granted = re.findall(r'^    \("(/v3[^"]+)", "([^"]*)"\),$', ROUTER, re.MULTILINE)
    for operation, place, method in re.findall(r'\("(\w+)", (all|one)(?:\.clone\(\))?, (\w+)\(', ROUTER):
        for roles, end in granted:
            yield operation, method.upper(), roles + ("/{role_id}" if place == "one" else "") + end


def gate(server, method, path, token=None, **key):
    """How the gate answers whoever signs, or has a token: `yes`, or why not."""
    if token:
        key = {"signed": False, "headers": {"X-Auth-Token": token}}
    body = BODIES.get(path, {}) if method in {"POST", "PUT", "PATCH"} else None
    path = re.sub(r"\{\w+\}", NOTHING, path)
    answer = raw(server, method, path, body=body, **key)
    if answer.status == 401:
        return "unproven"
    if answer.status != 403:
        return "yes"
    if method == "HEAD" or path.startswith("/v3") or path.startswith("/v1.0"):
        return "denied"
    return {"IOTDA.000021": "foreign", "IOTDA.000022": "denied"}.get(answer.code, "yes")


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0, limits_projects=100)


@pytest.fixture(scope="module")
def account(server):
    return Account(server)


class Somebody:
    """A user with one policy that is changed from request to request: a change counts at once."""

    def __init__(self, account, name):
        self.account, self.server = account, account.server
        user_id, self.key = account.person(name)
        self.role_id = account.policy(f"{name}'s", allow("none:none:none"))
        account.grant(self.role_id, ("users", user_id))

    def may(self, *statements):
        document = {"Version": "1.1", "Statement": list(statements)}
        self.account.done("PATCH", f"/v3.0/OS-ROLE/roles/{self.role_id}", {"role": {"policy": document}})
        return self

    def asks(self, method, path, **more):
        return gate(self.server, method, path, **{**self.key, **more})


def of_role(account, role):
    user_id, key = account.person(role)
    account.grant(role, ("users", user_id))
    return key


def test_every_endpoint_is_known_here():
    served = {operation for operation, _, _ in routes()}
    # Whatever else looks like the name of an endpoint must not have been overlooked.
    named = set(re.findall(r'\(\s*"([A-Za-z]\w+)",\s*(?:at\(|"/|all|one)', ROUTER))
    uncovered = sorted((served | named) - set(RIGHTS))
    assert UNCOVERED.read_text("utf-8").split() == uncovered == []
    assert sorted(set(RIGHTS) - served) == [], "the router does not have it"


def test_who_gets_past_each_gate(server, account):
    alone, without, nobody = (Somebody(account, name) for name in ["alone", "without", "nobody"])
    keys = {role: of_role(account, role) for role in ROLES}
    columns = ["unsigned", "root", "no right", "this right alone", "all but this right", *ROLES]
    wrong = []
    lines = ["\t".join(["operation", "method", "path", "action", *columns])]
    for operation, method, path in routes():
        action = RIGHTS[operation]
        alone.may(allow(action if ":" in action else "none:none:none"))
        without.may(allow("*:*:*"), deny(action if ":" in action else "none:none:none"))
        found = [
            gate(server, method, path, signed=False),
            gate(server, method, path),
            nobody.asks(method, path),
            alone.asks(method, path),
            without.asks(method, path),
            *(gate(server, method, path, **keys[role]) for role in ROLES),
        ]
        expected = {OPEN: ["yes"] * 5, OWN: ["unproven"] + ["yes"] * 4, SELF: ["unproven"] + ["denied"] * 4}
        if found[:5] != expected.get(action, ["unproven", "yes", "denied", "yes", "denied"]):
            wrong.append((operation, method, path, found))
        lines.append("\t".join([operation, method, path, action, *found]))
    assert not wrong, "\n".join(map(str, wrong))
    made = "\n".join(lines) + "\n"
    if os.environ.get("UNLADE_UPDATE_GOLDEN"):
        MATRIX.write_text(made, "utf-8")
    assert MATRIX.read_text("utf-8") == made


def test_a_token_gets_past_the_gates_that_its_owner_s_key_gets_past_and_none_once_revoked(server, account):
    users = {}
    for name, statement in {"may all": allow("*:*:*"), "may none": allow("none:none:none")}.items():
        word = "Correct-horse1"
        name = name.replace(" ", "-")
        _, key = account.person(name, statement, password=word)
        tokens = [account.login(name, word, project_id=server.credentials.project_id).headers["X-Subject-Token"] for _ in "12"]
        revoked = {"X-Auth-Token": tokens[0], "X-Subject-Token": tokens[0]}
        assert raw(server, "DELETE", "/v3/auth/tokens", headers=revoked, signed=False).status == 204
        users[name] = key, *tokens
    for operation, method, path in routes():
        for key, revoked, token in users.values():
            by_key = gate(server, method, path, **key)
            assert gate(server, method, path, token=token) == by_key, (operation, method)
            # What proves itself by its body is heard all the same, unless a header was to prove it.
            heard = RIGHTS[operation] == OPEN and operation != "CreateTemporaryAccessKey"
            expected = "yes" if heard else "unproven"
            assert gate(server, method, path, token=revoked) == expected, (operation, method)


def test_no_endpoint_answers_for_another_project(server, account):
    """With every right in one project: neither one that exists nor one that does not is any different."""
    user_id, key = account.person("settled")
    account.grant("te_admin", ("users", user_id), server.credentials.project_id)
    other = account.project("another")
    for operation, method, path in routes():
        if path.startswith("/"):
            continue
        for project_id in [other, "e" * 32]:
            # The header that goes with a key names its project; here it is the one that is asked for.
            found = gate(server, method, path, **{**key, "project_id": project_id})
            assert found == ("denied" if method == "HEAD" else "foreign"), (operation, method, project_id)
