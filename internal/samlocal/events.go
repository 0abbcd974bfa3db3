package samlocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
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
// without folder and ending, or neither. The event is one of the folder's.
func Choose(folder, function, event string) (config.Function, string, error) {
	f := config.Function(strings.ToLower(function))
	if function != "" {
		var err error
		if f, err = config.FunctionOf(string(f)); err != nil {
			return "", "", err
		}
	}
	if event == "" {
		event, err := eventOf(folder, f)
		return f, event, err
	}
	text, err := os.ReadFile(filepath.Join(folder, event+".json"))
	if err != nil {
		return "", "", err
	}
	if f == "" {
		f, err = FunctionFor(text)
	}
	return f, event, err
}

// eventOf returns the event that shows what a function does.
func eventOf(folder string, f config.Function) (string, error) {
	if event, ok := preferred[f]; ok {
		return event, nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return "", err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if of, err := FunctionFor(text); err == nil && of == f {
			return strings.TrimSuffix(filepath.Base(file), ".json"), nil
		}
	}
	return "", fmt.Errorf("%s holds no event for %s", folder, f)
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
