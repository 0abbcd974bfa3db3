package operator_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/operatetest"
	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/functions/operate"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

const arn = "arn:aws:sts::123456789012:assumed-role/Operator/ada"

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// api is a stack's API over a ledger with dp_1 in it, and a person who acts through it.
type api struct {
	*operatetest.Server
	ledger *memory.Ledger
	*operator.Remote
}

func newAPI(t *testing.T) *api {
	t.Helper()
	l := memory.New()
	s := operatetest.New(l, arn, func() time.Time { return now })
	t.Cleanup(s.Close)
	a := &api{s, l, &operator.Remote{
		URL: s.OperateURL(), Region: operatetest.Region, Credentials: operatetest.Credentials(), HTTP: delivery.Client(),
		Now: func() time.Time { return now },
	}}
	a.store(t, func(c *closing.Case) {})
	return a
}

// store stores dp_1 as a test wants it.
func (a *api) store(t *testing.T, change func(*closing.Case)) {
	t.Helper()
	c, err := a.ledger.Load(t.Context(), "dp_1")
	if errors.Is(err, closing.ErrNotFound) {
		c = closing.Case{ID: "dp_1", State: closing.Open, DueAt: now}
		c.Dispute, err = dispute.Parse([]byte(`{"id":"dp_1","amount":1000,"currency":"usd","status":"needs_response"}`))
	}
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	if _, err := a.ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

var usd1000 = dispute.Money{Amount: 1000, Currency: "usd"}

// acts are the five, on dp_1.
var acts = map[string]func(context.Context, operator.Acts) error{
	"keep": func(ctx context.Context, a operator.Acts) error {
		_, err := a.Keep(ctx, closing.Order{ID: "dp_1", Why: "why"})
		return err
	},
	"close": func(ctx context.Context, a operator.Acts) error {
		_, err := a.Close(ctx, closing.Order{ID: "dp_1", Shown: 1, Why: "why"}, usd1000)
		return err
	},
	"release": func(ctx context.Context, a operator.Acts) error {
		_, err := a.Release(ctx, closing.Order{ID: "dp_1", Why: "why"})
		return err
	},
	"pause":  func(ctx context.Context, a operator.Acts) error { return a.Pause(ctx, "why") },
	"resume": func(ctx context.Context, a operator.Acts) error { return a.Resume(ctx, "why") },
}

// TestEachActIsOneSignedRequest that carries what the contract says, and names whom AWS names.
func TestEachActIsOneSignedRequest(t *testing.T) {
	bodies := map[string]operate.Request{
		"keep": {Dispute: "dp_1", Why: "why"}, "release": {Dispute: "dp_1", Why: "why"}, "pause": {Why: "why"}, "resume": {Why: "why"},
		"close": {Dispute: "dp_1", Why: "why", Amount: 1000, Currency: "usd", Version: 1},
	}
	for name, act := range acts {
		a := newAPI(t)
		if err := act(t.Context(), a); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := []operatetest.Seen{{Act: name, Body: bodies[name]}}; !slices.Equal(a.Seen(), want) {
			t.Errorf("%s: the requests are %+v, want %+v", name, a.Seen(), want)
		}
		if a.Who() != arn {
			t.Errorf("%s: by %q", name, a.Who())
		}
	}
}

// TestWhatWasStored is in the table, in the name that AWS gave, and the answer describes the case.
func TestWhatWasStored(t *testing.T) {
	a := newAPI(t)
	c, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Shown: 1, Why: "a friend"})
	if err != nil || c.ID != "dp_1" || c.State != closing.Open || c.Version != 2 || !c.DueAt.Equal(now) {
		t.Errorf("%+v, %v", c, err)
	}
	if money, known := c.Dispute.Money(); !known || money != usd1000 {
		t.Errorf("about %v", money)
	}
	kept, err := a.ledger.Load(t.Context(), "dp_1")
	if err != nil || kept.Override == nil || kept.Override.Who != arn || kept.Override.Why != "a friend" {
		t.Errorf("%+v, %v", kept.Override, err)
	}
}

