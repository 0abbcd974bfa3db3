package access

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"disputecloser/cmd/disputectl/internal/cli"
)

func TestTheNamesInSamconfig(t *testing.T) {
	for text, want := range map[string]samconfig{
		"":              {},
		"version = 0.1": {},
		"[test.deploy.parameters]\nstack_name = \"a\"\n[live.deploy.parameters]\nstack_name = \"b\"":                           {"test": "a", "live": "b"},
		"test.global.parameters.stack_name = \"a\"":                                                                            {"test": "a"},
		"[test.deploy.parameters]\nstack_name = \"\"\n[test.global.parameters]\nstack_name = \"a\"":                            {"test": "a"},
		"[test.deploy.parameters]\nstack_name = 7\n[test.build.parameters]\nstack_name = \"a\"":                                {},
		"[test.deploy]\nparameters = \"\"\"\nstack_name = 'a'\n\"\"\"\n[live]\ndeploy = { parameters = { stack_name = 'b' } }": {"live": "b"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, samconfigFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readSamconfig(&cli.Console{Dir: dir}); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}
