package samlocal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/internal/template"
	"disputecloser/shared/config"
	"disputecloser/shared/wooshpay"
)

func folder(t *testing.T) string {
	t.Helper()
	return filepath.Join(root(t), Folder)
}

// names returns the names of all events.
func names(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder(t), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	var all []string
	for _, file := range files {
		all = append(all, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return all
}

// Whatever somebody names alone, the other is found.
func TestEveryEventAndEveryFunctionFindTheirMatch(t *testing.T) {
	deployed := template.Read(t)
	handlers := map[string]bool{}
	for _, name := range deployed.Functions() {
		handler := deployed.Resources[name].Properties.Handler
		handlers[handler] = true
		for _, as := range []string{handler, name} {
			f, event, err := Choose(folder(t), as, "")
			if err != nil || string(f) != handler || event == "" {
				t.Errorf("%s alone: %s, %s, %v", as, f, event, err)
			}
			if back, _, err := Choose(folder(t), "", event); err != nil || back != f {
				t.Errorf("%s alone: %s, %v, want %s", event, back, err, f)
			}
		}
	}
	for _, event := range names(t) {
		if f, _, err := Choose(folder(t), "", event); err != nil || !handlers[string(f)] {
			t.Errorf("%s alone: %q, %v", event, f, err)
		}
	}
}

func TestWhatIsChosen(t *testing.T) {
	for _, c := range []struct{ function, event, wantFunction, wantEvent, wantError string }{
		{"webhook", "", "webhook", "dispute-created", ""},
		{"closer", "", "closer", "stream-armed", ""},
		{"operate", "", "operate", "operate-keep", ""},
		{"", "operate-pause", "operate", "operate-pause", ""},
		{"Sweep", "schedule-reconcile", "sweep", "schedule-reconcile", ""}, // somebody wants just that
		{"sweeper", "", "", "", `there is no function "sweeper", but closer, `},
		{"closer", "nothing", "", "", `no event "nothing", but dispute-closed, dispute-created, `},
	} {
		f, event, err := Choose(folder(t), c.function, c.event)
		if c.wantError != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantError) {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if err != nil || string(f) != c.wantFunction || event != c.wantEvent {
			t.Errorf("%+v: %s, %s, %v", c, f, event, err)
		}
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", `{"Records":[{"eventSource":"aws:s3"}]}`, `{"source":"aws.scheduler","resources":["arn:x/other"]}`} {
		if f, err := FunctionFor([]byte(text)); err == nil {
			t.Errorf("%q is for %s", text, f)
		}
	}
}

// Each webhook's copy is what the webhook accepts now; a forger's stays a forger's, and the other events stay as they are.
func TestSignedCopies(t *testing.T) {
	to, now := t.TempDir(), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	if err := Sign(folder(t), to, now); err != nil {
		t.Fatal(err)
	}
	webhooks := 0
	for _, name := range names(t) {
		original, copied := read(t, folder(t), name), read(t, to, name)
		if f, err := FunctionFor(original); err != nil || f != config.Webhook || name == "forged" {
			if string(original) != string(copied) {
				t.Errorf("%s was changed", name)
			}
			continue
		}
		webhooks++
		var before, after events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(original, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(copied, &after); err != nil {
			t.Fatal(err)
		}
		if after.Body != before.Body || after.RouteKey != before.RouteKey {
			t.Errorf("%s: not only the signature was changed", name)
		}
		if err := wooshpay.Verify(after.Headers["wooshpay-signature"], []byte(after.Body), []string{SigningSecret}, now, time.Minute, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if webhooks < 4 {
		t.Errorf("%d webhooks are signed", webhooks)
	}
}

func read(t *testing.T, folder, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
