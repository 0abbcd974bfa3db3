// Package config reads a function's settings from the environment, once, and names every bad one at once.
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

// Function is one of the functions that the executable holds.
type Function string

// The functions.
const (
	Webhook   Function = "webhook"
	Closer    Function = "closer"
	Sweep     Function = "sweep"
	Reconcile Function = "reconcile"
)

// FunctionOf returns the function that a Lambda handler names. The error says which names there are.
func FunctionOf(handler string) (Function, error) {
	switch f := Function(handler); f {
	case Webhook, Closer, Sweep, Reconcile:
		return f, nil
	}
	return "", fmt.Errorf("the handler (_HANDLER) is %.100q: it must be webhook, closer, sweep or reconcile", handler)
}

// The limits of SIGNATURE_MAX_AGE. WooshPay delivers for up to 72 hours (its documentation), and whether a repeated
// delivery is signed anew is unknown: what is shorter than the default may refuse genuine ones.
const (
	DefaultSignatureMaxAge = 80 * time.Hour
	minSignatureMaxAge     = time.Minute
	maxSignatureMaxAge     = 720 * time.Hour
)

// Settings are what the environment says. A function's own are set; the others, and those that are bad, are zero.
type Settings struct {
	Function Function
	// Table is the name of the DynamoDB table.
	Table string
	// WooshPayURL is the base URL of WooshPay's API (webhook, closer, reconcile).
	WooshPayURL string
	// APIKeySecret (closer, reconcile) and SigningSecret (webhook) are names or ARNs in Secrets Manager.
	APIKeySecret, SigningSecret string
	// SignatureMaxAge is the age from which a signature is refused (webhook).
	SignatureMaxAge time.Duration
	// PolicyFile is the path of the compiled policy (closer).
	PolicyFile string
	AWS        AWS
}

// Read reads the settings that f needs. Its error joins one for each bad setting and holds no secret; what could be
// read is returned with it, so that the caller can find further faults.
func Read(f Function, getenv func(string) string) (Settings, error) {
	e := environment{getenv: getenv}
	s := Settings{Function: f, Table: e.text("TABLE", tableName), AWS: e.aws()}
	switch f {
	case Webhook:
		s.WooshPayURL = e.wooshPayURL()
		s.SigningSecret = e.secretName("SIGNING_SECRET")
		s.SignatureMaxAge = e.duration("SIGNATURE_MAX_AGE", DefaultSignatureMaxAge, minSignatureMaxAge, maxSignatureMaxAge)
	case Closer:
		s.WooshPayURL = e.wooshPayURL()
		s.APIKeySecret = e.secretName("API_KEY_SECRET")
		s.PolicyFile = e.policyFile()
	case Reconcile:
		s.WooshPayURL = e.wooshPayURL()
		s.APIKeySecret = e.secretName("API_KEY_SECRET")
	case Sweep: // needs no more than the table
	}
	return s, errors.Join(e.faults...)
}

// form is how a setting must look: how long, and of which characters beside letters and digits.
type form struct {
	least, most int
	others      string
	what        string
}

var (
	// DynamoDB's own rule for table names.
	tableName = form{3, 255, "_.-", "the name of a DynamoDB table"}
	// Secrets Manager's own rule for names, and what an ARN holds beyond it.
	secretName = form{1, 2048, "/_+=.@-:", "the name or ARN of a secret in Secrets Manager"}
)

func (f form) fits(value string) bool {
	isOdd := func(r rune) bool {
		isPlain := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !isPlain && !strings.ContainsRune(f.others, r)
	}
	return f.least <= len(value) && len(value) <= f.most && !strings.ContainsFunc(value, isOdd)
}

// environment collects the faults of the settings read from it.
type environment struct {
	getenv func(string) string
	faults []error
}

// fault notes a bad setting, once.
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
	case !f.fits(value):
		e.fault("%s is not %s", name, f.what)
		return ""
	}
	return value
}

// secretName keeps a key that was pasted in place of its secret's name out of the error and of Secrets Manager.
func (e *environment) secretName(name string) string {
	value := e.getenv(name)
	if credential.In(value) != credential.None {
		e.fault("%s holds a key itself: store the key in Secrets Manager and set this to the secret's name or ARN", name)
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

func (e *environment) duration(name string, otherwise, least, most time.Duration) time.Duration {
	value := e.getenv(name)
	if value == "" {
		return otherwise
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		e.fault("%s is %.40q: it must be a duration from %s to %s, such as %s", name, value, short(least), short(most), short(otherwise))
		return 0
	}
	return d
}

// short writes whole hours and minutes without the zeros that follow them.
func short(d time.Duration) string {
	text := strings.TrimSuffix(d.String(), "0s")
	return strings.Replace(text, "h0m", "h", 1)
}

// policyFile is the policy beside the executable unless POLICY_FILE says otherwise.
func (e *environment) policyFile() string {
	if value := e.getenv("POLICY_FILE"); value != "" {
		return value
	}
	executable, err := os.Executable()
	if err != nil {
		e.fault("POLICY_FILE is missing, and the executable beside which it would be is unknown: %w", err)
		return ""
	}
	return filepath.Join(filepath.Dir(executable), "policy.json")
}
