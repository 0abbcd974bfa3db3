package command

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for want, info := range map[string]*debug.BuildInfo{
		"unknown": {},
		"(devel)": {Main: debug.Module{Version: "(devel)"}},
		"v1.2.0":  {Main: debug.Module{Version: "v1.2.0"}},
		"v1.2.0, commit 0123456789ab": {
			Main: debug.Module{Version: "v1.2.0"}, Settings: []debug.BuildSetting{setting("vcs.revision", "0123456789abcdef"), setting("vcs.modified", "false")},
		},
		"unknown, commit 0123, with changes": {Settings: []debug.BuildSetting{setting("vcs.revision", "0123"), setting("vcs.modified", "true")}},
	} {
		if got := buildOf(info, true).String(); got != want {
			t.Errorf("%v: %q, want %q", info, got, want)
		}
	}
	if got := buildOf(nil, false); got.String() != "unknown" || got.Go == "" || got.System == "" {
		t.Errorf("without any: %+v", got)
	}
}
