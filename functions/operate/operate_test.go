package operate_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/operate"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

func TestEachActIsStoredUnderTheCallersARN(t *testing.T) {
	for act, want := range map[operate.Act]struct {
		message string
		check   func(*testing.T, *world)
	}{
		operate.Keep:    {id + " is kept, by " + ada, wantOrder(policy.Keep, dispute.Money{}, "keep: a good customer")},
		operate.Close:   {id + " is to be closed, by " + ada, wantOrder(policy.Close, dispute.Money{Amount: 1200, Currency: "usd"}, "close: costs more to fight")},
		operate.Release: {id + " is back with the rules, by " + ada, wantReleased},
		operate.Pause:   {"closing is paused, by " + ada, wantControl(closing.Paused, "the new rules close too much")},
		operate.Resume:  {"closing is on for this table, by " + ada, wantControl(closing.On, "the rules are corrected")},
	} {
		t.Run(string(act), func(t *testing.T) {
			w := newWorld(t)
			status, a := w.send(t, fromFile(t, act))
			if status != http.StatusOK || !a.Stored || a.Who != ada || a.Code != "" || a.Message[0] != want.message || a.Next == "" {
				t.Errorf("%d %+v", status, a)
			}
			if n := map[operate.Act]int{operate.Pause: 2}[act]; len(a.Message) != max(n, 1) {
				t.Errorf("it says %q", a.Message)
			}
			want.check(t, w)
			if !slices.Equal(w.meter, []string{"Acts{Act=" + string(act) + "}=1"}) {
				t.Errorf("counted %v", w.meter)
			}
			if w.ledger.reads+w.ledger.writes > 2 {
				t.Errorf("%d reads and %d writes", w.ledger.reads, w.ledger.writes)
			}
			w.wantLog(t, "level=INFO", "who="+ada, "act="+string(act), "outcome=stored")
		})
	}
}

func wantOrder(action policy.Action, agreed dispute.Money, line string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		c := w.stored(t)
		if c.Override == nil || c.Override.Action != action || c.Override.Who != ada || c.Override.Agreed != agreed || !c.Override.At.Equal(noon) || !c.Armed() {
			t.Errorf("stored %+v", c)
		}
		if last := c.History[len(c.History)-1]; last.Who != ada || last.What != line {
			t.Errorf("the history says %+v", last)
		}
	}
}

func wantReleased(t *testing.T, w *world) {
	t.Helper()
	c := w.stored(t)
	if last := c.History[len(c.History)-1]; c.Override != nil || !c.Armed() || last.Who != ada || last.What != "release: the customer has answered" {
		t.Errorf("stored %+v", c)
	}
}

func wantControl(position closing.Switch, why string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if c := w.control(t); c != (closing.Control{Switch: position, Who: ada, Why: why, At: noon}) {
			t.Errorf("stored %+v", c)
		}
	}
}

// The answer shows the case as it is after the act.
func TestAnAnswerShowsTheCase(t *testing.T) {
	w := newWorld(t)
	_, a := w.send(t, fromFile(t, operate.Keep))
	if c := a.Case; c == nil || c.ID != id || c.State != closing.Open || c.Version != 2 || !c.DueAt.Equal(noon) || *c.Amount != 1200 || c.Currency != "usd" || !c.ClaimUntil.IsZero() {
		t.Errorf("%+v", a.Case)
	}
	_, a = w.send(t, fromFile(t, operate.Pause))
	if a.Case != nil {
		t.Errorf("a pause shows %+v", a.Case)
	}
	w.change(t, func(c *closing.Case) { c.Dispute = about(t, `"reason":"general"`) })
	_, a = w.send(t, fromFile(t, operate.Keep))
	if c := a.Case; c.Amount != nil || c.Currency != "" {
		t.Errorf("it shows money that nobody knows: %+v", c)
	}
}

// Without an identity nothing is read, not even the body.
func TestNobodyIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*events.APIGatewayV2HTTPRequest){
		"no authorizer": func(r *events.APIGatewayV2HTTPRequest) { r.RequestContext.Authorizer = nil },
		"no IAM":        func(r *events.APIGatewayV2HTTPRequest) { r.RequestContext.Authorizer.IAM = nil },
		"no ARN":        func(r *events.APIGatewayV2HTTPRequest) { r.RequestContext.Authorizer.IAM.UserARN = "" },
		"another authorizer": func(r *events.APIGatewayV2HTTPRequest) {
			r.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{Lambda: map[string]any{"userArn": ada}}
		},
		"a header and a bad body": func(r *events.APIGatewayV2HTTPRequest) {
			r.RequestContext.Authorizer, r.Body = nil, "{"
			r.Headers["x-user-arn"] = ada
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, act := range acts {
				w, req := newWorld(t), fromFile(t, act)
				spoil(&req)
				if a := w.wantRefused(t, req, http.StatusForbidden, operate.NoIdentity); a.Who != "" || a.Case != nil {
					t.Errorf("%+v", a)
				}
				if w.ledger.reads+w.ledger.writes > 0 {
					t.Error("the table was asked")
				}
			}
		})
	}
}

