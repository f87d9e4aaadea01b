package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"reflect"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/httphandler"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	iotda "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iotda/v5"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iotda/v5/model"
)

// errAbsent says that the SDK has no such operation.
var errAbsent = errors.New("the SDK has no such operation")

// key is who calls.
type key struct{ Ak, Sk, ProjectId string }

// sdk is the client, as one of the callers of the scenario.
type sdk struct {
	client *iotda.IoTDAClient
	etag   string
}

func newSdk(who key) (*sdk, error) {
	made := &sdk{}
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(who.Ak).WithSk(who.Sk).WithProjectId(who.ProjectId).SafeBuild()
	if err != nil {
		return nil, err
	}
	heard := httphandler.NewHttpHandler().AddResponseHandler(func(answer http.Response) {
		made.etag = answer.Header.Get("ETag")
	})
	client, err := iotda.IoTDAClientBuilder().
		WithRegion(region.NewRegion("cn-north-4", os.Getenv("UNLADE_SDK_ENDPOINT"))).
		WithCredential(credentials).
		WithHttpConfig(config.DefaultHttpConfig().WithHttpHandler(heard)).
		SafeBuild()
	if err != nil {
		return nil, err
	}
	made.client = iotda.NewIoTDAClient(client)
	return made, nil
}

func (s *sdk) method(operation string) reflect.Value {
	return reflect.ValueOf(s.client).MethodByName(operation)
}

func (s *sdk) knows(operation string) bool {
	return s.method(operation).IsValid()
}

// call sends a request of the SDK's own type for the operation.
func (s *sdk) call(operation string, given map[string]any) (status int, answer any, err error) {
	method := s.method(operation)
	request := reflect.New(method.Type().In(0).Elem())
	if operation == "UploadBatchTaskFile" {
		file, err := os.Open(given["file"].(string))
		if err != nil {
			return 0, nil, err
		}
		defer file.Close()
		body := &model.UploadBatchTaskFileRequestBody{File: def.NewFilePart(file)}
		request = reflect.ValueOf(&model.UploadBatchTaskFileRequest{Body: body})
	} else if err := retyped(given, request.Interface()); err != nil {
		return 0, nil, err
	}
	results := method.Call([]reflect.Value{request})
	if err, _ := results[1].Interface().(error); err != nil {
		return 0, nil, err
	}
	response := results[0]
	return int(response.Elem().FieldByName("HttpStatusCode").Int()), response.Interface(), nil
}

// save saves a download: the text that the SDK makes of it is its bytes.
func save(answer any, path string) error {
	response := answer.(*model.ShowExportTaskResponse)
	return os.WriteFile(path, []byte(*response.Body), 0o644)
}

// retyped carries a value over into a type of the SDK, or back, by the names of the wire.
func retyped(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
