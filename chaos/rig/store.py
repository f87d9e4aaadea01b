"""An S3 server that keeps everything in memory and stays up; its faults are made by a proxy before it."""

import subprocess
import sys
from pathlib import Path

import boto3
from botocore.config import Config

from vocabulary import until
from vocabulary.server import free_port

BUCKET = "unlade"


class ObjectStore:
    """moto as a process, and what lies in it as seen past every proxy."""

    def __init__(self, directory):
        self.port = free_port()
        self.log_path = directory / "s3.log"
        with open(self.log_path, "ab") as log:
            server = str(Path(sys.executable).with_name("moto_server"))
            command = [server, "-H", "127.0.0.1", "-p", str(self.port)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        keys = {"aws_access_key_id": "moto", "aws_secret_access_key": "moto", "region_name": "us-east-1"}
        retries = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        self.s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{self.port}", config=retries, **keys)
        until(self.has_bucket, "the S3 server has a bucket", diagnosis=self.log)

    def has_bucket(self):
        try:
            return self.s3.create_bucket(Bucket=BUCKET)
        except Exception:  # not there yet, in any of the ways of a library
            return None

    def keys(self):
        """Every object's length by its key."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {found["Key"]: found["Size"] for page in pages for found in page.get("Contents", [])}

    def unfinished_uploads(self):
        """Keys of multipart uploads that were begun and neither completed nor aborted."""
        return [upload["Key"] for upload in self.s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]

    def read(self, key):
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def write(self, key, content):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def remove(self, key):
        self.s3.delete_object(Bucket=BUCKET, Key=key)

    def log(self):
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-30:])

    def end(self):
        self.process.kill()
        self.process.wait()
