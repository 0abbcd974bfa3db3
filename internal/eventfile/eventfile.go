// Package eventfile reads the files of events/ for tests: the very ones that `sam local invoke` reads.
package eventfile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"disputecloser/internal/localaws"
)

// Text returns the file of a name, which has neither folder nor ending, as it stands.
func Text(tb testing.TB, name string) []byte {
	tb.Helper()
	root, err := localaws.ModuleRoot()
	if err != nil {
		tb.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "events", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// Read returns the event that the file of a name holds.
func Read[Event any](tb testing.TB, name string) Event {
	tb.Helper()
	var event Event
	if err := json.Unmarshal(Text(tb, name), &event); err != nil {
		tb.Fatal(err)
	}
	return event
}
