package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
)

func TestEveryCommandSaysWhatATableThatFailsMeans(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&smithy.GenericAPIError{Code: "ResourceNotFoundException"}, "there is no table disputes"},
		{&smithy.GenericAPIError{Code: "AccessDeniedException"}, "table disputes"},
		{&smithy.GenericAPIError{Code: "UnrecognizedClientException"}, "AWS does not accept your credentials"},
		{errors.New("no such host"), "see whether AWS answers you"},
	} {
		for _, args := range append(acts, reads...) {
			d := newDesk(t)
			d.reads = fault.Mark(fault.Retryable, c.err)
			if args[0] == "pause" {
				continue // It reads nothing that it needs.
			}
			code, stdout, stderr := invoke(t, d.at(), args...)
			if code != cli.Unreachable || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") < 2 || !isFirstLine(stdout) {
				t.Errorf("%s, %v: exit code %d, %q, %q", args[0], c.err, code, stdout, stderr)
			}
		}
	}
}

// isFirstLine reports whether a text is nothing but where a command works, if it is anything at all.
func isFirstLine(text string) bool {
	return text == "" || strings.HasPrefix(text, "table disputes at ") && strings.Index(text, "\n") == len(text)-1
}

// TestNothingThatCannotBeReadHoldsUpAPause, and it is said what is not known.
func TestNothingThatCannotBeReadHoldsUpAPause(t *testing.T) {
	d := newDesk(t)
	d.reads = errors.New("no route")
	a, _, _ := d.onStack(t)
	for _, a := range []*access.Env{d.at(), a} {
		args := acts[3]
		if a.Cloud != nil {
			args = asAda(args)
		}
		code, stdout, stderr := invoke(t, a, args...)
		control, err := d.Ledger.Control(t.Context())
		if code != cli.Fine || stderr != "" || err != nil || control.Switch != closing.Paused ||
			!strings.Contains(stdout, " whether closing is on is not known: table disputes did not answer: no route\nClosing is paused, by ") {
			t.Errorf("exit code %d, %+v, %v, %s%s", code, control, err, stdout, stderr)
		}
	}
}

// TestASwitchThatCannotBeReadHidesNoCase and holds up no keep; what needs the switch says that it cannot be read.
func TestASwitchThatCannotBeReadHidesNoCase(t *testing.T) {
	const line = "table disputes at http://127.0.0.1:8000, on this machine: whether closing is on is not known: table disputes did not answer: no switch\n"
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"list"}, cli.Fine, line + "DISPUTE"},
		{[]string{"list", "--json"}, cli.Fine, `"dp_1"`},
		{[]string{"show", "dp_1"}, cli.Fine, line + "dp_1  open\n"},
		{[]string{"show", "dp_1", "--json"}, cli.Fine, `"closing": "unknown"`},
		{[]string{"export"}, cli.Fine, `"dp_1"`},
		{acts[0], cli.Fine, line + "dp_1 is kept, by "},
		{acts[1], cli.Fine, line + "dp_1 is back with the rules, by "},
		{acts[2], cli.Unreachable, line},
		{acts[4], cli.Unreachable, line},
		{[]string{"why", "dp_1"}, cli.Unreachable, ""},
		{[]string{"status"}, cli.Unreachable, ""},
	} {
		d := newDesk(t)
		d.control = errors.New("no switch")
		code, stdout, stderr := invoke(t, d.at(), c.args...)
		if code != c.code || !strings.Contains(stdout, c.want) ||
			c.code != cli.Fine && (stdout != c.want || !strings.Contains(stderr, "table disputes did not answer: no switch")) {
			t.Errorf("%v: exit code %d, %s%s", c.args, code, stdout, stderr)
		}
	}
}

