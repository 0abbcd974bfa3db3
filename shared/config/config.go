// Package config reads a function's settings from the environment, and names all bad ones at once.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/credential"
	"disputecloser/shared/wooshpay"
)

// Function is the name of one of the Lambda functions.
type Function string

// The functions.
const (
	Webhook   Function = "webhook"
	Closer    Function = "closer"
	Sweep     Function = "sweep"
	Reconcile Function = "reconcile"
	Digest    Function = "digest"
	Operate   Function = "operate"
)

// FunctionOf returns the function that a Lambda handler names. The error lists the valid names.
func FunctionOf(handler string) (Function, error) {
	switch f := Function(handler); f {
	case Webhook, Closer, Sweep, Reconcile, Digest, Operate:
		return f, nil
	}
	return "", fmt.Errorf("the handler (_HANDLER) is %.100q: it must be webhook, closer, sweep, reconcile, digest or operate", handler)
}

// The default and the limits of SIGNATURE_MAX_AGE. WooshPay repeats a delivery for up to 72 hours (its documentation). It is
// not known whether it signs again each time, so a value below the default may refuse genuine deliveries.
const (
	DefaultSignatureMaxAge = 80 * time.Hour
	minSignatureMaxAge     = time.Minute
	maxSignatureMaxAge     = 720 * time.Hour
)

// Settings are the settings of one function. Those that it does not need, and bad ones, are zero.
type Settings struct {
	Function Function
	// Table is the name of the DynamoDB table.
	Table string
	// TableMark is the ARN of the table's stream, which tells this very table from any other (closer, sweep, digest, operate).
	TableMark string
	// WooshPayURL is the base URL of WooshPay's API (webhook, closer, reconcile, digest).
	WooshPayURL string
	// APIKeySecret (closer, reconcile) and SigningSecret (webhook) are names or ARNs in Secrets Manager.
	APIKeySecret, SigningSecret string
	// SignatureMaxAge is the greatest age of a signature that is accepted (webhook).
	SignatureMaxAge time.Duration
	// AlarmTopic is the ARN of the SNS topic by which people are told, and Stack what they are told it is about (closer, digest).
	// The closer mails nothing without a topic.
	AlarmTopic, Stack string
	// PolicyFile is the path of the compiled policy (closer, digest).
	PolicyFile string
	AWS        AWS
}

// Read reads the settings that f needs. Its error joins one error for each bad setting, and contains no secret. The good
// settings are returned with it, for reports; a function must not start with them.
func Read(f Function, getenv func(string) string) (Settings, error) {
	e := environment{getenv: getenv}
	s := Settings{Function: f, Table: e.text("TABLE", tableName), AWS: e.aws()}
	switch f {
	case Webhook:
		s.WooshPayURL = e.wooshPayURL()
		s.SigningSecret = e.secretName("SIGNING_SECRET")
		s.SignatureMaxAge = e.duration("SIGNATURE_MAX_AGE", DefaultSignatureMaxAge, minSignatureMaxAge, maxSignatureMaxAge)
	case Closer:
		s.TableMark = e.tableMark(s.Table)
		s.WooshPayURL = e.wooshPayURL()
		s.APIKeySecret = e.secretName("API_KEY_SECRET")
		s.PolicyFile = e.policyFile()
		s.AlarmTopic = e.optional("ALARM_TOPIC", topicARN)
		s.Stack = e.optional("STACK", stackName)
	case Reconcile:
		s.WooshPayURL = e.wooshPayURL()
		s.APIKeySecret = e.secretName("API_KEY_SECRET")
	case Digest:
		s.TableMark = e.tableMark(s.Table)
		s.WooshPayURL = e.wooshPayURL()
		s.PolicyFile = e.policyFile()
		s.AlarmTopic = e.text("ALARM_TOPIC", topicARN)
		s.Stack = e.text("STACK", stackName)
	case Sweep, Operate:
		s.TableMark = e.tableMark(s.Table)
	}
	return s, errors.Join(e.faults...)
}

// form is the form of a setting: its length in bytes, and the characters that it may have besides letters and digits.
type form struct {
	minLen, maxLen int
	punctuation    string
	// what describes the setting in errors.
	what string
}