// TestARefusalIsTheErrorOfAnActHere as closing.Operator would return it.
func TestARefusalIsTheErrorOfAnActHere(t *testing.T) {
	until := now.Add(time.Minute)
	for _, c := range []struct {
		name  string
		store func(*closing.Case)
		act   func(context.Context, operator.Acts) (closing.Case, error)
		want  error
	}{
		{"no case", nil, func(ctx context.Context, a operator.Acts) (closing.Case, error) {
			return a.Keep(ctx, closing.Order{ID: "dp_9", Why: "x"})
		}, closing.ErrNotFound},
		{"ended", func(c *closing.Case) { c.State, c.DueAt = closing.Closed, time.Time{} }, func(ctx context.Context, a operator.Acts) (closing.Case, error) {
			return a.Keep(ctx, closing.Order{ID: "dp_1", Why: "x"})
		}, closing.ErrFinished},
		{"under way", func(c *closing.Case) { c.State, c.ClaimUntil = closing.Closing, until }, func(ctx context.Context, a operator.Acts) (closing.Case, error) {
			return a.Release(ctx, closing.Order{ID: "dp_1", Why: "x"})
		}, closing.ErrClosing},
		{"other amount", nil, func(ctx context.Context, a operator.Acts) (closing.Case, error) {
			return a.Close(ctx, closing.Order{ID: "dp_1", Shown: 1, Why: "x"}, dispute.Money{Amount: 999, Currency: "usd"})
		}, closing.ErrOtherAmount},
		{"unknown", func(c *closing.Case) { c.UnknownSince = now }, func(ctx context.Context, a operator.Acts) (closing.Case, error) {
			return a.Close(ctx, closing.Order{ID: "dp_1", Shown: 2, Why: "x"}, usd1000)
		}, closing.ErrUnknownDispute},
		{"changed", func(*closing.Case) {}, func(ctx context.Context, a operator.Acts) (closing.Case, error) {
			return a.Close(ctx, closing.Order{ID: "dp_1", Shown: 1, Why: "x"}, usd1000)
		}, closing.ErrChanged},
	} {
		a := newAPI(t)
		if c.store != nil {
			a.store(t, c.store)
		}
		got, err := c.act(t.Context(), a)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.name == "under way" && !got.ClaimUntil.Equal(until) || c.name == "ended" && got.State != closing.Closed {
			t.Errorf("%s: the case is %+v", c.name, got)
		}
	}
	a := newAPI(t)
	if err := a.ledger.SetControl(t.Context(), closing.Control{Switch: closing.Paused, Who: "x", Why: "x", At: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := a.Resume(t.Context(), "x"); !errors.Is(err, closing.ErrConflict) {
		t.Errorf("paused again: %v", err)
	}
}

// TestEachCodeHasItsOwnError and whether anything was stored is known by its class, except for the one that says so.
func TestEachCodeHasItsOwnError(t *testing.T) {
	codes := []operate.Code{
		operate.BadRequest, operate.NoIdentity, operate.NoCase, operate.Ended, operate.CloseUnderWay, operate.OtherAmount,
		operate.UnknownDispute, operate.Changed, operate.PausedAgain, operate.Unreadable, operate.Unavailable, operate.NotKnown,
	}
	for i, code := range codes {
		for _, other := range codes[:i] {
			if errors.Is(operate.ErrorOf(code), operate.ErrorOf(other)) {
				t.Errorf("%s and %s are one error", code, other)
			}
		}
	}
	for code, class := range map[operate.Code]fault.Class{
		operate.BadRequest: fault.Permanent, operate.NoIdentity: fault.Permanent, operate.Unavailable: fault.Retryable,
		operate.NotKnown: fault.Ambiguous, "": fault.Ambiguous, "of_a_newer_version": fault.Ambiguous,
	} {
		if got := fault.Of(operate.ErrorOf(code)); got != class {
			t.Errorf("%q is %v, want %v", code, got, class)
		}
	}
}

// TestWhatIsNotAnAnswerOfTheFunction says whether anything was stored: surely not, or it is not known.
func TestWhatIsNotAnAnswerOfTheFunction(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{403, `{"message":"Forbidden"}`, "your policies do not allow this act: nothing was stored: API Gateway answered 403 Forbidden"},
		{403, `{"Message":"User: arn is not authorized"}`, "your policies do not allow this act: nothing was stored"},
		{404, `{"message":"Not Found"}`, "the stack does not offer this act: nothing was stored"},
		{429, `{"message":"Too Many Requests"}`, "there are too many requests: nothing was stored"},
		{403, `<html>Forbidden</html>`, ""},
		{403, `{}`, ""},
		{404, ``, ""},
		{500, `{"message":"Internal Server Error"}`, ""},
		{503, `{"message":"Service Unavailable"}`, ""},
		{504, `{"message":"Endpoint request timed out"}`, ""},
		{200, `<html>Sign in to this network</html>`, ""},
		{200, ``, ""},
		{200, `{}`, ""},
		{200, `{"stored":true,"code":"ended"}`, ""},
		{202, `{"stored":true}`, ""},
		{500, `{"stored":true,"who":"x"}`, ""},
		{200, `{"stored":true}{"stored":false}`, ""},
		{200, `{"stored":true,"who":"` + strings.Repeat("x", 64<<10) + `"}`, ""},
		{500, `{"stored":false,"code":"not_known","message":["timeout"]}`, ""},
		{409, `{"stored":false,"code":"of_a_newer_version","message":["no"]}`, ""},
	} {
		a := newAPI(t)
		a.Instead = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		})
		_, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Why: "x"})
		var f *cli.ExitError
		isExit := errors.As(err, &f)
		switch {
		case c.want == "" && (err == nil || isExit || fault.Of(err) != fault.Ambiguous):
			t.Errorf("%d %.60s: %v", c.status, c.body, err)
		case c.want != "" && (!isExit || f.Code != cli.Unreachable || !strings.HasPrefix(err.Error(), c.want) || f.Next == ""):
			t.Errorf("%d %.60s: %v", c.status, c.body, err)
		}
		if len(a.Seen()) != 1 {
			t.Errorf("%d %.60s: %d requests", c.status, c.body, len(a.Seen()))
		}
	}
}

