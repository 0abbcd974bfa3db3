package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// A policy that was built for one environment does not work in another, where it could close what nobody meant to close.
func TestAPolicyWorksOnlyInItsEnvironment(t *testing.T) {
	const sandbox = "http://127.0.0.1:8080"
	for _, c := range []struct {
		environment, url string
		want             string // "" if the function starts
	}{
		{policy.EnvironmentTest, wooshpay.TestURL, ""},
		{policy.EnvironmentLive, wooshpay.LiveURL, ""},
		{policy.EnvironmentTest, wooshpay.LiveURL, "make deploy ENV=live"},
		{policy.EnvironmentLive, wooshpay.TestURL, "make deploy ENV=test"},
		{"", wooshpay.LiveURL, "make deploy ENV=live"},
		{"", wooshpay.TestURL, "make deploy ENV=test"},
		{"", sandbox, ""},
		{policy.EnvironmentTest, sandbox, ""},
		{policy.EnvironmentLive, sandbox, ""},
	} {
		d := shadowDocument()
		d.Environment = c.environment
		compiled, err := policy.Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "policy.json")
		if err := os.WriteFile(path, compiled, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := policyFor(c.url, path)
		switch {
		case c.want == "" && (err != nil || p.Environment() != c.environment):
			t.Errorf("built for %q, %s: %v", c.environment, c.url, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("built for %q, %s: %v, want an error with %q", c.environment, c.url, err, c.want)
		}
	}
}