var (
	// DynamoDB's own rule for table names.
	tableName = form{3, 255, "_.-", "the name of a DynamoDB table"}
	// The punctuation of ARNs, and of the names of tables in them.
	streamARN = form{20, 1024, "_.-:/", "the ARN of the table's stream"}
	topicARN  = form{20, 2048, "_-:", "the ARN of an SNS topic"}
	// CloudFormation's own rule for names.
	stackName = form{1, 128, "-", "the name of the stack"}
	// Secrets Manager's own rule for names, and the colon of ARNs.
	secretName = form{1, 2048, "/_+=.@-:", "the name or ARN of a secret in Secrets Manager"}
)

func (f form) matches(value string) bool {
	isBad := func(r rune) bool {
		isPlain := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !isPlain && !strings.ContainsRune(f.punctuation, r)
	}
	return f.minLen <= len(value) && len(value) <= f.maxLen && !strings.ContainsFunc(value, isBad)
}

// environment reads settings and collects their faults.
type environment struct {
	getenv func(string) string
	faults []error
}

// fault adds a fault, unless it was added before.
func (e *environment) fault(format string, args ...any) {
	fault := fmt.Errorf(format, args...)
	if !slices.ContainsFunc(e.faults, func(f error) bool { return f.Error() == fault.Error() }) {
		e.faults = append(e.faults, fault)
	}
}

func (e *environment) text(name string, f form) string {
	value := e.getenv(name)
	switch {
	case value == "":
		e.fault("%s is missing: set it to %s", name, f.what)
	case !f.matches(value):
		e.fault("%s is not %s", name, f.what)
		return ""
	}
	return value
}

// optional reads a setting that may be missing.
func (e *environment) optional(name string, f form) string {
	if e.getenv(name) == "" {
		return ""
	}
	return e.text(name, f)
}

// tableMark reads the mark of the table of this name. The ARN of the table itself, or of another table's stream, would
// keep its value when the table is replaced.
func (e *environment) tableMark(table string) string {
	value := e.text("TABLE_MARK", streamARN)
	if value != "" && table != "" && !strings.Contains(value, ":table/"+table+"/stream/") {
		e.fault("TABLE_MARK is not the ARN of a stream of table %s", table)
		return ""
	}
	return value
}

// secretName reads the name of a secret. If a key was pasted in its place, the key reaches neither the error nor Secrets
// Manager.
func (e *environment) secretName(name string) string {
	value := e.getenv(name)
	if credential.In(value) != credential.None {
		e.fault("%s holds a key itself: store the key in Secrets Manager and set %[1]s to the secret's name or ARN", name)
		return ""
	}
	return e.text(name, secretName)
}

func (e *environment) wooshPayURL() string {
	value := e.getenv("WOOSHPAY_URL")
	if value == "" {
		e.fault("WOOSHPAY_URL is missing: set it to %s or %s", wooshpay.TestURL, wooshpay.LiveURL)
	} else if _, err := wooshpay.ModeOf(value); err != nil {
		e.fault("WOOSHPAY_URL: %w", err)
		return ""
	}
	return value
}

func (e *environment) duration(name string, byDefault, least, most time.Duration) time.Duration {
	value := e.getenv(name)
	if value == "" {
		return byDefault
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		e.fault("%s is %.40q: it must be a duration from %s to %s, such as %s", name, value, short(least), short(most), short(byDefault))
		return 0
	}
	return d
}

// short formats a duration of whole minutes without trailing zeros: 80h, not 80h0m0s.
func short(d time.Duration) string {
	text := strings.TrimSuffix(d.String(), "0s")
	return strings.Replace(text, "h0m", "h", 1)
}

// policyFile returns POLICY_FILE, by default policy.json beside the executable.
func (e *environment) policyFile() string {
	if value := e.getenv("POLICY_FILE"); value != "" {
		return value
	}
	executable, err := os.Executable()
	if err != nil {
		e.fault("POLICY_FILE is missing, and its default cannot be found, because the executable's path is unknown: %w", err)
		return ""
	}
	return filepath.Join(filepath.Dir(executable), "policy.json")
}