func TestAnActSaysWhetherItWasStored(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("connection reset"), "whether it was stored is not known"},
		{fault.Mark(fault.Ambiguous, errors.New("timeout")), "whether it was stored is not known"},
		{fault.Mark(fault.Retryable, &smithy.GenericAPIError{Code: "AccessDeniedException"}), "you may not act on table disputes: nothing was stored"},
		{fault.Mark(fault.Retryable, errors.New("no route")), "table disputes did not answer"},
	} {
		for _, args := range acts {
			d := newDesk(t)
			if err := d.Ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused}); err != nil {
				t.Fatal(err)
			}
			d.writes = c.err
			code, _, stderr := invoke(t, d.at(), args...)
			if code != cli.Unreachable || !strings.Contains(stderr, c.want) {
				t.Errorf("%s, %v: exit code %d, %q", args[0], c.err, code, stderr)
			}
		}
	}
}

func TestAnInterruptedActStoresNothing(t *testing.T) {
	for _, args := range acts {
		d := newDesk(t)
		ctx, cancel := context.WithCancel(t.Context())
		a := d.at()
		a.OpenTable = func(context.Context, string) (access.Ledger, error) { cancel(); return d, nil }
		code, _, stderr := runIn(ctx, a, strings.NewReader(""), args...)
		control, _ := d.Ledger.Control(t.Context())
		if code != cli.Interrupted || !strings.Contains(stderr, "interrupted") || d.overridden(t) || control.Who == ada {
			t.Errorf("%s: exit code %d, %s", args[0], code, stderr)
		}
	}
}

// TestAnActThatHasBegunIsCarriedToItsEnd so that it can be said what became of it.
func TestAnActThatHasBegunIsCarriedToItsEnd(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.before = cancel
	code, stdout, stderr := runIn(ctx, d.at(), strings.NewReader(""), "keep", "dp_1", "--why", "x", "--who", "ada")
	if code != cli.Fine || !strings.Contains(stdout, "\ndp_1 is kept") || !d.overridden(t) {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}

func TestACloseUnderWayIsToldApart(t *testing.T) {
	d := newDesk(t)
	c, err := d.Ledger.Load(t.Context(), "dp_1")
	if err != nil {
		t.Fatal(err)
	}
	c.State, c.ClaimUntil = closing.Closing, time.Date(2026, 3, 2, 12, 2, 0, 0, time.UTC)
	if _, err := d.Ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := invoke(t, d.at(), "release", "dp_1", "--why", "x", "--who", "ada")
	if code != cli.Found || !strings.Contains(stderr, "a close of dp_1 is under way: nothing was stored\n  wait until 2026-03-02 12:02 UTC (") {
		t.Errorf("release: exit code %d, %s", code, stderr)
	}
	if code, stdout, _ := invoke(t, d.at(), "keep", "dp_1", "--why", "x", "--who", "ada"); code != cli.Fine || !strings.Contains(stdout, "may still be executed, until 2026-03-02 12:02 UTC (") {
		t.Errorf("keep: exit code %d, %s", code, stdout)
	}
	if _, stdout, _ := invoke(t, d.at(), "close", "dp_1", "--why", "x", "--yes", "--who", "ada"); !strings.Contains(stdout, "would wait: a close of it is under way already, until 2026-03-02 12:02 UTC (") {
		t.Errorf("close: %s", stdout)
	}
}

func TestAReasonIsOneLine(t *testing.T) {
	for _, why := range []string{"", "  ", "a\nb", "\x1b[2Jx", strings.Repeat("x", 501)} {
		d := newDesk(t)
		if code, _, stderr := invoke(t, d.at(), "keep", "dp_1", "--why", why, "--who", "ada"); code != cli.Misused || d.overridden(t) {
			t.Errorf("%q: exit code %d, %s", why, code, stderr)
		}
	}
}

// TestAResumeLiftsNoNewerPause has somebody pause again between the look at the switch and the word.
func TestAResumeLiftsNoNewerPause(t *testing.T) {
	d := newDesk(t)
	if err := d.Ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused}); err != nil {
		t.Fatal(err)
	}
	d.writes = closing.ErrConflict
	code, _, stderr := invoke(t, d.at(), "resume", "--why", "settled", "--who", "ada")
	if code != cli.Found || !strings.Contains(stderr, "paused again meanwhile: nothing was stored") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
