package com.huaweicloud.sdk.test;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.huaweicloud.sdk.core.SdkResponse;
import com.huaweicloud.sdk.core.utils.JsonUtils;

/** What CreateExportTask answers. */
public class CreateExportTaskResponse extends SdkResponse {
    @JsonProperty("export_task_id")
    public String exportTaskId;

    @JsonProperty("resource_type")
    public String resourceType;

    @JsonProperty("resource_condition")
    public Object resourceCondition;

    @JsonProperty("export_format")
    public String exportFormat;

    @JsonProperty("status")
    public String status;

    @JsonProperty("export_count")
    public Long exportCount;

    @JsonProperty("progress")
    public Integer progress;

    @JsonProperty("create_time")
    public String createTime;

    @JsonProperty("end_time")
    public String endTime;

    @JsonProperty("app_type")
    public String appType;

    @JsonProperty("app_id")
    public String appId;

    @Override
    public String toString() {
        return JsonUtils.toJSON(this);
    }
}
