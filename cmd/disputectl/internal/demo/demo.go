// Package demo plays a day of disputes on the whole system, in one process and on a clock of its own, and compares
// what became of each dispute with what its story says.
package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"time"

	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Options say how to play the day. All but Out put a broken part in: the day must not go as told then.
type Options struct {
	Out io.Writer
	// Columns is the width of the terminal; 0 if it is not known.
	Columns int
	// Ledger and Through stand between the functions and the ledger or WooshPay's client.
	Ledger  func(local.Ledger) local.Ledger
	Through func(closing.Provider) closing.Provider
}

func (o Options) columns() int {
	if o.Columns <= 0 {
		return anyColumns
	}
	return o.Columns
}

// ErrMismatch means that the day did not go as told; what differs was printed.
var ErrMismatch = errors.New("the day did not go as told")

//go:embed policy.yaml
var policyYAML []byte

const stopTimeout = 5 * time.Second

// Run plays the day and prints it. It returns ErrMismatch if anything did not become what the story says.
func Run(ctx context.Context, o Options) error {
	doc, rules, err := compiled()
	if err != nil {
		return err
	}
	d, err := newDay(ctx, o, rules, aMonday, new(handover), nil)
	if err != nil {
		return err
	}
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		_ = d.system.Stop(stopping) // The process ends anyway.
	}()
	printPolicy(o.Out, doc, rules)
	if err := d.turnOn(ctx); err != nil {
		return err
	}
	if err := d.play(ctx, script(d.calendar), d.end()); err != nil {
		return err
	}
	if err := d.judge(ctx); err != nil {
		return err
	}
	return d.print(ctx)
}

// compiled checks and compiles the day's policy, its own tests included, as a deployment's build does.
func compiled() (policy.Document, *policy.Policy, error) {
	checked := source.Check("policy.yaml", policyYAML)
	if !checked.OK(true) {
		return policy.Document{}, nil, fmt.Errorf("the demonstration's policy has findings: %v", checked.Findings)
	}
	encoded, err := policy.Encode(checked.Document)
	if err != nil {
		return policy.Document{}, nil, err
	}
	rules, err := policy.Load(encoded)
	return checked.Document, rules, err
}

func printPolicy(out io.Writer, doc policy.Document, rules *policy.Policy) {
	screen.Printf(out, "A day of disputes on a WooshPay that breaks on demand: %s, UTC.\n", aMonday.dawn.Format("2 January 2006"))
	screen.Printf(out, "Policy %s, %s:\n", rules.Hash(), doc.Mode)
	for _, r := range doc.Rules {
		screen.Printf(out, "  %s: %s", r.Name, r.Then)
		if r.After != nil {
			screen.Printf(out, " after %s", r.After)
		}
		screen.Printf(out, "\n")
	}
	screen.Printf(out, "\n")
}

// print writes what became of each dispute and why, what differs from the story, and the last line.
func (d *day) print(ctx context.Context) error {
	t := view.Table{Head: []string{"DISPUTE", "AMOUNT", "AT WOOSHPAY", "CASE", "WHY"}}
	for _, r := range d.cast {
		row, err := d.row(ctx, r)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, row)
	}
	screen.Printf(d.out, "\n")
	if err := t.Write(d.out, d.columns); err != nil {
		return err
	}
	if len(d.mismatches) > 0 {
		screen.Printf(d.out, "\nNot as told:\n")
		for _, text := range d.mismatches {
			screen.Printf(d.out, "  %s\n", text)
		}
	}
	screen.Printf(d.out, "\n%s\n", d.lastLine())
	if len(d.mismatches) > 0 {
		return fmt.Errorf("%w: %d mismatches", ErrMismatch, len(d.mismatches))
	}
	return nil
}

// row is a dispute's line of the table, from the case and from WooshPay's log.
func (d *day) row(ctx context.Context, r role) ([]string, error) {
	id := r.dispute.ID
	status := "none"
	if at, err := d.system.Sandbox.Dispute(id); err == nil {
		status = string(at.Status)
	}
	for _, at := range d.system.Sandbox.Closes()[id] {
		status += ", " + hour(at)
	}
	amount := currency.Text(r.dispute.Amount, r.dispute.Currency)
	c, err := d.ledger.Load(ctx, id)
	if errors.Is(err, closing.ErrNotFound) {
		return []string{string(id), amount, status, "none", "its webhook was answered " + d.refusals[id]}, nil
	}
	return []string{string(id), amount, status, string(c.State), view.Why(c) + d.waits(id)}, err
}

// waits says what a dispute's close had to wait for.
func (d *day) waits(id dispute.ID) string {
	text := ""
	for _, wait := range []struct {
		kind closing.Kind
		text string
	}{
		{closing.NoteBudget, "; it waited for the next day's budget"},
		{closing.NotePaused, "; it waited out the pause"},
	} {
		if d.counted(id, wait.kind) > 0 {
			text += wait.text
		}
	}
	return text
}
