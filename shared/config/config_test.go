package config_test

import (
	"strings"
	"testing"
	"time"

	"disputecloser/shared/config"
)

// good returns an environment in which every function starts.
func good() map[string]string {
	return map[string]string{
		"TABLE": "disputes", "TABLE_MARK": "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes/stream/2026-03-01T08:00:00.000", "WOOSHPAY_URL": "https://apitest.wooshpay.com",
		"API_KEY_SECRET": "wooshpay/key", "SIGNING_SECRET": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sign-AbCdEf",
		"ALARM_TOPIC": "arn:aws:sns:eu-west-1:123456789012:alarms", "STACK": "closer-live",
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secretaccesskey", "AWS_SESSION_TOKEN": "token",
	}
}

func getter(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func changed(name, value string) map[string]string {
	env := good()
	env[name] = value
	return env
}

func TestReadsWhatAFunctionNeeds(t *testing.T) {
	for _, f := range []config.Function{config.Webhook, config.Closer, config.Sweep, config.Reconcile, config.Digest, config.Operate} {
		s, err := config.Read(f, getter(good()))
		if err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if s.Table != "disputes" || s.AWS.Region != "eu-west-1" || s.AWS.SessionToken != "token" {
			t.Errorf("%s: read %+v", f, s)
		}
	}
	s, _ := config.Read(config.Webhook, getter(good()))
	if s.SignatureMaxAge != 80*time.Hour {
		t.Errorf("SIGNATURE_MAX_AGE is %s by default, want 80h", s.SignatureMaxAge)
	}
	s, _ = config.Read(config.Closer, getter(good()))
	if !strings.HasSuffix(s.TableMark, ":table/disputes/stream/2026-03-01T08:00:00.000") {
		t.Errorf("TABLE_MARK is read as %q", s.TableMark)
	}
	if !strings.HasSuffix(s.PolicyFile, "/policy.json") {
		t.Errorf("POLICY_FILE is %q by default, want policy.json beside the executable", s.PolicyFile)
	}
}

// Without a topic, or without the stack's name, the closer starts, and mails nothing or names no stack.
func TestTheTopicIsOptionalAndChecked(t *testing.T) {
	const topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
	env := good()
	delete(env, "ALARM_TOPIC")
	delete(env, "STACK")
	s, err := config.Read(config.Closer, getter(env))
	if err != nil || s.AlarmTopic != "" || s.Stack != "" {
		t.Errorf("read %+v, %v", s, err)
	}
	env["ALARM_TOPIC"], env["STACK"] = topic, "disputes-live"
	s, err = config.Read(config.Closer, getter(env))
	if err != nil || s.AlarmTopic != topic || s.Stack != "disputes-live" {
		t.Errorf("read %+v, %v", s, err)
	}
	env["ALARM_TOPIC"], env["STACK"] = "alarms", "a stack"
	if _, err = config.Read(config.Closer, getter(env)); err == nil ||
		!strings.Contains(err.Error(), "ALARM_TOPIC is not the ARN of an SNS topic") || !strings.Contains(err.Error(), "STACK is not the name of the stack") {
		t.Errorf("got %v", err)
	}
}

func TestRequiresWhatAFunctionNeedsAndNothingElse(t *testing.T) {
	needs := map[config.Function][]string{
		config.Webhook:   {"TABLE", "WOOSHPAY_URL", "SIGNING_SECRET"},
		config.Closer:    {"TABLE", "TABLE_MARK", "WOOSHPAY_URL", "API_KEY_SECRET"},
		config.Sweep:     {"TABLE", "TABLE_MARK"},
		config.Reconcile: {"TABLE", "WOOSHPAY_URL", "API_KEY_SECRET"},
		config.Digest:    {"TABLE", "TABLE_MARK", "WOOSHPAY_URL", "ALARM_TOPIC", "STACK"},
		config.Operate:   {"TABLE", "TABLE_MARK"},
	}
	own := []string{"TABLE", "TABLE_MARK", "WOOSHPAY_URL", "SIGNING_SECRET", "API_KEY_SECRET", "ALARM_TOPIC", "STACK"}
	for f, names := range needs {
		env := good()
		for _, name := range own {
			delete(env, name)
		}
		_, err := config.Read(f, getter(env))
		if err == nil {
			t.Fatalf("%s starts without settings", f)
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(names) {
			t.Errorf("%s: %d faults, want %d: %v", f, len(lines), len(names), lines)
		}
		for _, name := range names {
			if !strings.Contains(err.Error(), name+" is missing") {
				t.Errorf("%s: nothing says that %s is missing: %v", f, name, err)
			}
		}
	}
}

func TestRefusesBadSettings(t *testing.T) {
	tests := map[string]struct {
		name, value string
		function    config.Function
		want        string
	}{
		"table":                {"TABLE", "a b", config.Sweep, "TABLE is not"},
		"table too short":      {"TABLE", "ab", config.Sweep, "TABLE is not"},
		"mark of blanks":       {"TABLE_MARK", "arn:aws:dynamodb table/disputes/stream/1", config.Closer, "TABLE_MARK is not the ARN of the table's stream"},
		"mark of the table":    {"TABLE_MARK", "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes", config.Closer, "TABLE_MARK is not the ARN of a stream of table disputes"},
		"mark of another":      {"TABLE_MARK", "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes2/stream/2026-03-01T08:00:00.000", config.Closer, "TABLE_MARK is not"},
		"http to the world":    {"WOOSHPAY_URL", "http://api.wooshpay.com", config.Closer, "WOOSHPAY_URL"},
		"another host":         {"WOOSHPAY_URL", "https://example.com", config.Webhook, "WOOSHPAY_URL"},
		"a path":               {"WOOSHPAY_URL", "https://api.wooshpay.com/v1", config.Reconcile, "WOOSHPAY_URL"},
		"topic's name":         {"ALARM_TOPIC", "alarms", config.Digest, "ALARM_TOPIC is not the ARN of an SNS topic"},
		"stack's name":         {"STACK", "a stack", config.Digest, "STACK is not the name of the stack"},
		"secret's name":        {"API_KEY_SECRET", "my key", config.Closer, "API_KEY_SECRET is not"},
		"age, not a duration":  {"SIGNATURE_MAX_AGE", "3d", config.Webhook, "SIGNATURE_MAX_AGE"},
		"age too short":        {"SIGNATURE_MAX_AGE", "1s", config.Webhook, "from 1m to 720h, such as 80h"},
		"age too long":         {"SIGNATURE_MAX_AGE", "721h", config.Webhook, "SIGNATURE_MAX_AGE"},
		"region":               {"AWS_REGION", "", config.Sweep, "AWS_REGION is missing"},
		"credentials":          {"AWS_SECRET_ACCESS_KEY", "", config.Sweep, "AWS_SECRET_ACCESS_KEY is missing"},
		"endpoint":             {"AWS_ENDPOINT_URL", "127.0.0.1:8000", config.Sweep, "AWS_ENDPOINT_URL is not"},
		"endpoint of DynamoDB": {"AWS_ENDPOINT_URL_DYNAMODB", "ftp://localhost", config.Sweep, "AWS_ENDPOINT_URL_DYNAMODB is not"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := config.Read(test.function, getter(changed(test.name, test.value)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
			if n := strings.Count(err.Error(), "\n") + 1; n != 1 {
				t.Errorf("%d faults for one bad setting: %v", n, err)
			}
		})
	}
}

func TestAcceptsLoopbackAndAges(t *testing.T) {
	for name, value := range map[string]string{
		"WOOSHPAY_URL": "http://127.0.0.1:8080", "SIGNATURE_MAX_AGE": "5m",
		"AWS_ENDPOINT_URL": "http://172.17.0.1:4566", "TABLE": "stack-Table.1_2",
	} {
		if _, err := config.Read(config.Webhook, getter(changed(name, value))); err != nil {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

// A key in place of its secret's name must reach neither our log nor Secrets Manager.
func TestAPastedKeyIsNotRepeated(t *testing.T) {
	const pasted = "sk_live_51Habcdefghijklmnop"
	s, err := config.Read(config.Closer, getter(changed("API_KEY_SECRET", pasted)))
	if err == nil || !strings.Contains(err.Error(), "API_KEY_SECRET holds a key itself") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), pasted) || s.APIKeySecret != "" {
		t.Errorf("the key is passed on: %q, %v", s.APIKeySecret, err)
	}
}

// A bad endpoint must not lead to the real AWS.
func TestBadAWSSettingsAreNotUsed(t *testing.T) {
	s, err := config.Read(config.Sweep, getter(changed("AWS_ENDPOINT_URL", "localhost:4566")))
	if err == nil || s.AWS != (config.AWS{}) {
		t.Errorf("got %+v, %v", s.AWS, err)
	}
}

func TestEndpointsOfServicesOutrankTheOneForAll(t *testing.T) {
	env := changed("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	env["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:2"
	s, err := config.Read(config.Closer, getter(env))
	if err != nil {
		t.Fatal(err)
	}
	if s.AWS.DynamoDBEndpoint != "http://127.0.0.1:2" || s.AWS.SecretsManagerEndpoint != "http://127.0.0.1:1" {
		t.Errorf("got %+v", s.AWS)
	}
}

func TestHandlerNames(t *testing.T) {
	for _, name := range []string{"webhook", "closer", "sweep", "reconcile", "digest", "operate"} {
		if f, err := config.FunctionOf(name); err != nil || string(f) != name {
			t.Errorf("%s: %q, %v", name, f, err)
		}
	}
	for _, name := range []string{"", "Webhook", "bootstrap", "webhook "} {
		if _, err := config.FunctionOf(name); err == nil || !strings.Contains(err.Error(), "webhook, closer, sweep, reconcile, digest or operate") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