// TestOnlyThePersonsOwnSignatureIsAccepted by the stand-in, so that the other tests show that requests are signed.
func TestOnlyThePersonsOwnSignatureIsAccepted(t *testing.T) {
	other := func(change func(*aws.Credentials)) aws.CredentialsProvider {
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			c := operatetest.Person
			change(&c)
			return c, nil
		})
	}
	for name, change := range map[string]func(*operator.Remote){
		"another key": func(r *operator.Remote) {
			r.Credentials = other(func(c *aws.Credentials) { c.AccessKeyID = "AKIDOTHER" })
		},
		"another secret":  func(r *operator.Remote) { r.Credentials = other(func(c *aws.Credentials) { c.SecretAccessKey = "x" }) },
		"another session": func(r *operator.Remote) { r.Credentials = other(func(c *aws.Credentials) { c.SessionToken = "x" }) },
		"another region":  func(r *operator.Remote) { r.Region = "us-east-1" },
	} {
		a := newAPI(t)
		change(a.Remote)
		if _, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Why: "x"}); err == nil || !strings.HasPrefix(err.Error(), "your policies do not allow this act") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestARedirectIsNotFollowed: a signed act goes to the stack's own address only.
func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		elsewhere := new(atomic.Int64)
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		t.Cleanup(other.Close)
		a := newAPI(t)
		a.HTTP = http.DefaultClient // which follows redirects
		a.Instead = http.RedirectHandler(other.URL, status)
		_, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Why: "x"})
		if fault.Of(err) != fault.Ambiguous || elsewhere.Load() != 0 || len(a.Seen()) != 1 {
			t.Errorf("%d: %v, %d requests elsewhere", status, err, elsewhere.Load())
		}
	}
}

// TestALostAnswerIsNotAskedForAgain: whether it was stored is not known.
func TestALostAnswerIsNotAskedForAgain(t *testing.T) {
	for name, act := range acts {
		a := newAPI(t)
		a.Instead = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				err = conn.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
		for range 2 { // The second request could find an idle connection.
			if err := act(t.Context(), a); fault.Of(err) != fault.Ambiguous || !strings.HasPrefix(err.Error(), "no answer: ") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(a.Seen()) != 2 {
			t.Errorf("%s: two acts were %d requests", name, len(a.Seen()))
		}
	}
}

// TestAnAnswerThatBreaksOff is not known either.
func TestAnAnswerThatBreaksOff(t *testing.T) {
	a := newAPI(t)
	a.Instead = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"stored":true}`)
	})
	if _, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Why: "x"}); fault.Of(err) != fault.Ambiguous || err == nil || !strings.Contains(err.Error(), "was not read to its end") {
		t.Error(err)
	}
}

// TestAnAnswerThatNeverComes ends with the context, and is not known.
func TestAnAnswerThatNeverComes(t *testing.T) {
	a := newAPI(t)
	ctx, cancel := context.WithCancel(t.Context())
	a.Instead = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := a.Keep(ctx, closing.Order{ID: "dp_1", Why: "x"}); fault.Of(err) != fault.Ambiguous || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestASlowAnswerIsWaitedFor as long as the context lasts, whatever the client's own limit.
func TestASlowAnswerIsWaitedFor(t *testing.T) {
	a := newAPI(t)
	a.HTTP.Timeout = 20 * time.Millisecond
	a.Before = func() { time.Sleep(100 * time.Millisecond) }
	if _, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Why: "x"}); err != nil {
		t.Error(err)
	}
}

// TestWhatIsNotSentIsNotStored, for certain.
func TestWhatIsNotSentIsNotStored(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	_ = closed.Close()
	plain := newAPI(t)
	for name, change := range map[string]func(*operator.Remote){
		"nobody listens":  func(r *operator.Remote) { r.URL = "http://" + nobody + "/operator" },
		"no TLS there":    func(r *operator.Remote) { r.URL = strings.Replace(plain.OperateURL(), "http:", "https:", 1) },
		"a broken URL":    func(r *operator.Remote) { r.URL = "http://127.0.0.1:x" },
		"no credentials":  func(r *operator.Remote) { r.Credentials = aws.NewCredentialsCache(failing{}) },
		"empty signature": func(r *operator.Remote) { r.Credentials = aws.AnonymousCredentials{} },
	} {
		a := newAPI(t)
		change(a.Remote)
		_, err := a.Keep(t.Context(), closing.Order{ID: "dp_1", Why: "x"})
		var f *cli.ExitError
		if !errors.As(err, &f) || f.Code != cli.Unreachable || !strings.HasPrefix(err.Error(), "the act was not sent: nothing was stored: ") || len(a.Seen()) != 0 {
			t.Errorf("%s: %v, %d requests", name, err, len(a.Seen()))
		}
	}
}

type failing struct{}

func (failing) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{}, errors.New("expired")
}
