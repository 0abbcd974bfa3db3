package main

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/pause"
)

// acts are the command lines that store something on the table of a local run, and reads those that do not.
var (
	acts = [][]string{
		{"keep", "dp_1", "--why", "x", "--who", "ada"}, {"release", "dp_1", "--why", "x", "--who", "ada"},
		{"close", "dp_1", "--why", "x", "--who", "ada", "--yes"}, {"pause", "--why", "x", "--who", "ada"}, {"resume", "--why", "x", "--who", "ada"},
	}
	reads = [][]string{{"list"}, {"show", "dp_1"}, {"why", "dp_1"}, {"status"}, {"export"}, {"report"}, {"log"}, {"list", "--state", "closed"}, {"export", "--since", "1d"}}
)

// desk is a ledger in memory with dp_1 in it, whose answers a test may break.
type desk struct {
	*memory.Ledger
	// reads and writes are what breaks; before is called at every Load.
	reads, writes error
	// control breaks only the reading of the switch.
	control error
	// unread comes with every page of cases.
	unread error
	// lines are the journal.
	lines  []closing.Line
	before func()
	loads  int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{Ledger: memory.New()}
	d.learn(t, `{"id":"dp_1","amount":1000,"currency":"usd","status":"needs_response","livemode":false}`)
	return d
}

// learn stores a dispute as the newest snapshot.
func (d *desk) learn(t *testing.T, text string) {
	t.Helper()
	parsed, err := dispute.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	l := closing.Learner{Ledger: d.Ledger, Watcher: deaf{}, Now: time.Now, Pause: pause.Before}
	if _, err := l.Learn(t.Context(), closing.News{Dispute: parsed, At: at, EventID: at.String(), From: "test"}); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if d.loads++; d.before != nil {
		d.before()
	}
	if d.reads != nil {
		return closing.Case{}, d.reads
	}
	return d.Ledger.Load(ctx, id)
}

func (d *desk) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	if d.reads != nil {
		return nil, "", d.reads
	}
	page, next, err := d.Ledger.Cases(ctx, limit, cursor)
	return page, next, cmp.Or(err, d.unread)
}

func (d *desk) Control(ctx context.Context) (closing.Control, error) {
	if err := cmp.Or(d.reads, d.control); err != nil {
		return closing.Control{}, err
	}
	return d.Ledger.Control(ctx)
}

func (d *desk) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if d.writes != nil {
		return closing.Case{}, d.writes
	}
	return d.Ledger.Save(ctx, c, t)
}

func (d *desk) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	if d.writes != nil {
		return closing.Case{}, d.writes
	}
	return d.Ledger.Act(ctx, c, line)
}

func (d *desk) SetControl(ctx context.Context, c closing.Control) error {
	if d.writes != nil {
		return d.writes
	}
	return d.Ledger.SetControl(ctx, c)
}

// here is a shell whose DynamoDB is on this machine.
func here(context.Context) (access.Shell, error) {
	return access.Shell{Region: "local", Endpoints: map[string]string{"dynamodb": "http://127.0.0.1:8000"}}, nil
}

// at returns the command at this desk, which is the table of a local run, with a person at its terminal.
func (d *desk) at() *access.Env {
	return &access.Env{
		Console: cli.Console{
			Getenv:     func(name string) string { return map[string]string{"TABLE": "disputes"}[name] },
			IsTerminal: func(io.Reader) bool { return true },
		},
		OpenTable: func(context.Context, string) (access.Ledger, error) { return d, nil },
		Shell:     here,
	}
}

// runIn runs one command line in a context and on an input.
func runIn(ctx context.Context, a *access.Env, in io.Reader, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	a.Stdin, a.Stdout, a.Stderr, a.Now = in, &out, &errs, time.Now
	code = command.Run(ctx, a, args)
	return code, out.String(), errs.String()
}

// overridden reports whether an operator's word is stored on dp_1.
func (d *desk) overridden(t *testing.T) bool {
	t.Helper()
	c, err := d.Ledger.Load(t.Context(), "dp_1")
	if err != nil {
		t.Fatal(err)
	}
	return c.Override != nil
}
