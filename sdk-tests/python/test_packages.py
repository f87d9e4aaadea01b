"""OTA packages through the SDK; and, beyond the cloud, a file that is uploaded to the server itself."""

import hashlib

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import in_both, raw, refused, until

UNSIGNED = {"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD", "Content-Type": "application/octet-stream"}
OBS = {"region_name": "cn-north-4", "bucket_name": "own.bucket-1", "object_key": "a/b.bin"}
NOBODY = "0123456789abcdef01234567"


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0, limits_apps=50, limits_ota_package_bytes=1_000_000)


@pytest.fixture(scope="module")
def caller(server):
    return server.caller()


@pytest.fixture
def app_id(caller):
    """An app of this test's own."""
    app_id = caller.app("own")
    yield app_id
    caller.sdk.delete_application(iotda.DeleteApplicationRequest(app_id=app_id))


@pytest.fixture
def product_id(caller, app_id):
    return caller.product(app_id=app_id)


def create(caller, app_id, product_id, **more):
    location = iotda.FileLocation(obs_location=iotda.ObsLocation(**OBS))
    fields = {"package_type": "softwarePackage", "version": "1.0", "file_location": location}
    body = iotda.CreateOtaPackage(**{**fields, "app_id": app_id, "product_id": product_id, **more})
    return caller.sdk.create_ota_package(iotda.CreateOtaPackageRequest(body=body))


def show(caller, package_id):
    return caller.sdk.show_ota_package(iotda.ShowOtaPackageRequest(package_id=package_id))


def delete(caller, package_id):
    return caller.sdk.delete_ota_package(iotda.DeleteOtaPackageRequest(package_id=package_id))


def test_a_package_comes_back_as_it_was_given(caller, app_id, product_id):
    location = iotda.FileLocation(obs_location=iotda.ObsLocation(**OBS, sign="aB" * 32, sign_method="SHA256"))
    more = {"support_source_versions": ["0.8", "0.9"], "description": "说明", "custom_info": '{"a":1}'}
    made = create(
        caller,
        app_id,
        product_id,
        package_type="modulePackage",
        module_name="modem.1",
        file_location=location,
        **more,
    )
    assert made.status_code == 201
    for package in (made, show(caller, made.package_id)):
        assert (package.app_id, package.product_id, package.product_name) == (app_id, product_id, "meter")
        assert (package.package_type, package.module_name, package.version) == ("modulePackage", "modem.1", "1.0")
        assert {name: getattr(package, name) for name in more} == more
        assert package.file_location == location
        assert len(package.create_time) == len("20151212T121212Z")
    assert delete(caller, made.package_id).status_code == 204
    refused(lambda: show(caller, made.package_id), 404, "IOTDA.019300")
    refused(lambda: delete(caller, made.package_id), 404, "IOTDA.019300")


def test_lists_are_narrowed_and_paged(caller, app_id, product_id):
    types = ("softwarePackage", "firmwarePackage", "softwarePackage")
    made = [
        create(caller, app_id, product_id, package_type=kind, version=f"{number}").package_id
        for number, kind in enumerate(types)
    ]

    def listed(**query):
        return caller.sdk.list_ota_package_info(iotda.ListOtaPackageInfoRequest(app_id=app_id, **query))

    def ids(**query):
        return [package.package_id for package in listed(**query).packages]

    assert ids() == made[::-1]
    assert ids(package_type="softwarePackage") == [made[2], made[0]]
    assert ids(version="1") == [made[1]]
    assert ids(product_id=product_id, limit=2) == made[:0:-1]
    assert ids(product_id="nobody") == []
    page = listed(limit=2).page
    assert (page.count, ids(limit=2, marker=page.marker)) == (3, made[:1])
    assert ids(offset=4) == []
    refused(lambda: caller.sdk.list_ota_package_info(iotda.ListOtaPackageInfoRequest(app_id="x")), 403, "IOTDA.001006")


@pytest.mark.parametrize(
    "field, value",
    [
        ("app_id", None),
        ("app_id", "x" * 37),
        ("package_type", "hardwarePackage"),
        ("product_id", None),
        ("version", None),
        ("version", "1 0"),
        ("version", "v" * 257),
        ("support_source_versions", ["1"] * 21),
        ("support_source_versions", ["a b"]),
        ("description", "x" * 1025),
        ("custom_info", "x" * 4097),
        ("module_name", "modem"),
        ("file_location", None),
        ("file_location", {}),
        ("file_location.obs_location.bucket_name", {"obs_location": {**OBS, "bucket_name": "Own"}}),
        ("file_location.obs_location.region_name", {"obs_location": {**OBS, "region_name": "a b"}}),
        ("file_location.obs_location.object_key", {"obs_location": {**OBS, "object_key": "x" * 1025}}),
        ("file_location.obs_location.sign", {"obs_location": {**OBS, "sign": "0" * 63}}),
        ("file_location.obs_location.sign_method", {"obs_location": {**OBS, "sign_method": "CRC"}}),
        ("file_location.url", {"url": "ftp://host/file"}),
        ("file_location", {"url": "http://host/file", "obs_location": OBS}),
        ("file_location", {"obs_location": OBS, "x": "x" * 20_000}),
        ("file_location.upload.file_name", {"upload": {"file_name": "../x"}}),
    ],
)
def test_each_field_has_its_limits(server, app_id, product_id, field, value):
    fields = {"package_type": "softwarePackage", "version": "1", "file_location": {"obs_location": OBS}}
    body = {**fields, "app_id": app_id, "product_id": product_id, field.split(".")[0]: value}
    for answer in in_both(server, "POST", "ota-upgrades/packages", body=body):
        assert (answer.status, answer.code) == (400, "IOTDA.019304")
        assert field in answer.message


