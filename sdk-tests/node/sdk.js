"use strict";
// The client, as one of the callers of the scenario. There is no IoTDA package for Node, so requests are put together
// by hand from `operations.json`, and signed and sent by the SDK's core.

const fs = require("node:fs");
const path = require("node:path");
const FormData = require("form-data");
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core");
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder");
const { DefaultHttpClient } = require("@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient");
const operations = require("./operations.json");

// Without this, text is made of a download, and it is damaged. A refusal is bytes then, too, unless it is read as JSON.
const BYTES = {
  responseType: "arraybuffer",
  transformResponse: (data, _headers, status) => (status < 400 ? data : JSON.parse(data)),
};

class Sdk {
  constructor({ ak, sk, project_id }) {
    this.projectId = project_id;
    const credentials = new BasicCredentials().withAk(ak).withSk(sk).withProjectId(project_id);
    // It needs the package `uuid`, which the SDK does not list among its dependencies.
    this.client = new ClientBuilder((core) => core)
      .withCredential(credentials)
      .withEndpoint(process.env.UNLADE_SDK_ENDPOINT)
      .build();
  }

  knows(operation) {
    return operation in operations;
  }

  async call(operation, given) {
    const { body, file, ...rest } = given;
    const [method, below] = operations[operation].split(" ");
    const pathParams = { project_id: this.projectId };
    for (const [, name] of below.matchAll(/\{(\w+)\}/g)) {
      pathParams[name] = rest[name];
      delete rest[name];
    }
    const order = { method, url: `/v5/iot/{project_id}${below}`, pathParams, queryParams: rest, headers: {} };
    if (body !== undefined) {
      order.contentType = "application/json";
      order.data = body;
    } else if (file !== undefined) {
      order.contentType = "multipart/form-data";
      order.data = new FormData();
      order.data.append("file", fs.readFileSync(file), path.basename(file));
    }
    if (operation === "ShowExportTask") {
      order.axiosRequestConfig = BYTES;
    }
    const answer = await this.client.sendRequest(order);
    return { status: answer.httpStatusCode, answer };
  }

  /** Saves a download; the text that would have been made of it, and the server's ETag. */
  save(answer, file) {
    fs.writeFileSync(file, answer.body);
    // The SDK hands no header out; it keeps the last answer.
    const etag = DefaultHttpClient.httpResponse.headers.etag.replaceAll('"', "");
    const whole = Buffer.from(answer.body.toString("utf8")).equals(answer.body);
    return { etag, whole };
  }
}

/** What an error of the SDK tells, or nothing if it is none. */
function refusal(error) {
  if (error.httpStatusCode === undefined) {
    return null;
  }
  return { status: error.httpStatusCode, code: error.errorCode, message: error.errorMsg, requestId: error.requestId };
}

module.exports = { Sdk, refusal };
