package closer_test

import (
	"testing"
	"time"

	"disputecloser/internal/template"
	"disputecloser/shared/closing"
)

// A claim must outlive the invocation that made it, or a frozen holder and a second one could both be in the right;
// and an invocation that is too short for one close never closes anything.
func TestTheTemplatesTimeoutFitsTheClaim(t *testing.T) {
	terms := closing.DefaultTerms()
	claim := terms.Window + terms.Request + terms.Settle + terms.Skew
	timeout := time.Duration(template.Read(t).Resources["Closer"].Properties.TimeoutSeconds) * time.Second
	if look := 2 * terms.Look; timeout < look+terms.NeedsForClose() || timeout >= claim {
		t.Errorf("the closer may run for %s: that must be %s, for a look and a close, or more, and less than a claim's %s",
			timeout, look+terms.NeedsForClose(), claim)
	}
}