// Every fault of a bad request is named at once, and nothing is read.
func TestBadRequests(t *testing.T) {
	const malformed = "the body is not one JSON object, in UTF-8 and with nothing after it"
	const noDispute, noWhy = "dispute is missing: the id of the dispute", "why: an operator's act needs a reason, and none is given"
	why := `"why":"x"`
	for _, c := range []struct {
		act  operate.Act
		body string
		want []string
	}{
		{operate.Keep, "", []string{malformed}},
		{operate.Keep, "null", []string{malformed}},
		{operate.Keep, `["dispute"]`, []string{malformed}},
		{operate.Keep, `{"dispute":"dp_1",` + why + `} {}`, []string{malformed}},
		{operate.Keep, `{"dispute":"dp_1",` + why, []string{malformed}},
		{operate.Keep, "{\"dispute\":\"dp_1\",\"why\":\"caf\xe9\"}", []string{malformed}},
		{operate.Keep, `{}`, []string{noDispute, noWhy}},
		{operate.Keep, `{"dispute":null,"why":null}`, []string{noDispute, noWhy}},
		{operate.Keep, `{"dispute":"dp_1","why":" \t "}`, []string{noWhy}},
		{operate.Keep, `{"dispute":1,"why":[]}`, []string{"dispute is not a text", "why is not a text"}},
		{operate.Keep, `{"Dispute":"dp_1",` + why + `}`, []string{`there is no field "Dispute"`, noDispute}},
		{operate.Keep, `{"dispute":"dp_1",` + why + `,"who":"eve"}`, []string{`there is no field "who"`}},
		{operate.Keep, `{"dispute":"dp_1","dispute":"dp_2",` + why + `}`, []string{"dispute is given twice"}},
		{operate.Keep, `{"dispute":"","dispute":"dp_2",` + why + `}`, []string{"dispute is given twice"}},
		{operate.Keep, `{"dispute":"dp_1",` + why + `,"amount":1,"currency":"usd","version":-1}`, []string{"keep takes no amount", "keep takes no currency", "version is below zero"}},
		{operate.Keep, `{"dispute":"` + strings.Repeat("d", dispute.MaxID+1) + `",` + why + `}`, []string{"dispute: the id is longer than 255 bytes"}},
		{operate.Keep, `{"dispute":"dp_1","why":"` + strings.Repeat("w", closing.MaxWhy) + `\n!"}`, []string{"why: the reason is longer than 500 bytes", "why: the reason has line breaks or other control characters"}},
		{operate.Close, `{"dispute":"dp_1",` + why + `}`, []string{
			"amount is missing: what you agree to concede, in the currency's minor unit", "currency is missing: the currency of the amount, such as usd",
			"version is missing: the version of the case that you were shown",
		}},
		{operate.Close, `{"dispute":"dp_1",` + why + `,"amount":12.5,"currency":7,"version":"1"}`, []string{
			"amount is not a whole number of at most 64 bits", "currency is not a text", "version is not a whole number of at most 64 bits",
		}},
		{operate.Close, `{"dispute":"dp_1",` + why + `,"amount":9223372036854775808,"currency":"usd","version":1}`, []string{"amount is not a whole number of at most 64 bits"}},
		{operate.Close, `{"dispute":"dp_1",` + why + `,"amount":-1200,"currency":"usd","version":1}`, []string{"amount is below zero"}},
		{operate.Release, `{"dispute":"dp_1",` + why + `,"amount":1}`, []string{"release takes no amount"}},
		{operate.Pause, `{"dispute":"dp_1",` + why + `,"version":1}`, []string{"pause takes no dispute", "pause takes no version"}},
		{operate.Resume, `{"dispute":"dp_1","why":"","amount":1,"currency":"usd"}`, []string{"resume takes no dispute", "why: an operator's act needs a reason, and none is given", "resume takes no amount", "resume takes no currency"}},
		{operate.Pause, `{` + why + strings.Repeat(`,"z":1`, 30) + `}`, append(slices.Repeat([]string{`there is no field "z"`}, 20), "there are more faults")},
	} {
		w := newWorld(t)
		if a := w.wantRefused(t, saying(t, c.act, c.body), http.StatusBadRequest, operate.BadRequest); !slices.Equal(a.Message, c.want) {
			t.Errorf("%s %s:\n got %q\nwant %q", c.act, c.body, a.Message, c.want)
		}
		if w.ledger.reads+w.ledger.writes > 0 {
			t.Errorf("%s %s: the table was asked", c.act, c.body)
		}
	}
}