def test_a_package_is_for_a_product_of_its_app(server, caller, app_id, product_id):
    refused(lambda: create(caller, app_id, "nobody"), 400, "IOTDA.013000", "nobody")
    refused(lambda: create(caller, server.credentials.app_id, product_id), 400, "IOTDA.013000")
    refused(lambda: create(caller, "nobody", product_id), 403, "IOTDA.001006")
    package_id = create(caller, app_id, product_id).package_id
    drop = iotda.DeleteProductRequest(product_id=product_id)
    refused(lambda: caller.sdk.delete_product(drop), 403, "IOTDA.013007", "OTA packages")
    delete(caller, package_id)
    assert caller.sdk.delete_product(drop).status_code == 204


def put(server, package_id, content, **more):
    path = f"ota-upgrades/packages/{package_id}/file"
    return raw(server, "PUT", path, body=content, headers=UNSIGNED, **more)


def objects(server):
    return sorted((server.data_dir / "blobs" / "objects").glob("packages/*"))


@pytest.mark.embedded
def test_an_uploaded_file_is_kept_once_and_goes_with_its_package(server, caller, app_id, product_id):
    content = b"\0firmware\xff" * 50_000
    package_id = caller.package(app_id, product_id, upload=True)
    answer = put(server, package_id, content)
    assert answer.status == 200, answer.message
    digest = hashlib.sha256(content).hexdigest()
    place = {"file_name": "a.bin", "file_size": len(content), "sign": digest, "sign_method": "SHA256"}
    assert answer.json()["file_location"] == {"upload": place}
    assert raw(server, "GET", f"ota-upgrades/packages/{package_id}").json()["file_location"] == {"upload": place}
    (kept,) = objects(server)
    assert kept.read_bytes() == content
    for refusal in in_both(server, "PUT", f"ota-upgrades/packages/{package_id}/file", body=b"other", headers=UNSIGNED):
        assert (refusal.status, refusal.code) == (400, "IOTDA.019304")
    assert kept.read_bytes() == content
    server.restart()
    assert objects(server) == [kept], "the sweep took what a row names"
    delete(server.caller(), package_id)
    until(lambda: objects(server) == [], "the Pruner has deleted the file", diagnosis=server.log)


def test_what_was_promised_of_a_file_is_held(server, caller, app_id, product_id):
    location = {"upload": {"file_name": "a.bin", "sign": hashlib.sha256(b"right").hexdigest().upper()}}
    package_id = caller.package(app_id, product_id, file_location=location)
    wrong = put(server, package_id, b"wrong")
    assert (wrong.status, wrong.code) == (400, "IOTDA.019304")
    assert hashlib.sha256(b"wrong").hexdigest() in wrong.message
    assert put(server, package_id, b"right").status == 200


def test_what_is_no_file_of_a_package_is_refused(server, caller, app_id, product_id):
    package_id = caller.package(app_id, product_id, upload=True)
    for content, word in ((b"", "empty"), (b"x" * 1_000_001, "1000000")):
        answer = put(server, package_id, content)
        assert (answer.status, answer.code) == (400, "IOTDA.019304")
        assert word in answer.message
    elsewhere = put(server, caller.package(app_id, product_id), b"x")
    assert (elsewhere.status, elsewhere.code) == (400, "IOTDA.019304")
    assert put(server, NOBODY, b"x").code == "IOTDA.019300"
    assert put(server, package_id, b"x" * 1_000_000).status == 200


def test_a_strict_server_knows_the_cloud_s_object_store_alone(serve):
    server = serve(server_strict="true", batch_workers=0, export_workers=0)
    caller, app_id = server.caller(), server.credentials.app_id
    product_id = caller.product()
    body = {"app_id": app_id, "package_type": "firmwarePackage", "product_id": product_id, "version": "1"}
    for location in ({"url": "http://host/f"}, {"upload": {"file_name": "f"}}):
        answer = raw(server, "POST", "ota-upgrades/packages", body={**body, "file_location": location})
        assert (answer.status, answer.code) == (400, "IOTDA.019304")
        assert "obs_location" in answer.message
    package_id = caller.package(app_id, product_id)
    assert put(server, package_id, b"x").status == 404
