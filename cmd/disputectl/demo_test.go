package main

import (
	"time"

	"context"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// closesTwice is a broken client that sends every close twice.
type closesTwice struct{ closing.Provider }

func (c closesTwice) Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	if d, err := c.Provider.Close(ctx, id, leaveBy); err != nil {
		return d, err
	}
	return c.Provider.Close(ctx, id, leaveBy)
}

func TestDemoWithABrokenPartExitsWith1(t *testing.T) {
	a := &app{demo: demo.Options{Through: func(sound closing.Provider) closing.Provider { return closesTwice{sound} }}}
	code, stdout, stderr := invoke(t, a, "demo")
	if code != found || !strings.Contains(stderr, "the day did not go as told") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if !strings.Contains(stdout, "\nNot as told:\n") || !strings.Contains(stdout, "and more than one of ") {
		t.Errorf("it prints %s", stdout)
	}
}
