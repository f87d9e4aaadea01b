package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
)

const patience = 60 * time.Second

// step is one line of a scenario.
type step struct {
	Call     string
	Needs    string
	With     map[string]any
	As       map[string]any
	Status   int
	Error    string
	Expect   map[string]any
	Keep     map[string]string
	Until    map[string][]any
	Pages    *pages
	Download bool
}

type pages struct {
	By, Of, Key string
	Are         []any
}

func (s step) expected() any {
	if s.Error != "" {
		return s.Error
	}
	return s.Status
}

// unknownName is a name that nothing was kept under.
type unknownName string

func (u unknownName) Error() string { return string(u) }

// play is one run of a scenario.
type play struct {
	names    map[string]string
	files    string
	readOnly bool
	sdks     map[key]*sdk
}

func newPlay(files string) (*play, error) {
	run := make([]byte, 4)
	if _, err := rand.Read(run); err != nil {
		return nil, err
	}
	names := map[string]string{}
	if told := os.Getenv("UNLADE_SDK_NAMES"); told != "" {
		if err := json.Unmarshal([]byte(told), &names); err != nil {
			return nil, err
		}
	}
	names["run"] = hex.EncodeToString(run)
	return &play{names, files, os.Getenv("UNLADE_SDK_READ_ONLY") == "1", map[key]*sdk{}}, nil
}

var name = regexp.MustCompile(`\$\{(\w+)\}`)

// filled is the value with the names in it replaced.
func (p *play) filled(value any) (filled any, err error) {
	switch value := value.(type) {
	case map[string]any:
		made := map[string]any{}
		for name, one := range value {
			if made[name], err = p.filled(one); err != nil {
				return nil, err
			}
		}
		return made, nil
	case []any:
		made := make([]any, len(value))
		for at, one := range value {
			if made[at], err = p.filled(one); err != nil {
				return nil, err
			}
		}
		return made, nil
	case string:
		text := name.ReplaceAllStringFunc(value, func(found string) string {
			known, is := p.names[name.FindStringSubmatch(found)[1]]
			if !is {
				err = unknownName(found)
			}
			return known
		})
		return text, err
	}
	return value, nil
}

func (p *play) sdk(more map[string]any) (*sdk, error) {
	who := key{os.Getenv("CLOUD_SDK_AK"), os.Getenv("CLOUD_SDK_SK"), os.Getenv("UNLADE_SDK_PROJECT_ID")}
	filled, err := p.filled(more)
	if err != nil {
		return nil, err
	}
	for name, value := range filled.(map[string]any) {
		switch name {
		case "ak":
			who.Ak = value.(string)
		case "sk":
			who.Sk = value.(string)
		case "project_id":
			who.ProjectId = value.(string)
		}
	}
	if p.sdks[who] == nil {
		if p.sdks[who], err = newSdk(who); err != nil {
			return nil, err
		}
	}
	return p.sdks[who], nil
}

func (p *play) step(step step) (note string, err error) {
	if p.readOnly && !strings.HasPrefix(step.Call, "Show") && !strings.HasPrefix(step.Call, "List") {
		return "", unknownName("it writes")
	}
	sdk, err := p.sdk(step.As)
	if err != nil {
		return "", err
	}
	if !sdk.knows(step.Call) || step.Needs != "" && !sdk.knows(step.Needs) {
		return "", errAbsent
	}
	filled, err := p.filled(step.With)
	if err != nil {
		return "", err
	}
	given := filled.(map[string]any)
	if file, is := given["file"]; is {
		given["file"] = filepath.Join(p.files, file.(string))
	}
	switch {
	case step.Error != "":
		return "", refused(sdk, step, given)
	case step.Pages != nil:
		return "", p.paged(sdk, step, given)
	}
	status, answer, err := awaited(sdk, step, given)
	if err != nil {
		return "", err
	}
	if status != step.Status {
		return "", fmt.Errorf("status %d", status)
	}
	if step.Download {
		return saved(sdk, answer)
	}
	return "", p.looked(step, answer)
}

