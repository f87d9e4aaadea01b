// The calls of the Go SDK.
package main

import (
	"os"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	iotda "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iotda/v5"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iotda/v5/model"
)

func main() {
	algorithms := []algorithm.SigningAlgorithm{
		algorithm.HmacSHA256, algorithm.HmacSM3, algorithm.EcdsaP256SHA256, algorithm.SM2SM3,
	}
	for _, one := range algorithms {
		call(client(one, false))
	}
	call(client(algorithm.GetDefaultSigningAlgorithm(), true))
}

func client(one algorithm.SigningAlgorithm, derived bool) *iotda.IoTDAClient {
	builder := basic.NewCredentialsBuilder().
		WithAk(os.Args[2]).WithSk(os.Args[3]).WithProjectId("0a1b2c3d4e5f60718293a4b5c6d7e8f9")
	if derived {
		builder = builder.WithDerivedPredicate(auth.GetDefaultDerivedPredicate())
	}
	credentials, err := builder.SafeBuild()
	check(err)
	http, err := iotda.IoTDAClientBuilder().
		WithRegion(region.NewRegion("cn-north-4", os.Args[1])).
		WithCredential(credentials).
		WithHttpConfig(config.DefaultHttpConfig().WithSigningAlgorithm(one)).
		SafeBuild()
	check(err)
	return iotda.NewIoTDAClient(http)
}

func call(sdk *iotda.IoTDAClient) {
	limit, name, product := int32(50), "a b+c/~*:=&%设备", "p-1"
	_, err := sdk.ListDevices(&model.ListDevicesRequest{Limit: &limit, DeviceName: &name, ProductId: &product})
	check(err)
	task := &model.CreateBatchTask{TaskType: "freezeDevices", TaskName: "冻结", Targets: &[]string{"a<b>&c", "d_1"}}
	_, err = sdk.CreateBatchTask(&model.CreateBatchTaskRequest{Body: task})
	check(err)
	file, err := os.Open(os.Args[4])
	check(err)
	defer file.Close()
	body := &model.UploadBatchTaskFileRequestBody{File: def.NewFilePart(file)}
	_, err = sdk.UploadBatchTaskFile(&model.UploadBatchTaskFileRequest{Body: body})
	check(err)
	_, err = sdk.FreezeDevice(&model.FreezeDeviceRequest{DeviceId: "dev_1-2"})
	check(err)
	_, err = sdk.DeleteDevice(&model.DeleteDeviceRequest{DeviceId: "dev_1-2"})
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
