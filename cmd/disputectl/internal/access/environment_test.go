package access

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/cli"
)

func TestAnEnvironmentOfSamconfig(t *testing.T) {
	const text = `
[test.global.parameters]
stack_name = "a"
region = "eu-west-1"
profile = "ops"
parameter_overrides = ["Environment=test", 'SweepEvery="rate(1 minute)"']
[test.deploy.parameters]
region = "eu-central-1"
[live.deploy.parameters]
stack_name = "b"
parameter_overrides = "Environment=live AlarmEmail=\"a@b.example\""
[wrong.deploy.parameters]
stack_name = "c"
parameter_overrides = ["Environment"]
[number.deploy.parameters]
stack_name = "c"
parameter_overrides = 7
[nameless.deploy.parameters]
region = "eu-west-1"
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, samconfigFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		environment Environment
		fault       string
	}{
		"test":     {Environment{"test", "a", "eu-central-1", "ops", map[string]string{"Environment": "test", "SweepEvery": "rate(1 minute)"}}, ""},
		"live":     {Environment{"live", "b", "", "", map[string]string{"Environment": "live", "AlarmEmail": "a@b.example"}}, ""},
		"wrong":    {Environment{}, `"Environment" is not NAME=VALUE`},
		"number":   {Environment{}, "it is neither a list nor a text"},
		"nameless": {Environment{}, `no environment "nameless" with a stack_name`},
		"none":     {Environment{}, `no environment "none" with a stack_name`},
	} {
		got, err := ReadEnvironment(&cli.Console{Dir: dir}, name)
		if want.fault != "" {
			if err == nil || !strings.Contains(err.Error(), want.fault) {
				t.Errorf("%s: %v, want %q", name, err, want.fault)
			}
			continue
		}
		same := got.Name == want.environment.Name && got.Stack == want.environment.Stack && got.Region == want.environment.Region && got.Profile == want.environment.Profile
		if err != nil || !same || !maps.Equal(got.Parameters, want.environment.Parameters) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := ReadEnvironment(&cli.Console{Dir: t.TempDir()}, "test"); err == nil || !strings.Contains(err.Error(), "no environment") {
		t.Errorf("without a file: %v", err)
	}
}