// looked compares an answer with what is expected and keeps what is to be kept.
func (p *play) looked(step step, answer any) error {
	told, err := plain(answer)
	if err != nil {
		return err
	}
	wanted, err := p.filled(step.Expect)
	if err != nil {
		return err
	}
	for path, wanted := range wanted.(map[string]any) {
		found := at(told, path)
		if wanted == "*" && (found == nil || found == "") || wanted != "*" && !reflect.DeepEqual(found, wanted) {
			return fmt.Errorf("%s is %v, not %v", path, found, wanted)
		}
	}
	for name, path := range step.Keep {
		p.names[name] = fmt.Sprint(at(told, path))
	}
	return nil
}

func refused(sdk *sdk, step step, given map[string]any) error {
	status, _, err := sdk.call(step.Call, given)
	var refusal *sdkerr.ServiceResponseError
	switch {
	case err == nil:
		return fmt.Errorf("not refused: %d", status)
	case !errors.As(err, &refusal):
		return err
	case refusal.StatusCode != step.Status || refusal.ErrorCode != step.Error:
		return fmt.Errorf("refused with %d %s: %s", refusal.StatusCode, refusal.ErrorCode, refusal.ErrorMessage)
	case refusal.ErrorMessage == "" || refusal.RequestId == "":
		return errors.New("an error without a text or a request id")
	}
	return nil
}

func awaited(sdk *sdk, step step, given map[string]any) (status int, answer any, err error) {
	end := time.Now().Add(patience)
	for {
		status, answer, err = sdk.call(step.Call, given)
		if err != nil || len(step.Until) == 0 {
			return status, answer, err
		}
		told, err := plain(answer)
		if err != nil {
			return 0, nil, err
		}
		reached := true
		for path, wanted := range step.Until {
			found, one := at(told, path), false
			for _, value := range wanted {
				one = one || value == found
			}
			reached = reached && one
		}
		if reached {
			return status, answer, nil
		}
		if time.Now().After(end) {
			return 0, nil, fmt.Errorf("stays at %v", told)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (p *play) paged(sdk *sdk, step step, given map[string]any) error {
	wanted, err := p.filled(step.Pages.Are)
	if err != nil {
		return err
	}
	seen := []string{}
	for {
		status, answer, err := sdk.call(step.Call, given)
		if err != nil {
			return err
		}
		if status != step.Status {
			return fmt.Errorf("status %d", status)
		}
		told, err := plain(answer)
		if err != nil {
			return err
		}
		page, _ := at(told, step.Pages.Of).([]any)
		if len(page) == 0 {
			break
		}
		for _, one := range page {
			seen = append(seen, fmt.Sprint(at(one, step.Pages.Key)))
		}
		if step.Pages.By == "offset" {
			given["offset"] = len(seen)
		} else {
			given["marker"] = at(told, "page.marker")
		}
	}
	all := []string{}
	for _, one := range wanted.([]any) {
		all = append(all, one.(string))
	}
	sort.Strings(seen)
	sort.Strings(all)
	if !reflect.DeepEqual(seen, all) {
		return fmt.Errorf("paged out %v", seen)
	}
	return nil
}

func saved(sdk *sdk, answer any) (note string, err error) {
	path := filepath.Join(os.Getenv("UNLADE_SDK_RESULTS"), "result.zip")
	if err := save(answer, path); err != nil {
		return "", err
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(bytes)
	if told := strings.Trim(sdk.etag, `"`); told != hex.EncodeToString(digest[:]) {
		return "", fmt.Errorf("ETag %s, but the file's SHA-256 is %x", told, digest)
	}
	return "the text holds every byte", nil
}

// plain is what a response of the SDK holds, under the names of the wire.
func plain(response any) (told any, err error) {
	err = retyped(response, &told)
	return told, err
}

// at is what lies at `a.0.b`, or nil.
func at(answer any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch here := answer.(type) {
		case map[string]any:
			answer = here[name]
		case []any:
			number, err := strconv.Atoi(name)
			if err != nil || number >= len(here) {
				return nil
			}
			answer = here[number]
		default:
			return nil
		}
	}
	return answer
}
