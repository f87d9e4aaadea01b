package com.huaweicloud.sdk.test;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** The body of CreateExportTask, as the documentation has it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class AddExportTask {
    @JsonProperty("resource_type")
    public String resourceType;

    @JsonProperty("resource_condition")
    public Object resourceCondition;

    @JsonProperty("export_format")
    public String exportFormat;

    @JsonProperty("app_type")
    public String appType;

    @JsonProperty("app_id")
    public String appId;

    public AddExportTask withResourceType(String value) {
        resourceType = value;
        return this;
    }

    public AddExportTask withResourceCondition(Object value) {
        resourceCondition = value;
        return this;
    }

    public AddExportTask withExportFormat(String value) {
        exportFormat = value;
        return this;
    }

    public AddExportTask withAppType(String value) {
        appType = value;
        return this;
    }

    public AddExportTask withAppId(String value) {
        appId = value;
        return this;
    }
}
