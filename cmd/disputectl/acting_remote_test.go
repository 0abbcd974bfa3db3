package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/operatetest"
	"disputecloser/shared/closing"
)

// onStack returns the command at this desk as the table of a stack, whose API carries out ada's acts at it.
func (d *desk) onStack(t *testing.T) (*access.Env, *operatetest.Server, *fakeAWS) {
	t.Helper()
	api := operatetest.New(d.Ledger, ada, time.Now)
	t.Cleanup(api.Close)
	cloud := newFakeAWS("http://127.0.0.1:1", "http://127.0.0.1:1", "")
	cloud.outputs["OperateUrl"] = api.OperateURL()
	a := d.at()
	a.Getenv = func(name string) string { return map[string]string{access.StackVariable: fakeStack}[name] }
	a.Dir = t.TempDir()
	a.Cloud, a.HTTP = cloud.cloud, delivery.Client()
	a.Shell = func(context.Context) (access.Shell, error) {
		return access.Shell{Region: operatetest.Region, Credentials: operatetest.Credentials()}, nil
	}
	return a, api, cloud
}

// asAda is a command line of a local run as it is on a stack, where AWS says who acts.
func asAda(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--who" {
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

// TestAnActHasTheSameWordsHereAndThere: what it prints differs only in where, and in who acts.
func TestAnActHasTheSameWordsHereAndThere(t *testing.T) {
	until := time.Date(2026, 3, 2, 12, 2, 0, 0, time.UTC)
	for name, prepare := range map[string]func(t *testing.T, d *desk){
		"nothing in the way": func(*testing.T, *desk) {},
		"ended": func(t *testing.T, d *desk) {
			d.change(t, func(c *closing.Case) { c.State, c.DueAt = closing.Closed, time.Time{} })
		},
		"under way": func(t *testing.T, d *desk) {
			d.change(t, func(c *closing.Case) { c.State, c.ClaimUntil = closing.Closing, until })
		},
		"unknown": func(t *testing.T, d *desk) { d.change(t, func(c *closing.Case) { c.UnknownSince = until }) },
		"no case": func(*testing.T, *desk) {},
		"paused": func(t *testing.T, d *desk) {
			try(t, d.Ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused, Who: "ana", Why: "month end", At: until}))
		},
		"paused again": func(t *testing.T, d *desk) {
			try(t, d.Ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused, Who: "ana", Why: "month end", At: time.Now().Add(time.Hour).Truncate(time.Second)}))
		},
	} {
		for _, act := range acts {
			here := newDesk(t)
			there := newDesk(t)
			prepare(t, here)
			prepare(t, there)
			if name == "no case" {
				act = strings.Split(strings.ReplaceAll(strings.Join(act, "|"), "dp_1", "dp_9"), "|")
			}
			code, out, errs := invoke(t, here.at(), act...)
			a, _, _ := there.onStack(t)
			remoteCode, remoteOut, remoteErrs := invoke(t, a, asAda(act)...)
			same := strings.NewReplacer("table disputes at http://127.0.0.1:8000, on this machine:", "WHERE",
				"stack closer-test in eu-west-1, account 123456789012: test,", "WHERE",
				"table disputes", "THERE", "stack closer-test", "THERE", "ada (not verified)", "WHO", ada, "WHO")
			if code != remoteCode || written.ReplaceAllString(same.Replace(out), "") != written.ReplaceAllString(same.Replace(remoteOut), "") || same.Replace(errs) != same.Replace(remoteErrs) {
				t.Errorf("%s, %s: exit code %d\n%s%s\non the stack: exit code %d\n%s%s", name, act[0], code, out, errs, remoteCode, remoteOut, remoteErrs)
			}
			if here.overridden(t) != there.overridden(t) {
				t.Errorf("%s, %s: stored in one of the two only", name, act[0])
			}
		}
	}
}