// What every act accepts at its limits.
func TestRequestsAtTheirLimits(t *testing.T) {
	longest := strings.Repeat("w", closing.MaxWhy)
	for _, c := range []struct {
		act  operate.Act
		body string
	}{
		{operate.Keep, ` {"dispute":"` + id + `","why":"` + longest + `"} `},
		{operate.Keep, `{"dispute":"` + id + `","why":" x ","version":1,"amount":null}`},
		{operate.Keep, `{"dispute":"` + id + `","why":"x","version":0,"amount":0,"currency":""}`},
		{operate.Release, `{"dispute":"` + id + `","why":"x","version":1}`},
		{operate.Pause, `{"why":"x"` + strings.Repeat(" ", operate.MaxBody-len(`{"why":"x"}`)) + `}`},
	} {
		w := newWorld(t)
		if status, a := w.send(t, saying(t, c.act, c.body)); status != http.StatusOK {
			t.Errorf("%s %.80s: %d %+v", c.act, c.body, status, a)
		}
	}
	w := newWorld(t)
	w.send(t, saying(t, operate.Keep, `{"dispute":"`+id+`","why":" a good customer "}`))
	wantOrder(policy.Keep, dispute.Money{}, "keep: a good customer")(t, w)
	w = newWorld(t)
	tooLarge := saying(t, operate.Pause, `{"why":"x"`+strings.Repeat(" ", operate.MaxBody-len(`{"why":"x"}`)+1)+`}`)
	if a := w.wantRefused(t, tooLarge, http.StatusBadRequest, operate.BadRequest); !strings.Contains(a.Message[0], "65536 bytes") {
		t.Errorf("%q", a.Message)
	}
}

func TestABodyInBase64(t *testing.T) {
	w, req := newWorld(t), fromFile(t, operate.Close)
	req.Body, req.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(req.Body)), true
	if status, a := w.send(t, req); status != http.StatusOK {
		t.Errorf("%d %+v", status, a)
	}
	w, req.Body = newWorld(t), "{"
	w.wantRefused(t, req, http.StatusBadRequest, operate.BadRequest)
}

// Only the route that AWS authorized says what is done.
func TestOtherRoutesAreRefused(t *testing.T) {
	for _, route := range []string{"", "$default", "keep", "GET /operator/keep", "POST /operator/{act}", "POST /operator/KEEP", "POST /operator/keep/", "POST /operator/"} {
		w, req := newWorld(t), fromFile(t, operate.Keep)
		req.RouteKey = route
		w.wantRefused(t, req, http.StatusBadRequest, operate.BadRequest)
	}
	w, req := newWorld(t), fromFile(t, operate.Keep)
	req.RawPath = "/operator/close"
	w.send(t, req)
	wantOrder(policy.Keep, dispute.Money{}, "keep: a good customer")(t, w)
}

// Each refusal has its code and says in its words what stands in the way; nothing is stored.
func TestRefusals(t *testing.T) {
	ended := func(c *closing.Case) {
		*c = closing.Case{ID: id, Version: c.Version, State: closing.Resolved, Dispute: c.Dispute}
	}
	for name, c := range map[string]struct {
		act    operate.Act
		change func(*closing.Case)
		code   operate.Code
		says   string
	}{
		"ended":                      {operate.Keep, ended, operate.Ended, "it is resolved"},
		"ended, an old version":      {operate.Close, ended, operate.Ended, "it is resolved"},
		"another version":            {operate.Close, func(*closing.Case) {}, operate.Changed, "since version 1, it has version 2 now"},
		"another version and amount": {operate.Close, func(c *closing.Case) { c.Dispute = about(t, `"amount":1300,"currency":"usd"`) }, operate.OtherAmount, "is about 1300 usd, not 1200 usd"},
		"a close is under way":       {operate.Release, func(c *closing.Case) { c.ClaimUntil = noon }, operate.CloseUnderWay, "a close of " + id + " is under way"},
		"closing, though the claim has lapsed": {operate.Release, func(c *closing.Case) {
			*c = closingCase(*c)
			c.ClaimUntil = noon.Add(-time.Second)
		}, operate.CloseUnderWay, "a close of " + id + " is under way"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.change(t, c.change)
			a := w.wantRefused(t, fromFile(t, c.act), http.StatusConflict, c.code)
			if !strings.Contains(a.Message[0], c.says) || !strings.Contains(a.Message[0], "nothing was stored") || a.Who != ada {
				t.Errorf("%+v", a)
			}
			if a.Case == nil || a.Case.Version != 2 || a.Case.State != w.stored(t).State {
				t.Errorf("it does not show the case as it stands: %+v", a.Case)
			}
		})
	}
}

