"""The official SDK of the identity service administers the account."""

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkiam import v3 as iam

from vocabulary import Account, raw


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0)


@pytest.fixture(scope="module")
def sdk(server):
    """It asks the server for the account's id by itself."""
    root = server.credentials
    credentials = GlobalCredentials(root.ak, root.sk).with_iam_endpoint(server.endpoint)
    return iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(server.endpoint).build()


def test_the_official_client_makes_a_user_who_may_read(server, sdk):
    domain_id = Account(server).domain_id()
    assert [domain.id for domain in sdk.keystone_list_auth_domains(iam.KeystoneListAuthDomainsRequest()).domains] == [domain_id]
    option = iam.KeystoneCreateUserOption(name="sdk-user", domain_id=domain_id, password="Correct-horse1", enabled=True)
    body = iam.KeystoneCreateUserRequestBody(user=option)
    user = sdk.keystone_create_user(iam.KeystoneCreateUserRequest(body=body)).user
    option = iam.KeystoneCreateGroupOption(name="sdk-group", description="of the SDK", domain_id=domain_id)
    group = sdk.keystone_create_group(iam.KeystoneCreateGroupRequest(body=iam.KeystoneCreateGroupRequestBody(group=option))).group
    sdk.keystone_add_user_to_group(iam.KeystoneAddUserToGroupRequest(group_id=group.id, user_id=user.id))
    sdk.keystone_check_user_in_group(iam.KeystoneCheckUserInGroupRequest(group_id=group.id, user_id=user.id))
    users = sdk.keystone_list_users_for_group_by_admin(iam.KeystoneListUsersForGroupByAdminRequest(group_id=group.id)).users
    assert [found.name for found in users] == ["sdk-user"]
    statement = iam.ServiceStatement(effect="Allow", action=["iotda:devices:queryList"])
    policy = iam.ServicePolicy(version="1.1", statement=[statement])
    option = iam.ServicePolicyRoleOption(display_name="sdk policy", type="XA", description="reads", policy=policy)
    body = iam.CreateCloudServiceCustomPolicyRequestBody(role=option)
    role = sdk.create_cloud_service_custom_policy(iam.CreateCloudServiceCustomPolicyRequest(body=body)).role
    named = sdk.keystone_list_permissions(iam.KeystoneListPermissionsRequest(display_name="sdk policy")).roles
    assert [(found.id, found.type) for found in named] == [(role.id, "XA")]
    project_id = server.credentials.project_id
    place = {"project_id": project_id, "group_id": group.id, "role_id": role.id}
    sdk.keystone_associate_group_with_project_permission(iam.KeystoneAssociateGroupWithProjectPermissionRequest(**place))
    sdk.keystone_check_project_permission_for_group(iam.KeystoneCheckProjectPermissionForGroupRequest(**place))
    option = iam.CreateCredentialOption(user_id=user.id, description="of the SDK")
    body = iam.CreatePermanentAccessKeyRequestBody(credential=option)
    key = sdk.create_permanent_access_key(iam.CreatePermanentAccessKeyRequest(body=body)).credential
    assert raw(server, "GET", "devices", ak=key.access, sk=key.secret).status == 200
    assert raw(server, "GET", "products", ak=key.access, sk=key.secret).code == "IOTDA.000022"
    sdk.delete_permanent_access_key(iam.DeletePermanentAccessKeyRequest(access_key=key.access))
    assert raw(server, "GET", "devices", ak=key.access, sk=key.secret).code == "IOTDA.000002"


def test_the_official_client_gets_a_token_and_a_temporary_key(server, sdk):
    domain_id = Account(server).domain_id()
    Account(server).user("token-user", password="Correct-horse1")
    user = iam.PwdPasswordUser(domain=iam.PwdPasswordUserDomain(name="unlade"), name="token-user", password="Correct-horse1")
    identity = iam.PwdIdentity(methods=["password"], password=iam.PwdPassword(user=user))
    scope = iam.AuthScope(domain=iam.AuthScopeDomain(id=domain_id))
    body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam.PwdAuth(identity=identity, scope=scope))
    answer = sdk.keystone_create_user_token_by_password(iam.KeystoneCreateUserTokenByPasswordRequest(body=body))
    token = answer.x_subject_token
    shown = sdk.keystone_validate_token(iam.KeystoneValidateTokenRequest(x_subject_token=token)).token
    assert shown.user.name == "token-user" and shown.domain.id == domain_id
    identity = iam.TokenAuthIdentity(methods=["token"], token=iam.IdentityToken(id=token, duration_seconds=900))
    body = iam.CreateTemporaryAccessKeyByTokenRequestBody(auth=iam.TokenAuth(identity=identity))
    key = sdk.create_temporary_access_key_by_token(iam.CreateTemporaryAccessKeyByTokenRequest(body=body)).credential
    own = Account(server, ak=key.access, sk=key.secret)
    own.headers = {"X-Security-Token": key.securitytoken}
    assert own.ask("GET", "/v3/auth/domains").status == 200
