import com.huaweicloud.sdk.core.auth.AbstractCredentials;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.auth.SigningAlgorithm;
import com.huaweicloud.sdk.core.http.HttpConfig;
import com.huaweicloud.sdk.core.region.Region;
import com.huaweicloud.sdk.iotda.v5.IoTDAClient;
import com.huaweicloud.sdk.iotda.v5.model.CreateBatchTask;
import com.huaweicloud.sdk.iotda.v5.model.CreateBatchTaskRequest;
import com.huaweicloud.sdk.iotda.v5.model.DeleteDeviceRequest;
import com.huaweicloud.sdk.iotda.v5.model.FreezeDeviceRequest;
import com.huaweicloud.sdk.iotda.v5.model.ListDevicesRequest;
import com.huaweicloud.sdk.iotda.v5.model.UploadBatchTaskFileRequest;
import com.huaweicloud.sdk.iotda.v5.model.UploadBatchTaskFileRequestBody;

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.List;

/** The calls of the Java SDK. */
public final class Calls {
    public static void main(String[] arguments) throws Exception {
        for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
            call(client(arguments, algorithm, false), arguments[3]);
        }
        call(client(arguments, SigningAlgorithm.getDefault(), true), arguments[3]);
        System.exit(0);
    }

    private static IoTDAClient client(String[] arguments, SigningAlgorithm algorithm, boolean derived) {
        BasicCredentials credentials = new BasicCredentials()
            .withAk(arguments[1])
            .withSk(arguments[2])
            .withProjectId("0a1b2c3d4e5f60718293a4b5c6d7e8f9");
        if (derived) {
            credentials.withDerivedPredicate(AbstractCredentials.DEFAULT_DERIVED_PREDICATE);
        }
        return IoTDAClient.newBuilder()
            .withCredential(credentials)
            .withRegion(new Region("cn-north-4", arguments[0]))
            .withHttpConfig(HttpConfig.getDefaultHttpConfig().withSigningAlgorithm(algorithm))
            .build();
    }

    private static void call(IoTDAClient sdk, String upload) throws Exception {
        sdk.listDevices(
            new ListDevicesRequest().withLimit(50).withDeviceName("a b+c/~*:=&%设备").withProductId("p-1"));
        CreateBatchTask task = new CreateBatchTask()
            .withTaskType("freezeDevices").withTaskName("冻结").withTargets(List.of("a<b>&c", "d_1"));
        sdk.createBatchTask(new CreateBatchTaskRequest().withBody(task));
        try (InputStream file = new FileInputStream(upload)) {
            UploadBatchTaskFileRequestBody body = new UploadBatchTaskFileRequestBody().withFile(file, "devices.xlsx");
            sdk.uploadBatchTaskFile(new UploadBatchTaskFileRequest().withBody(body));
        }
        sdk.freezeDevice(new FreezeDeviceRequest().withDeviceId("dev_1-2"));
        sdk.deleteDevice(new DeleteDeviceRequest().withDeviceId("dev_1-2"));
    }
}