func closingCase(c closing.Case) closing.Case {
	c.State, c.ClaimID, c.ClaimUntil, c.PostedAt = closing.Closing, "claim", noon.Add(time.Minute), noon
	c.PlannedAt, c.CloseAt, c.Spent = noon, noon, closing.Spend{Day: closing.DayOf(noon), Currency: "usd", Amount: 1200}
	return c
}

// The money agreed to is compared with what the dispute is about now.
func TestRefusalsOfAClose(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		change func(*closing.Case)
		code   operate.Code
		says   string
	}{
		"another amount":   {`"amount":1199,"currency":"usd"`, nil, operate.OtherAmount, "is about 1200 usd, not 1199 usd"},
		"another currency": {`"amount":1200,"currency":"eur"`, nil, operate.OtherAmount, "is about 1200 usd, not 1200 eur"},
		"in capitals":      {`"amount":1200,"currency":"USD"`, nil, operate.OtherAmount, "not 1200 USD"},
		"unknown amount": {
			`"amount":1200,"currency":"usd"`, func(c *closing.Case) { c.Dispute = about(t, `"currency":"usd"`) },
			operate.OtherAmount, "an amount or a currency that is not known",
		},
		"a dispute that WooshPay does not know": {
			`"amount":1200,"currency":"usd"`, func(c *closing.Case) { c.UnknownSince = noon }, operate.UnknownDispute, "WooshPay does not know " + id,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.change != nil {
				w.change(t, c.change)
			}
			body := fmt.Sprintf(`{"dispute":%q,"why":"x","version":%d,%s}`, id, w.stored(t).Version, c.body)
			if a := w.wantRefused(t, saying(t, operate.Close, body), http.StatusConflict, c.code); !strings.Contains(a.Message[0], c.says) {
				t.Errorf("%q", a.Message)
			}
		})
	}
}

func TestAnUnknownCaseIsRefused(t *testing.T) {
	w := newWorld(t)
	a := w.wantRefused(t, saying(t, operate.Keep, `{"dispute":"dp_nobody","why":"x"}`), http.StatusNotFound, operate.NoCase)
	if a.Case != nil || !strings.Contains(a.Message[0], "dp_nobody") {
		t.Errorf("%+v", a)
	}
}

// A resume that was given up and arrives late lifts no newer pause.
func TestALateResumeIsRefused(t *testing.T) {
	w := newWorld(t)
	pause := closing.Control{Switch: closing.Paused, Who: "eve", Why: "x", At: noon.Add(time.Second)}
	if err := w.ledger.Ledger.SetControl(t.Context(), pause); err != nil {
		t.Fatal(err)
	}
	w.wantRefused(t, fromFile(t, operate.Resume), http.StatusConflict, operate.PausedAgain)
}

// A keep of a case whose close was claimed before says that it may come too late.
func TestAKeepDuringAClose(t *testing.T) {
	w := newWorld(t)
	w.change(t, func(c *closing.Case) { *c = closingCase(*c) })
	_, a := w.send(t, fromFile(t, operate.Keep))
	if !a.Stored || len(a.Message) != 2 || !strings.HasSuffix(a.Message[1], "may still be executed, until 2026-03-02T12:01:00Z") || !a.Case.ClaimUntil.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v", a)
	}
}

