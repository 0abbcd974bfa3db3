package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/internal/memory"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// day is the day as it is played.
type day struct {
	*commentary
	*verdict
	calendar
	clock  *clock
	ledger *memory.Ledger
	line   *line
	system *local.System
	cast   []role
	// refusals are the answers to webhooks about a dispute that no case came of.
	refusals map[dispute.ID]string
}

// newDay returns the day before it begins. Its system is the demonstration's own or, for whoever looks back on it, theirs,
// whose watcher is the commentary until it is handed over.
func newDay(ctx context.Context, o Options, p *policy.Policy, c calendar, turn *handover, past *Past) (*day, error) {
	d := &day{
		calendar: c, clock: &clock{at: c.dawn}, ledger: memory.New(), line: new(line), verdict: new(verdict), refusals: map[dispute.ID]string{},
	}
	d.commentary = newCommentary(o, d.clock)
	turn.to(d.commentary)
	var ledger local.Ledger = d.ledger
	if o.Ledger != nil {
		ledger = o.Ledger(ledger)
	}
	parts := local.Parts{
		Addr: "127.0.0.1:0", Ledger: ledger, Policy: p, Watcher: turn, Log: slog.New(slog.DiscardHandler), Now: d.clock.now,
		NewID:          counted("claim"),
		RepeatExecutes: true, // so that its log would show a second close
		Through:        o.Through,
		Delivery:       &http.Client{Transport: d.line},
	}
	if past != nil {
		parts.Addr, parts.Log, parts.NewID = past.Addr, past.Log, past.NewID
	}
	var err error
	d.system, err = local.Start(ctx, parts)
	return d, err
}

// counted returns ids that count up.
func counted(name string) func() string {
	n := 0
	return func() string {
		n++
		return fmt.Sprintf("%s-%d", name, n)
	}
}

// turnOn turns closing on, as a person does for a deployed stack. On a new table it is off.
func (d *day) turnOn(ctx context.Context) error {
	d.says("", "%s turns closing on for this table: before that, nothing is closed", person)
	return d.operator().Resume(ctx, "the day begins")
}

// play lets time pass until an instant, with the scenes that come in it. What AWS does in a deployment happens in its order: WooshPay's deliveries, the closer on
// what they armed, every five minutes the sweep, and reconcile at night.
func (d *day) play(ctx context.Context, scenes []scene, until time.Time) error {
	slices.SortStableFunc(scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	for ; d.clock.now().Before(until) && ctx.Err() == nil; d.clock.move(tick) {
		now := d.clock.now()
		for len(scenes) > 0 && !scenes[0].at.After(now) {
			d.must("the scene", scenes[0].do(ctx, d))
			scenes = scenes[1:]
		}
		d.system.Sandbox.Deliver(ctx)
		d.work(ctx)
		if now.Minute()%5 == 0 {
			_, err := d.system.Sweep(ctx)
			d.must("the sweep", err)
			d.work(ctx)
		}
		if now.Hour() == 3 && now.Minute() == 20 {
			_, err := d.system.Reconcile(ctx)
			d.must("reconcile", err)
			d.work(ctx)
		}
	}
	return ctx.Err()
}

// work gives the closer what was armed.
func (d *day) work(ctx context.Context) {
	failed, err := d.system.Work(ctx)
	d.must("the closer", err)
	d.expect("", "records on which the closer failed", failed, 0)
}

// must notes an error of what the story says cannot fail.
func (d *day) must(what string, err error) {
	if err != nil {
		d.expect("", what+" of "+hour(d.clock.now()), err, "no error")
	}
}

// opens has WooshPay open a role's dispute.
func (d *day) opens(r role, open func(*sandbox.Sandbox, sandbox.Dispute) (sandbox.Dispute, error)) error {
	if _, err := open(d.system.Sandbox, r.dispute); err != nil {
		return err
	}
	d.introduce(r.dispute.ID, currency.Text(r.dispute.Amount, r.dispute.Currency)+", "+r.about)
	d.cast = append(d.cast, r)
	return nil
}

func (d *day) operator() closing.Operator {
	return d.system.Operator(person, d.clock.now)
}

// eventsOf returns the ids of the events about a dispute, the oldest first.
func (d *day) eventsOf(id dispute.ID) []string {
	var ids []string
	for _, e := range d.system.Sandbox.Events() {
		if event, err := dispute.ParseEvent(e.Body); err == nil {
			if about, err := event.Dispute(); err == nil && about.ID == id {
				ids = append(ids, e.ID)
			}
		}
	}
	return ids
}

// forgedWebhook sends an event that somebody else signed.
func forgedWebhook(ctx context.Context, d *day) error {
	r := role{usd("dp_forged", 300), "its webhook is forged", outcome{}}
	d.cast = append(d.cast, r)
	body := fmt.Appendf(nil, `{"id":"evt_forged","type":"charge.dispute.created","created":%d,"livemode":false,`+
		`"data":{"object":{"id":%q,"amount":%d,"currency":"usd","status":"needs_response"}}}`,
		d.clock.now().Unix(), r.dispute.ID, r.dispute.Amount)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.system.URL+gateway.Path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set(wooshpay.SignatureHeader, wooshpay.Sign("whsec_guessed", d.clock.now(), body))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	d.says(r.dispute.ID, "a webhook that WooshPay did not sign: answered %d", resp.StatusCode)
	d.expect(r.dispute.ID, "the forged webhook's answer", resp.StatusCode, http.StatusUnauthorized)
	d.expect(r.dispute.ID, "the forged webhook's answer's text", string(text), "")
	d.refusals[r.dispute.ID] = resp.Status
	return err
}
