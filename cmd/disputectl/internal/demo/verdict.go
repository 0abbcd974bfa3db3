package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// verdict collects what did not become what the story says.
type verdict struct{ mismatches []string }

// expect notes a mismatch if got is not want. The id is empty for what is not about one dispute.
func (v *verdict) expect(id dispute.ID, what string, got, want any) {
	if got == want {
		return
	}
	text := fmt.Sprintf("%s: got %v, the story says %v", what, got, want)
	if id != "" {
		text = string(id) + ": " + text
	}
	v.mismatches = append(v.mismatches, text)
}

// judge compares what became of every dispute with what the story says.
func (d *day) judge(ctx context.Context) error {
	executed := d.system.Sandbox.Closes()
	for _, r := range d.cast {
		if err := d.judgeCase(ctx, r); err != nil {
			return err
		}
		d.judgeStatus(r)
		d.judgeCloses(r, executed[r.dispute.ID])
	}
	d.expect("", "faults that were ordered and never met", len(d.system.Sandbox.Faults()), 0)
	d.expect("", "webhooks that never arrived", d.undelivered(), 0)
	return d.judgeBudgets(ctx)
}

func (d *day) judgeCase(ctx context.Context, r role) error {
	id, want := r.dispute.ID, r.want
	c, err := d.ledger.Load(ctx, id)
	if want.state == "" || errors.Is(err, closing.ErrNotFound) {
		d.expect(id, "a case was stored", err == nil, want.state != "")
		return nil
	}
	if err != nil {
		return err
	}
	d.expect(id, "state", c.State, want.state)
	d.expect(id, "proof", c.Proof, want.proof)
	d.expect(id, "claims", c.Attempts, want.attempts)
	d.expect(id, "a date in the due index", !c.DueAt.IsZero(), !want.state.Finished())
	if c.Decision == nil {
		d.expect(id, "a decision", "none", want.action)
		return nil
	}
	d.expect(id, "action", c.Decision.Action, want.action)
	d.expect(id, "rule", c.Decision.Rule, want.rule)
	d.expect(id, "guard", c.Decision.Guard, want.guard)
	d.expect(id, "operator", c.Decision.Operator, want.operator)
	for _, kind := range want.notes {
		d.expect(id, fmt.Sprintf("told as %q", kind), d.counted(id, kind) > 0, true)
	}
	return nil
}

func (d *day) judgeStatus(r role) {
	at, err := d.system.Sandbox.Dispute(r.dispute.ID)
	if err != nil {
		at.Status = ""
	}
	d.expect(r.dispute.ID, "status at WooshPay", at.Status, r.want.status)
}

// judgeCloses compares WooshPay's own log with the story.
func (d *day) judgeCloses(r role, executed []time.Time) {
	id := r.dispute.ID
	d.expect(id, "closes that WooshPay executed", len(executed), r.want.closes)
	for _, call := range d.system.Sandbox.CloseCalls()[id] {
		d.expect(id, "what became of a close that reached WooshPay", call.Outcome, sandbox.Executed)
	}
	for _, at := range executed {
		if at.Before(r.want.notBefore) {
			d.expect(id, "closed at", hour(at), "not before "+hour(r.want.notBefore))
		}
	}
}

func (d *day) undelivered() int {
	n := 0
	d.system.Sandbox.With(func(b *sandbox.Books, _ time.Time) {
		for _, delivery := range b.Deliveries() {
			if !delivery.Done {
				n++
			}
		}
	})
	return n
}

// judgeBudgets compares what the ledger counted of each day's budget with what WooshPay executed on that day.
func (d *day) judgeBudgets(ctx context.Context) error {
	executed := map[closing.Day]map[string]int64{}
	for id, all := range d.system.Sandbox.Closes() {
		closed, err := d.system.Sandbox.Dispute(id)
		if err != nil {
			return err
		}
		for _, at := range all {
			today := closing.DayOf(at)
			if executed[today] == nil {
				executed[today] = map[string]int64{}
			}
			executed[today][closed.Currency]++
		}
	}
	for _, today := range []closing.Day{closing.DayOf(d.dawn), closing.DayOf(d.end())} {
		for _, currency := range []string{"eur", "usd"} {
			spent, err := d.ledger.Spent(ctx, today, currency)
			if err != nil {
				return err
			}
			d.expect("", fmt.Sprintf("closes on the budget of %s in %s", today, currency), spent.Closes, executed[today][currency])
		}
	}
	return nil
}

// lastLine says from WooshPay's own log how many closes it executed, and whether one was executed twice.
func (d *day) lastLine() string {
	total := 0
	var twice []string
	closes := d.system.Sandbox.Closes()
	for _, id := range slices.Sorted(maps.Keys(closes)) {
		n := len(closes[id])
		total += n
		if n > 1 {
			twice = append(twice, fmt.Sprintf("%s (%d times)", id, n))
		}
	}
	text := fmt.Sprintf("By its own log, WooshPay executed %d closes, ", total)
	if len(twice) == 0 {
		return text + "none of them twice."
	}
	return text + "and more than one of " + strings.Join(twice, ", ") + "."
}