// What the table says of a failure decides whether the person may try again.
func TestFailuresOfTheTable(t *testing.T) {
	cause := errors.New("a cause that is nobody's business")
	retryable, permanent := fault.Mark(fault.Retryable, cause), fault.Mark(fault.Permanent, cause)
	unreadable := &closing.UnreadableError{ID: id, Err: cause}
	for name, c := range map[string]struct {
		read, write error
		status      int
		code        operate.Code
		next        string
	}{
		"the read":                      {read: retryable, status: http.StatusServiceUnavailable, code: operate.Unavailable, next: "try again"},
		"a case that cannot be read":    {read: unreadable, status: http.StatusConflict, code: operate.Unreadable, next: "repair its item"},
		"the write, surely not done":    {write: retryable, status: http.StatusServiceUnavailable, code: operate.Unavailable, next: "try again"},
		"the write, refused for good":   {write: permanent, status: http.StatusServiceUnavailable, code: operate.Unavailable, next: "does not help"},
		"the write, without an answer":  {write: cause, status: http.StatusInternalServerError, code: operate.NotKnown, next: "shows how it stands"},
		"the write, labelled in doubt":  {write: fault.Mark(fault.Ambiguous, cause), status: http.StatusInternalServerError, code: operate.NotKnown, next: "shows how it stands"},
		"the case changes all the time": {write: closing.ErrConflict, status: http.StatusInternalServerError, code: operate.NotKnown, next: "shows how it stands"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.ledger.readErr, w.ledger.writeErr = c.read, c.write
			status, a := w.send(t, fromFile(t, operate.Keep))
			if status != c.status || a.Code != c.code || a.Stored || !strings.Contains(a.Next, c.next) || strings.Contains(fmt.Sprint(a), cause.Error()) {
				t.Errorf("%d %+v", status, a)
			}
			if a.Code == operate.NotKnown && (a.Case != nil || strings.Contains(a.Message[0], "nothing was stored")) {
				t.Errorf("it says more than is known: %+v", a)
			}
			if c.status != http.StatusConflict {
				w.wantLog(t, "level=ERROR", "error=", "outcome="+string(c.code))
			}
		})
	}
}

// A failed pause points to the switch, not to a case.
func TestAPauseThatMayBeStored(t *testing.T) {
	w := newWorld(t)
	w.ledger.writeErr = errors.New("no answer")
	if status, a := w.send(t, fromFile(t, operate.Pause)); status != http.StatusInternalServerError || !strings.Contains(a.Next, "disputectl status") {
		t.Errorf("%d %+v", status, a)
	}
}

// The reason is in the table; the log has neither it nor the body.
func TestTheLogHasNoReason(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{`{"dispute":"` + id + `","why":"sk_live_1"}`, `{"dispute":"` + id + `","why":"sk_live_1","x":"sk_live_2"}`} {
		w.send(t, saying(t, operate.Keep, body))
	}
	if log := w.log.String(); strings.Contains(log, "sk_live") {
		t.Errorf("%s", log)
	}
}

// A long id or route does not make a long log line.
func TestTheLogIsBounded(t *testing.T) {
	w := newWorld(t)
	req := saying(t, operate.Keep, `{"dispute":"`+strings.Repeat("d", 10_000)+`","why":"x"}`)
	w.send(t, req)
	req.RouteKey = strings.Repeat("r", 10_000)
	w.send(t, req)
	if n := w.log.Len(); n > 2000 {
		t.Errorf("%d bytes", n)
	}
}

// Part of the invocation is held back for the answer.
func TestTimeIsLeftForTheAnswer(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := w.Handle(ctx, fromFile(t, operate.Keep)); err != nil {
		t.Fatal(err)
	}
	if end, _ := ctx.Deadline(); end.Sub(w.ledger.deadline) != 500*time.Millisecond {
		t.Errorf("the table may answer until %s before the end", end.Sub(w.ledger.deadline))
	}
}

// Each code stands for one error, and each error for its code.
func TestErrorOf(t *testing.T) {
	for code, c := range map[operate.Code]struct {
		err   error
		class fault.Class
	}{
		operate.BadRequest: {operate.ErrBadRequest, fault.Permanent}, operate.NoIdentity: {operate.ErrNoIdentity, fault.Permanent},
		operate.NoCase: {err: closing.ErrNotFound}, operate.Ended: {err: closing.ErrFinished}, operate.CloseUnderWay: {err: closing.ErrClosing},
		operate.OtherAmount: {err: closing.ErrOtherAmount}, operate.UnknownDispute: {err: closing.ErrUnknownDispute},
		operate.Changed: {err: closing.ErrChanged}, operate.ManyActs: {err: closing.ErrManyActs}, operate.PausedAgain: {err: closing.ErrConflict}, operate.Unreadable: {err: closing.ErrUnreadable},
		operate.Unavailable: {operate.ErrUnavailable, fault.Retryable}, operate.NotKnown: {operate.ErrNotKnown, fault.Ambiguous},
		"": {operate.ErrNotKnown, fault.Ambiguous}, "newer": {operate.ErrNotKnown, fault.Ambiguous},
	} {
		if err := operate.ErrorOf(code); !errors.Is(err, c.err) || fault.Of(err) != c.class {
			t.Errorf("%s: %v, %s", code, err, fault.Of(err))
		}
	}
}
