package command

import (
	"runtime/debug"
)

// version is the commit that the command was built from, and whether there were uncommitted changes; "unknown" for a
// build outside a checkout, such as that of `go run`.
func version(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "unknown"
	}
	revision, changed := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", with changes"
		}
	}
	return revision + changed
}
