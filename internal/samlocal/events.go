package samlocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/config"
	"disputecloser/shared/wooshpay"
)

// Folder holds the sample events, below the module's root.
const Folder = "events"

// preferred are the events of those functions that have several.
var preferred = map[config.Function]string{config.Webhook: "dispute-created", config.Operate: "operate-keep"}

// shape is what tells the triggers of the functions apart.
type shape struct {
	RouteKey  string
	Source    string
	Resources []string
	Records   []struct{ EventSource string }
}

// FunctionFor returns the function that an event is for.
func FunctionFor(event []byte) (config.Function, error) {
	var s shape
	if err := json.Unmarshal(event, &s); err != nil {
		return "", fmt.Errorf("it is not an event: %w", err)
	}
	switch {
	case s.RouteKey == "POST /webhook":
		return config.Webhook, nil
	case strings.HasPrefix(s.RouteKey, "POST /operator/"):
		return config.Operate, nil
	case len(s.Records) > 0 && s.Records[0].EventSource == "aws:dynamodb":
		return config.Closer, nil
	case s.Source == "aws.scheduler" && len(s.Resources) > 0:
		return config.FunctionOf(path.Base(s.Resources[0]))
	}
	return "", errors.New("it is neither a request to the API nor a record of the table's stream nor a schedule's")
}

// Choose completes what a person named: a function, by its handler or its name in the template, an event, by its file's name
// without folder and ending, or both. The event is one of the folder's.
func Choose(folder, function, event string) (config.Function, string, error) {
	all, err := catalogue(folder)
	if err != nil {
		return "", "", err
	}
	if _, known := all[event]; event != "" && !known {
		return "", "", fmt.Errorf("%s holds no event %q, but %s", folder, event, list(maps.Keys(all)))
	}
	if function == "" {
		return all[event], event, nil
	}
	f := config.Function(strings.ToLower(function))
	if !slices.Contains(slices.Collect(maps.Values(all)), f) {
		return "", "", fmt.Errorf("there is no function %q, but %s", function, list(maps.Values(all)))
	}
	if event == "" {
		event = eventOf(all, f)
	}
	return f, event, nil
}

// list returns names in order, each once.
func list[Name ~string](names iter.Seq[Name]) string {
	var texts []string
	for _, name := range slices.Compact(slices.Sorted(names)) {
		texts = append(texts, string(name))
	}
	return strings.Join(texts, ", ")
}

// catalogue returns the functions that a folder's events are for, by the events' names.
func catalogue(folder string) (map[string]config.Function, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	all := map[string]config.Function{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		f, err := FunctionFor(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = f
	}
	return all, nil
}

// eventOf returns the event that shows what a function does.
func eventOf(all map[string]config.Function, f config.Function) string {
	if event, ok := preferred[f]; ok {
		return event
	}
	for _, event := range slices.Sorted(maps.Keys(all)) {
		if all[event] == f {
			return event
		}
	}
	return ""
}

// Sign writes copies of a folder's events to another folder, with each webhook signed as of now, except the one that is signed
// already, by a forger.
func Sign(from, to string, now time.Time) error {
	files, err := filepath.Glob(filepath.Join(from, "*.json"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o750); err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			text, err = signed(text, now)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o600)
		}
		if err != nil {
			return fmt.Errorf("sign %s: %w", file, err)
		}
	}
	return nil
}

func signed(text []byte, now time.Time) ([]byte, error) {
	if f, err := FunctionFor(text); err != nil || f != config.Webhook {
		return text, err
	}
	var req events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &req); err != nil {
		return nil, err
	}
	name := strings.ToLower(wooshpay.SignatureHeader)
	if req.Headers[name] != "" {
		return text, nil
	}
	if req.Headers == nil {
		req.Headers = map[string]string{}
	}
	req.Headers[name] = wooshpay.Sign(SigningSecret, now, []byte(req.Body))
	return json.MarshalIndent(req, "", "  ")
}