// written is what differs from run to run: instants, and how far away they are.
var written = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ][0-9:.]+( UTC|Z)|(today|yesterday) [0-9:]+ UTC|\((now|in [0-9a-z ]+|[0-9a-z ]+ ago)\)`)

// TestAPersonIsShownWhatIsConceded: news between the question and the answer refuses the order, if only its version differs.
func TestAPersonIsShownWhatIsConceded(t *testing.T) {
	d := newDesk(t)
	a, api, _ := d.onStack(t)
	before, err := d.Ledger.Load(t.Context(), "dp_1")
	try(t, err)
	in := &heard{strings.NewReader("10.00 usd\n"), func() { d.learn(t, `{"id":"dp_1","amount":1000,"currency":"usd","status":"under_review"}`) }}
	code, _, stderr := runIn(t.Context(), a, in, "close", "dp_1", "--why", "x")
	if code != cli.Found || d.overridden(t) || !strings.Contains(stderr, "dp_1 was changed since it was shown: nothing was stored\n  `disputectl show dp_1` shows how it stands; look at it again, then decide") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if seen := api.Seen(); len(seen) != 1 || seen[0].Body.Version != before.Version || seen[0].Body.Amount != 1000 || seen[0].Body.Currency != "usd" {
		t.Errorf("%+v", seen)
	}
}

// TestAStackIsActedOnByOneRequest: the table itself is only read, whatever its credentials allow.
func TestAStackIsActedOnByOneRequest(t *testing.T) {
	for _, act := range acts {
		d := newDesk(t)
		try(t, d.Ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused}))
		d.writes = errors.New("the command wrote the table")
		a, api, _ := d.onStack(t)
		code, stdout, stderr := invoke(t, a, asAda(act)...)
		if code != cli.Fine || !strings.Contains(stdout, "by "+ada) || len(api.Seen()) != 1 || api.Seen()[0].Act != act[0] || api.Seen()[0].Body.Why != "x" {
			t.Errorf("%s: exit code %d, %+v, %s%s", act[0], code, api.Seen(), stdout, stderr)
		}
	}
}

// TestAnActThatWasSentIsCarriedToItsEnd so that it can be said what became of it.
func TestAnActThatWasSentIsCarriedToItsEnd(t *testing.T) {
	d := newDesk(t)
	a, api, _ := d.onStack(t)
	ctx, cancel := context.WithCancel(t.Context())
	api.Before = cancel
	code, stdout, stderr := runIn(ctx, a, strings.NewReader(""), "keep", "dp_1", "--why", "x")
	if code != cli.Fine || !strings.Contains(stdout, "dp_1 is kept, by "+ada) || !d.overridden(t) {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}

// TestAnActIsStoredWhateverTheTableSaysAfterIt.
func TestAnActIsStoredWhateverTheTableSaysAfterIt(t *testing.T) {
	d := newDesk(t)
	a, _, _ := d.onStack(t)
	d.before = func() { d.reads = errors.New("no route") }
	code, stdout, stderr := invoke(t, a, "keep", "dp_1", "--why", "x")
	if code != cli.Fine || !strings.Contains(stdout, "dp_1 is kept, by "+ada) || stderr != "it is stored; how the case stands now could not be read: no route\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}

// TestACaseIsShownAsItStandsAfterTheAct, not as the act left it: the closer may have been faster.
func TestACaseIsShownAsItStandsAfterTheAct(t *testing.T) {
	d := newDesk(t)
	a, _, _ := d.onStack(t)
	until := time.Date(2026, 3, 2, 12, 2, 0, 0, time.UTC)
	d.before = func() { d.change(t, func(c *closing.Case) { c.State, c.ClaimUntil = closing.Closing, until }) }
	code, stdout, stderr := invoke(t, a, "keep", "dp_1", "--why", "x")
	if code != cli.Fine || !strings.Contains(stdout, "A close of it was claimed before and may still be executed, until 2026-03-02 12:02 UTC (") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
}

// TestTheOperateFunctionsOwnWords are shown where no act on a table has others.
func TestTheOperateFunctionsOwnWords(t *testing.T) {
	for body, want := range map[string]string{
		`{"stored":false,"code":"bad_request","message":["why: it is not UTF-8","version is below zero"],"next":"correct the request: nothing was stored"}`: "disputectl: nothing was stored: why: it is not UTF-8; version is below zero\n  correct the request: nothing was stored\n",
		`{"stored":false,"code":"no_identity","message":["AWS verified no identity"],"next":"sign the request"}`:                                            "disputectl: nothing was stored: AWS verified no identity\n  sign the request\n",
		`{"stored":false,"code":"unavailable","message":["the table is not available"],"next":"try again"}`:                                                 "disputectl: nothing was stored: the table is not available\n  try again\n",
		`{"stored":false,"code":"unreadable","message":["the stored case dp_1 cannot be read"],"next":"repair its item"}`:                                   "disputectl: nothing was stored: the stored case dp_1 cannot be read\n  repair its item\n",
		`{"stored":false,"code":"of_a_newer_version","message":["who knows"],"next":"look"}`:                                                                "disputectl: whether it was stored is not known: who knows\n  `disputectl show dp_1` shows how it stands\n",
		`{"stored":false,"code":"not_known","message":["timeout"],"next":"look"}`:                                                                           "disputectl: whether it was stored is not known: timeout\n  `disputectl show dp_1` shows how it stands\n",
	} {
		d := newDesk(t)
		a, api, _ := d.onStack(t)
		api.Instead = answers(body)
		if code, _, stderr := invoke(t, a, "keep", "dp_1", "--why", "x"); code != cli.Unreachable || stderr != want {
			t.Errorf("%s: exit code %d, %q", body, code, stderr)
		}
	}
}

// TestAnActGoesOnlyWhereTheStackMayBe: over TLS, or to this machine.
func TestAnActGoesOnlyWhereTheStackMayBe(t *testing.T) {
	for _, address := range []string{"http://api.example.com/operator", "ftp://127.0.0.1/operator", "operator"} {
		d := newDesk(t)
		a, api, cloud := d.onStack(t)
		cloud.outputs["OperateUrl"] = address
		code, _, stderr := invoke(t, a, "keep", "dp_1", "--why", "x")
		if code != cli.Unreachable || !strings.Contains(stderr, "stack closer-test takes no acts: nothing was stored: ") || len(api.Seen()) != 0 || d.overridden(t) {
			t.Errorf("%s: exit code %d, %s", address, code, stderr)
		}
	}
}

// TestALiveStackNeedsItsAccountKnown before anybody acts on it, except for a pause.
func TestALiveStackNeedsItsAccountKnown(t *testing.T) {
	for _, act := range acts {
		d := newDesk(t)
		a, api, cloud := d.onStack(t)
		cloud.parameters["Environment"] = "live"
		a.Shell = func(context.Context) (access.Shell, error) {
			return access.Shell{Region: operatetest.Region, Credentials: operatetest.Credentials(), Account: func(context.Context) (string, error) {
				return "", cli.Fail(cli.Unreachable, "log in", "AWS does not say whose credentials these are")
			}}, nil
		}
		code, stdout, stderr := invoke(t, a, asAda(act)...)
		if act[0] == "pause" {
			if code != cli.Fine || len(api.Seen()) != 1 {
				t.Errorf("pause: exit code %d, %s%s", code, stdout, stderr)
			}
			continue
		}
		if code != cli.Unreachable || stdout != "" || !strings.Contains(stderr, "AWS does not say whose credentials these are\n  log in") || len(api.Seen()) != 0 {
			t.Errorf("%s: exit code %d, %s%s", act[0], code, stdout, stderr)
		}
	}
}

// TestEveryCommandSaysWhatAStackThatCannotBeReadMeans.
func TestEveryCommandSaysWhatAStackThatCannotBeReadMeans(t *testing.T) {
	for _, args := range append(acts, reads...) {
		d := newDesk(t)
		a, _, cloud := d.onStack(t)
		cloud.refused["DescribeStacks"] = &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"}
		code, stdout, stderr := invoke(t, a, args...)
		if code != cli.Unreachable || stdout != "" || !strings.Contains(stderr, "your AWS credentials may not see stack closer-test: ") || !strings.Contains(stderr, "\n  have the stack's ViewerPolicy attached\n") {
			t.Errorf("%s: exit code %d, %q, %q", args[0], code, stdout, stderr)
		}
	}
}

// TestAnActIsSentOnce whatever becomes of it.
func TestAnActIsSentOnce(t *testing.T) {
	for _, act := range acts {
		d := newDesk(t)
		try(t, d.Ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused}))
		a, api, _ := d.onStack(t)
		api.Instead = always(http.StatusServiceUnavailable)
		code, _, stderr := invoke(t, a, asAda(act)...)
		if code != cli.Unreachable || !strings.Contains(stderr, "whether it was stored is not known: ") || len(api.Seen()) != 1 {
			t.Errorf("%s: exit code %d, %d requests, %s", act[0], code, len(api.Seen()), stderr)
		}
	}
}
