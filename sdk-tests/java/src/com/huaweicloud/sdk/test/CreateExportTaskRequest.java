package com.huaweicloud.sdk.test;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What CreateExportTask takes. */
public class CreateExportTaskRequest {
    @JsonProperty("body")
    public AddExportTask body;

    public CreateExportTaskRequest withBody(AddExportTask value) {
        body = value;
        return this;
    }
}
