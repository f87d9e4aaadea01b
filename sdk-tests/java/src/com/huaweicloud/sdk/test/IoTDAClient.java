package com.huaweicloud.sdk.test;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.huaweicloud.sdk.core.ClientBuilder;
import com.huaweicloud.sdk.core.HcClient;
import com.huaweicloud.sdk.core.SdkResponse;
import com.huaweicloud.sdk.core.SdkStreamResponse;
import com.huaweicloud.sdk.core.http.FieldExistence;
import com.huaweicloud.sdk.core.http.HttpMethod;
import com.huaweicloud.sdk.core.http.HttpRequestDef;
import com.huaweicloud.sdk.core.http.LocationType;
import java.util.List;
import java.util.function.Function;

/**
 * The four calls of export tasks, which the documentation has and no published SDK for Java: defined as the SDK defines
 * its own and sent through its core. They lie in the package of the documented sample, so that it compiles as printed:
 * a class of the same package comes before one that is imported by a star.
 */
public class IoTDAClient {
    private static final String PATH = "/v5/iot/{project_id}/export-tasks";

    private final HcClient core;

    public IoTDAClient(HcClient core) {
        this.core = core;
    }

    public static ClientBuilder<IoTDAClient> newBuilder() {
        return new ClientBuilder<>(IoTDAClient::new, "BasicCredentials").withDerivedAuthServiceName("iotdm");
    }

    public static class ListExportTasksRequest {
        @JsonProperty("resource_type") public String resourceType;
        @JsonProperty("app_type") public String appType;
        @JsonProperty("app_id") public String appId;
        @JsonProperty("limit") public Integer limit;
        @JsonProperty("marker") public String marker;
        @JsonProperty("offset") public Integer offset;
    }

    public static class Page {
        @JsonProperty("count") public Long count;
        @JsonProperty("marker") public String marker;
    }

    public static class ListExportTasksResponse extends SdkResponse {
        @JsonProperty("export_tasks") public List<CreateExportTaskResponse> exportTasks;
        @JsonProperty("page") public Page page;
    }

    /** Names an export task. */
    public static class ExportTaskRequest {
        @JsonProperty("export_task_id") public String exportTaskId;
    }

    /** A body as text, as the SDK's definitions of other languages have it. */
    public static class TextResponse extends SdkResponse {
        private String body;

        public String getBody() {
            return body;
        }

        public void setBody(String value) {
            body = value;
        }
    }

    /** A body as it comes: `consumeDownloadStream` gives its bytes. */
    public static class FileResponse extends SdkStreamResponse {}

    public CreateExportTaskResponse createExportTask(CreateExportTaskRequest request) {
        var call = HttpRequestDef.builder(HttpMethod.POST, CreateExportTaskRequest.class, CreateExportTaskResponse.class);
        call.withName("CreateExportTask").withUri(PATH).withContentType("application/json;charset=UTF-8");
        call.<AddExportTask>withRequestField(
                "body", LocationType.Body, FieldExistence.NON_NULL_NON_EMPTY, AddExportTask.class,
                field -> field.withMarshaller(order -> order.body, (order, body) -> order.body = body));
        return core.syncInvokeHttp(request, call.build());
    }

    public ListExportTasksResponse listExportTasks(ListExportTasksRequest request) {
        var call = HttpRequestDef.builder(HttpMethod.GET, ListExportTasksRequest.class, ListExportTasksResponse.class);
        call.withName("ListExportTasks").withUri(PATH).withContentType("application/json");
        query(call, "resource_type", String.class, order -> order.resourceType);
        query(call, "app_type", String.class, order -> order.appType);
        query(call, "app_id", String.class, order -> order.appId);
        query(call, "limit", Integer.class, order -> order.limit);
        query(call, "marker", String.class, order -> order.marker);
        query(call, "offset", Integer.class, order -> order.offset);
        return core.syncInvokeHttp(request, call.build());
    }

    public TextResponse deleteExportTask(ExportTaskRequest request) {
        return text(HttpMethod.DELETE, "/{export_task_id}", request);
    }

    /** The file as a stream, which is what holds every byte of it. */
    public FileResponse showExportTask(ExportTaskRequest request) {
        return core.syncInvokeHttp(request, ofOne(HttpMethod.GET, "/{export_task_id}/file", FileResponse.class).build());
    }

    /** The file as a text, as the SDK's source types it. */
    public TextResponse showExportTaskAsText(ExportTaskRequest request) {
        return text(HttpMethod.GET, "/{export_task_id}/file", request);
    }

    private TextResponse text(HttpMethod method, String path, ExportTaskRequest request) {
        var call = ofOne(method, path, TextResponse.class);
        call.<String>withResponseField(
                "body", LocationType.Body, FieldExistence.NULL_IGNORE, String.class,
                field -> field.withMarshaller(TextResponse::getBody, TextResponse::setBody));
        return core.syncInvokeHttp(request, call.build());
    }

    private static <T> HttpRequestDef.Builder<ExportTaskRequest, T> ofOne(HttpMethod method, String path, Class<T> answer) {
        var call = HttpRequestDef.builder(method, ExportTaskRequest.class, answer);
        call.withUri(PATH + path).withContentType("application/json");
        call.<String>withRequestField(
                "export_task_id", LocationType.Path, FieldExistence.NON_NULL_NON_EMPTY, String.class,
                field -> field.withMarshaller(order -> order.exportTaskId, (order, id) -> order.exportTaskId = id));
        return call;
    }

    private static <R, T> void query(HttpRequestDef.Builder<R, ?> call, String name, Class<T> kind, Function<R, T> read) {
        call.<T>withRequestField(
                name, LocationType.Query, FieldExistence.NULL_IGNORE, kind,
                field -> field.withMarshaller(read, (order, value) -> {}));
    }
}
