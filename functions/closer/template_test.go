package closer_test

import (
	"testing"
	"time"

	"disputecloser/internal/template"
	"disputecloser/shared/closing"
)

// A claim must outlast the invocation that made it, or two holders could act on it at once. An invocation that is too short
// for one close would never close anything.
func TestTheTemplatesTimeoutFitsTheClaim(t *testing.T) {
	terms := closing.DefaultTerms()
	claim := terms.Window + terms.Request + terms.Settle + terms.Skew
	timeout := time.Duration(template.Read(t).Resources["Closer"].Properties.TimeoutSeconds) * time.Second
	if look := 2 * terms.Look; timeout < look+terms.NeedsForClose() || timeout >= claim {
		t.Errorf("the closer may run for %s; want at least %s, for a look and a close, and less than a claim's %s",
			timeout, look+terms.NeedsForClose(), claim)
	}
}
