package command

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for want, settings := range map[string][]debug.BuildSetting{
		"unknown":                    nil,
		"0123456789ab":               {setting("vcs.revision", "0123456789abcdef"), setting("vcs.modified", "false")},
		"0123456789ab, with changes": {setting("vcs.revision", "0123456789abcdef"), setting("vcs.modified", "true")},
	} {
		if got := version(&debug.BuildInfo{Settings: settings}, true); got != want {
			t.Errorf("%v: %q, want %q", settings, got, want)
		}
	}
	if got := version(nil, false); got != "unknown" {
		t.Errorf("without any: %q", got)
	}
}
