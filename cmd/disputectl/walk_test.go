package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// wrapped lists a case twice, as a table does whose case comes due later while its pages are read.
type wrapped struct{ *desk }

func (w wrapped) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	page, _, err := w.desk.Cases(ctx, limit, "")
	if cursor == "" {
		return page, "again", err
	}
	return page, "", err
}

func TestACaseThatIsListedTwiceCountsOnce(t *testing.T) {
	d := newDesk(t)
	a := d.at()
	a.OpenTable = func(context.Context, string) (access.Ledger, error) { return wrapped{d}, nil }
	for _, args := range [][]string{{"list"}, {"export"}} {
		if code, stdout, stderr := invoke(t, a, args...); code != cli.Fine || strings.Count(stdout, `dp_1`) != 1 {
			t.Errorf("%s: exit code %d, %s%s", args[0], code, stdout, stderr)
		}
	}
}

// endless lists cases without end, and calls a function at each page.
type endless struct {
	*desk
	page func()
}

func (e endless) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	if e.page != nil {
		e.page()
	}
	page := make([]closing.Case, limit)
	for i := range page {
		page[i] = closing.Case{ID: dispute.ID(fmt.Sprintf("dp%s_%d", cursor, i)), State: closing.Open, DueAt: time.Now()}
	}
	return page, cursor + "x", nil
}

func TestAListReadsOnlySoMuch(t *testing.T) {
	d := newDesk(t)
	a := d.at()
	a.OpenTable = func(context.Context, string) (access.Ledger, error) { return endless{desk: d}, nil }
	code, stdout, stderr := invoke(t, a, "list", "--limit", "5")
	if code != cli.Fine || strings.Count(stdout, "\n") != 9 || !strings.HasPrefix(stderr, "only the 20000 cases that are due first were read") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = invoke(t, a, "report", "--json")
	if code != cli.Fine || !strings.Contains(stdout, `"cut": true`) || stderr != "only the 20000 unfinished cases that are due first were read\n" {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if code, stdout, _ := invoke(t, a, "status"); code != cli.Fine || !strings.Contains(stdout, "more than 20000 unfinished") {
		t.Errorf("exit code %d, %s", code, stdout)
	}
}

// TestACaseThatCannotBeReadIsNotWorked and who asks for it is told what to do.
func TestACaseThatCannotBeReadIsNotWorked(t *testing.T) {
	for _, args := range [][]string{acts[0], acts[1], acts[2], {"show", "dp_1"}, {"why", "dp_1"}} {
		d := newDesk(t)
		d.reads = fmt.Errorf("load case dp_1: %w: %w", closing.ErrUnreadable, fault.Mark(fault.Permanent, errors.New("version: it is none")))
		code, stdout, stderr := invoke(t, d.at(), args...)
		if code != cli.Unreachable || !isFirstLine(stdout) || !strings.Contains(stderr, "version: it is none\n  restore its item from a backup") {
			t.Errorf("%s: exit code %d, %q, %q", args[0], code, stdout, stderr)
		}
	}
}

// TestOneCaseThatCannotBeReadHidesNoOther has a page that lacks one.
func TestOneCaseThatCannotBeReadHidesNoOther(t *testing.T) {
	for args, want := range map[string]string{
		"list": "dp_1 ", "list --json": `"dp_1"`, "status": "1 unfinished: 1 open", "status --json": `"open"`, "export": `"id":"dp_1"`,
		"report": "dp_9", "report --json": `"unread": [
    "dp_9"
  ]`, "export --since 1d": `"id":"dp_1"`,
	} {
		d := newDesk(t)
		d.unread = &closing.UnreadableError{ID: "dp_9", Err: errors.New("version: it is none")}
		code, stdout, stderr := invoke(t, d.at(), strings.Fields(args)...)
		if code != cli.Unreachable || !strings.Contains(stdout, want) || !strings.Contains(stderr, "case dp_9: the stored case cannot be read") {
			t.Errorf("%s: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
}

// TestStatusSaysWhatCannotBeRead where it says how the rest stands: "nothing is due" would be false of it.
func TestStatusSaysWhatCannotBeRead(t *testing.T) {
	d := &desk{Ledger: memory.New()}
	d.unread = errors.Join(
		&closing.UnreadableError{ID: "dp_8", Err: errors.New("version: it is none")},
		&closing.UnreadableError{ID: "dp_9", Err: errors.New("state: it is a number")},
	)
	_, stdout, _ := invoke(t, d.at(), "status")
	for _, want := range []string{
		"Due       nothing of what can be read\n",
		"Unread    2 cases cannot be read, and nobody works them: dp_8, dp_9\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	_, stdout, _ = invoke(t, d.at(), "status", "--json")
	if !strings.Contains(strings.Join(strings.Fields(stdout), ""), `"unread":[{"dispute":"dp_8","error":"version:itisnone"},{"dispute":"dp_9",`) {
		t.Error(stdout)
	}
}

// TestAListOfWhatCannotBeReadIsNotEmpty names the cases, each once, and does not say that there are none.
func TestAListOfWhatCannotBeReadIsNotEmpty(t *testing.T) {
	d := &desk{Ledger: memory.New()}
	const named = 20
	var unread []error
	for i := range named + 5 {
		unread = append(unread, &closing.UnreadableError{ID: dispute.ID(fmt.Sprint("dp_", i)), Err: errors.New("version: it is none")})
	}
	d.unread = errors.Join(unread...)
	a := d.at()
	a.OpenTable = func(context.Context, string) (access.Ledger, error) { return wrapped{d}, nil }
	code, stdout, stderr := invoke(t, a, "list")
	if code != cli.Unreachable || strings.Contains(stderr, "there is no unfinished case") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	if n := strings.Count(stderr, "cannot be read"); n != named || !strings.Contains(stderr, "; and 5 more\n") {
		t.Errorf("%d cases are named: %s", n, stderr)
	}
}
