import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.huaweicloud.sdk.core.ClientBuilder;
import com.huaweicloud.sdk.core.HttpListener;
import com.huaweicloud.sdk.core.SdkStreamResponse;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.http.HttpConfig;
import com.huaweicloud.sdk.core.region.Region;
import com.huaweicloud.sdk.core.utils.JsonUtils;
import com.huaweicloud.sdk.iotda.v5.IoTDAClient;
import com.huaweicloud.sdk.iotda.v5.model.UploadBatchTaskFileRequest;
import com.huaweicloud.sdk.iotda.v5.model.UploadBatchTaskFileRequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The client, as one of the callers of the scenario. */
class Sdk {
    /** Who calls. */
    record Key(String ak, String sk, String projectId) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final IoTDAClient client;
    private final com.huaweicloud.sdk.test.IoTDAClient supplied;
    private String etag = "";

    Sdk(Key key) {
        client = built(IoTDAClient.newBuilder(), key);
        supplied = built(com.huaweicloud.sdk.test.IoTDAClient.newBuilder(), key);
    }

    private <T> T built(ClientBuilder<T> builder, Key key) {
        HttpConfig config = HttpConfig.getDefaultHttpConfig();
        config.addHttpListener(HttpListener.forResponseListener(answer -> hear(answer.headers())));
        var credentials = new BasicCredentials().withAk(key.ak).withSk(key.sk).withProjectId(key.projectId);
        var region = new Region("cn-north-4", System.getenv("UNLADE_SDK_ENDPOINT"));
        return builder.withCredential(credentials).withRegion(region).withHttpConfig(config).build();
    }

    private void hear(Map<String, List<String>> headers) {
        headers.forEach((name, values) -> {
            if (name.equalsIgnoreCase("ETag")) {
                etag = values.get(0).replace("\"", "");
            }
        });
    }

    String etag() {
        return etag;
    }

    /** Whether it is the SDK's own, or one that we supply. */
    boolean isSupplied(String operation) {
        return method(client, operation) == null;
    }

    boolean knows(String operation) {
        return method(client, operation) != null || method(supplied, operation) != null;
    }

    private static Method method(Object client, String operation) {
        String name = Character.toLowerCase(operation.charAt(0)) + operation.substring(1);
        for (Method method : client.getClass().getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == 1) {
                return method;
            }
        }
        return null;
    }

    /** Sends a request of the SDK's own type for the operation. */
    Object call(String operation, JsonNode given) throws Exception {
        Object where = isSupplied(operation) ? supplied : client;
        Method method = method(where, operation);
        try {
            if (operation.equals("UploadBatchTaskFile")) {
                Path path = Path.of(given.get("file").asText());
                try (InputStream file = Files.newInputStream(path)) {
                    var body = new UploadBatchTaskFileRequestBody().withFile(file, path.getFileName().toString());
                    return method.invoke(where, new UploadBatchTaskFileRequest().withBody(body));
                }
            }
            return method.invoke(where, JsonUtils.toObject(given.toString(), method.getParameterTypes()[0]));
        } catch (InvocationTargetException error) {
            throw error.getCause() instanceof Exception cause ? cause : error;
        }
    }

    /** What a response of the SDK holds, under the names of the wire. */
    static JsonNode plain(Object response) throws Exception {
        return JSON.readTree(JsonUtils.toJSON(response));
    }

    /** Saves a download. */
    static void save(Object response, Path path) throws IOException {
        try (OutputStream file = Files.newOutputStream(path)) {
            ((SdkStreamResponse) response).consumeDownloadStream(body -> copy(body, file));
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
