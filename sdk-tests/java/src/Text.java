import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.region.Region;
import com.huaweicloud.sdk.test.IoTDAClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Downloads the result of an export task as a text, and prints what came of it: null, or the SHA-256 of its bytes. */
class Text {
    public static void main(String[] arguments) throws Exception {
        var credentials = new BasicCredentials()
                .withAk(System.getenv("CLOUD_SDK_AK"))
                .withSk(System.getenv("CLOUD_SDK_SK"))
                .withProjectId(System.getenv("UNLADE_SDK_PROJECT_ID"));
        var region = new Region("cn-north-4", System.getenv("UNLADE_SDK_ENDPOINT"));
        var request = new IoTDAClient.ExportTaskRequest();
        request.exportTaskId = arguments[0];
        var client = IoTDAClient.newBuilder().withCredential(credentials).withRegion(region).build();
        String body = client.showExportTaskAsText(request).getBody();
        System.out.println(body == null ? null : HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.ISO_8859_1))));
        System.exit(0);
    }
}
