// Plays a scenario through the official Go SDK; sdk-tests/scenario/README.md says how.
//
// An operation is found by its name, its request by the type that the SDK's method takes; nothing here knows any of them.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

const module = "github.com/huaweicloud/huaweicloud-sdk-go-v3"

type line struct {
	Sdk       string  `json:"sdk"`
	Version   string  `json:"version"`
	Scenario  string  `json:"scenario"`
	Step      int     `json:"step"`
	Operation string  `json:"operation"`
	Expected  any     `json:"expected"`
	Outcome   string  `json:"outcome"`
	Note      *string `json:"note"`
}

func main() {
	failed, err := playAll(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if failed || err != nil {
		os.Exit(1)
	}
}

func playAll(path string) (failed bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	var scenario struct{ Steps []step }
	if err := json.Unmarshal(text, &scenario); err != nil {
		return false, err
	}
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	out, err := os.Create(filepath.Join(os.Getenv("UNLADE_SDK_RESULTS"), name+".jsonl"))
	if err != nil {
		return false, err
	}
	defer out.Close()
	run, err := newPlay(filepath.Join(filepath.Dir(path), "files"))
	if err != nil {
		return false, err
	}
	lines := json.NewEncoder(out)
	for number, step := range scenario.Steps {
		said, note := outcome(run, step)
		failed = failed || said == "failed"
		told := line{"go", version(), name, number, step.Call, step.expected(), said, nil}
		if note != "" {
			told.Note = &note
		}
		if err := lines.Encode(told); err != nil {
			return failed, err
		}
	}
	return failed, nil
}

// outcome is what a step came to, and a word on it. Whatever the SDK stumbles over is what is to be told.
func outcome(run *play, step step) (said, note string) {
	defer func() {
		if fault := recover(); fault != nil {
			said, note = "failed", fmt.Sprint("panic: ", fault)
		}
	}()
	note, err := run.step(step)
	var unknown unknownName
	switch {
	case err == nil:
		return "passed", note
	case errors.Is(err, errAbsent):
		return "absent", ""
	case errors.As(err, &unknown):
		return "skipped", unknown.Error()
	default:
		return "failed", err.Error()
	}
}

func version() string {
	told, _ := debug.ReadBuildInfo()
	for _, one := range told.Deps {
		if one.Path == module {
			return one.Version
		}
	}
	return "unknown"
}
