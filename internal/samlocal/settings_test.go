package samlocal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/internal/localaws"
	"disputecloser/internal/template"
	"disputecloser/shared/config"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := localaws.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func given(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "env.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Parameters map[string]string }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Parameters
}

// environment returns what `sam local` sets for a function: of env.json, what the template declares for it, and what SAM
// itself sets (samcli/local/lambdafn/env_vars.py).
func environment(t *testing.T, deployed template.Template, function string) map[string]string {
	t.Helper()
	env := map[string]string{
		"_HANDLER": deployed.Resources[function].Properties.Handler, "AWS_SAM_LOCAL": "true", "AWS_LAMBDA_LOG_FORMAT": "JSON",
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "defaultkey", "AWS_SECRET_ACCESS_KEY": "defaultsecret",
	}
	values := given(t)
	for _, name := range deployed.Variables(function) {
		env[name] = values[name] // what is not given is a reference, and empty
	}
	return env
}

func TestEachFunctionStartsWithWhatSAMGivesIt(t *testing.T) {
	deployed := template.Read(t)
	if len(deployed.Functions()) < 5 {
		t.Fatalf("the template has the functions %v", deployed.Functions())
	}
	for _, name := range deployed.Functions() {
		env := environment(t, deployed, name)
		function, err := config.FunctionOf(env["_HANDLER"])
		if err != nil {
			t.Fatal(err)
		}
		s, err := config.Read(function, func(name string) string { return env[name] })
		if err != nil {
			t.Errorf("%s: with env.json, its settings are bad: %v", name, err)
		}
		if s.AWS.DynamoDBEndpoint == "" || s.AWS.SecretsManagerEndpoint == "" {
			t.Errorf("%s: with env.json, it calls AWS itself", name)
		}
		if function == config.Webhook && s.SignatureMaxAge < 30*24*time.Hour {
			t.Errorf("an event signed by `make local-aws` is good for %s, want a month", s.SignatureMaxAge)
		}
	}
}

// SAM passes over a variable that no function declares, in silence.
func TestEveryVariableOfTheFileReachesAFunction(t *testing.T) {
	deployed := template.Read(t)
	for name := range given(t) {
		if !slices.ContainsFunc(deployed.Functions(), func(f string) bool { return slices.Contains(deployed.Variables(f), name) }) {
			t.Errorf("env.json sets %s, which no function of the template has", name)
		}
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	if _, err := ReadSettings(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		`{`:                 {"unexpected end"},
		`{"Parameters":{}}`: {"TABLE is missing", "TABLE_MARK is missing", "API_KEY_SECRET is missing", "SIGNING_SECRET is missing", "ALARM_TOPIC is missing", "AWS_ENDPOINT_URL", "WOOSHPAY_URL"},
		`{"Parameters":{"TABLE":"t","TABLE_MARK":"m","API_KEY_SECRET":"a","SIGNING_SECRET":"s","ALARM_TOPIC":"t","AWS_ENDPOINT_URL":"http://localhost","WOOSHPAY_URL":"https://api.wooshpay.com"}}`: {
			`AWS_ENDPOINT_URL is "http://localhost"`, `WOOSHPAY_URL is "https://api.wooshpay.com": it must be http://localhost and a port`,
		},
	} {
		_, err := parseSettings([]byte(text))
		if err == nil {
			t.Fatalf("%s is taken", text)
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v, want %s", text, err, part)
			}
		}
		if lines := strings.Count(err.Error(), "\n") + 1; lines != len(want) {
			t.Errorf("%s: %d faults, want %d: %v", text, lines, len(want), err)
		}
	}
}
