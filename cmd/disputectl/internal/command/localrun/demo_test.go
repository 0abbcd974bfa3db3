package localrun

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
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
	var out bytes.Buffer
	broken := demo.Options{Through: func(sound closing.Provider) closing.Provider { return closesTwice{sound} }}
	cmd := Demo(&cli.Console{Stdout: &out, Getenv: func(string) string { return "" }}, broken)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{})
	err := cmd.ExecuteContext(t.Context())
	if f := new(cli.ExitError); !errors.As(err, &f) || f.Code != cli.Found || !strings.Contains(err.Error(), "the day did not go as told") {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(out.String(), "\nNot as told:\n") || !strings.Contains(out.String(), "and more than one of ") {
		t.Errorf("it prints %s", out.String())
	}
}
