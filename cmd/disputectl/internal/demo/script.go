package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// scene is something that happens at an instant.
type scene struct {
	at time.Time
	do func(ctx context.Context, d *day) error
}

// script is the day, in its order.
func script(c calendar) []scene {
	return append(append(morning(c), faults(c)...), people(c)...)
}

// opens has WooshPay open a dispute, which it announces by a webhook.
func opens(at time.Time, r role) scene {
	return scene{at, func(_ context.Context, d *day) error { return d.opens(r, (*sandbox.Sandbox).Open) }}
}

// morning holds the disputes to which nothing else happens: only the rules decide.
func morning(c calendar) []scene {
	euro, pound := of("dp_euro", 1400, "eur"), of("dp_pound", 900, "gbp")
	return []scene{
		opens(c.first(6, 0), role{usd("dp_small", 1200), "a small one", closedOnce(c.first(6, 0))}),
		opens(c.first(6, 5), role{usd("dp_large", 48000), "a large one", kept(dispute.NeedsResponse)}),
		opens(c.first(6, 10), role{usd("dp_at", 1500), "just at the threshold", closedOnce(c.first(6, 10))}),
		opens(c.first(6, 15), role{usd("dp_above", 1501), "just above it", kept(dispute.NeedsResponse)}),
		opens(c.first(6, 20), role{euro, "another currency", closedOnce(c.first(6, 20))}),
		opens(c.first(6, 25), role{pound, "a currency without a rule", kept(dispute.NeedsResponse)}),
		opens(c.first(6, 30), role{at(usd("dp_inquiry", 800), dispute.WarningNeedsResponse), "an inquiry",
			reviewed(dispute.WarningNeedsResponse, inquiries, "")}),
		opens(c.first(6, 35), role{at(usd("dp_warning", 700), dispute.EarlyDisputeWarning), "an early warning",
			reviewed(dispute.EarlyDisputeWarning, earlyWarning, "")}),
		opens(c.first(6, 40), role{evidenced(usd("dp_evidence", 900)), "evidence was given already", kept(dispute.NeedsResponse)}),
		{c.first(6, 45), refundedCharge},
		opens(c.first(6, 50), role{usd("dp_twice", 600), "its webhook comes three times", closedOnce(c.first(6, 50))}),
		{c.first(6, 52), repeatedWebhook},
	}
}

func refundedCharge(_ context.Context, d *day) error {
	r := role{usd("dp_refunded", 1000), "its charge is refunded", reviewed(dispute.NeedsResponse, small, policy.GuardRefunded)}
	if err := d.opens(r, (*sandbox.Sandbox).Open); err != nil {
		return err
	}
	_, err := d.system.Sandbox.Refund(r.dispute.Charge, 0)
	return err
}

// repeatedWebhook delivers an event twice more. That must change nothing.
func repeatedWebhook(ctx context.Context, d *day) error {
	const id = "dp_twice"
	before, err := d.ledger.Load(ctx, id)
	if err != nil {
		return err
	}
	for range 2 {
		for _, sent := range d.system.Sandbox.Redeliver(ctx, d.eventsOf(id)[0]) {
			d.says(id, "WooshPay delivers %s once more: answered %d", sent.Type, sent.Status)
			d.expect(id, "the repeated webhook's answer", sent.Status, http.StatusOK)
		}
	}
	after, err := d.ledger.Load(ctx, id)
	d.expect(id, "the case's version after the repeated webhooks", after.Version, before.Version)
	return err
}

// faults holds what goes wrong between WooshPay and us.
func faults(c calendar) []scene {
	return []scene{
		{c.first(7, 0), func(_ context.Context, d *day) error {
			d.line.cut(true)
			d.says("", "no webhook gets through until 09:00; WooshPay will deliver again, later and later")
			return nil
		}},
		opens(c.first(7, 0), role{usd("dp_late", 650), "its webhook comes late", closedOnce(c.first(9, 0))}),
		opens(c.first(8, 40), role{usd("dp_order", 640), "its webhooks come out of order", kept(dispute.UnderReview)}),
		{c.first(9, 0), func(_ context.Context, d *day) error {
			d.line.cut(false)
			d.says("", "webhooks get through again")
			return nil
		}},
		{c.first(9, 1), func(_ context.Context, d *day) error {
			d.says("dp_order", "a person answers it at WooshPay; the news of that overtakes the news that it was opened")
			_, err := d.system.Sandbox.SubmitEvidence("dp_order", map[string]string{"uncategorized_text": "delivered"})
			return err
		}},
		{c.first(9, 10), forgedWebhook},
		{c.first(9, 12), overtakenWebhook},
		opens(c.first(9, 15), role{usd("dp_lost", 1100), "the close's answer is lost",
			closedOnce(c.first(9, 15)).with(inferred)}),
		{c.first(13, 14), breaks("dp_lost", sandbox.Fault{Kind: sandbox.Drop, Execute: true, Method: http.MethodPost})},
		opens(c.first(9, 20), role{usd("dp_silent", 1050), "the close's answer is lost, and the look after it fails",
			closedOnce(c.first(9, 20)).with(inferred).with(noted(closing.NoteAmbiguous))}),
		{c.first(13, 19), breaks("dp_silent",
			sandbox.Fault{Kind: sandbox.Drop, Execute: true, Method: http.MethodPost},
			sandbox.Fault{Kind: sandbox.AnswerStatus, Status: http.StatusInternalServerError, Method: http.MethodGet, Skip: 1})},
		opens(c.first(9, 25), role{usd("dp_error", 980), "the close is answered 500 and not executed",
			closedOnce(c.first(9, 25)).with(again).with(noted(closing.NoteAmbiguous))}),
		{c.first(13, 24), breaks("dp_error",
			sandbox.Fault{Kind: sandbox.AnswerStatus, Status: http.StatusInternalServerError, Method: http.MethodPost})},
		opens(c.first(9, 30), role{usd("dp_limited", 870), "the close is answered 429",
			closedOnce(c.first(9, 30)).with(again).with(noted(closing.NotePutOff))}),
		{c.first(13, 29), breaks("dp_limited",
			sandbox.Fault{Kind: sandbox.AnswerStatus, Status: http.StatusTooManyRequests, RetryAfterS: 120, Method: http.MethodPost})},
		{c.first(10, 0), func(_ context.Context, d *day) error {
			r := role{usd("dp_unheard", 550), "no webhook announces it",
				closedOnce(c.second(3, 20)).with(noted(closing.NoteUnannounced))}
			return d.opens(r, (*sandbox.Sandbox).OpenSilently)
		}},
		opens(c.first(14, 0), role{usd("dp_budget", 500), "the day's budget is spent before its turn",
			closedOnce(c.second(0, 0).Add(-grace)).with(noted(closing.NoteBudget))}),
	}
}

// overtakenWebhook looks whether the news did come in the wrong order, and whether the older left the newer in place.
func overtakenWebhook(ctx context.Context, d *day) error {
	const id = "dp_order"
	c, err := d.ledger.Load(ctx, id)
	happened := d.eventsOf(id)
	slices.Reverse(happened)
	d.says(id, "the news that it was opened has come, too; the case stays %s", c.Dispute.Status)
	d.expect(id, "the order in which events were learned", strings.Join(c.Seen, ", "), strings.Join(happened, ", "))
	d.expect(id, "the status after the older news", c.Dispute.Status, dispute.UnderReview)
	return err
}

func inferred(o *outcome) { o.proof = closing.Inferred }

func again(o *outcome) { o.attempts = 2 }

func noted(kind closing.Kind) func(*outcome) {
	return func(o *outcome) { o.notes = append(o.notes[:len(o.notes):len(o.notes)], kind) }
}

// breaks orders faults for a dispute's next calls.
func breaks(id dispute.ID, faults ...sandbox.Fault) func(context.Context, *day) error {
	return func(_ context.Context, d *day) error {
		for _, f := range faults {
			f.Dispute = id
			if err := d.system.Sandbox.Break(f); err != nil {
				return err
			}
		}
		return nil
	}
}

// people holds what people do: an operator, and somebody at the bank.
func people(c calendar) []scene {
	byPerson := kept(dispute.NeedsResponse).with(func(o *outcome) { o.operator = person })
	won := outcome{state: closing.Resolved, action: policy.Close, rule: small, status: dispute.Won, notes: []closing.Kind{closing.NoteResolved}}
	return []scene{
		opens(c.first(9, 35), role{usd("dp_kept", 760), "an operator objects in time", byPerson}),
		{c.first(11, 0), func(ctx context.Context, d *day) error {
			d.says("dp_kept", "%s: keep, the customer called", person)
			_, err := d.operator().Keep(ctx, closing.Order{ID: "dp_kept", Why: "the customer called"})
			return err
		}},
		opens(c.first(9, 40), role{usd("dp_won", 720), "the bank decides before the grace ends", won}),
		{c.first(12, 0), func(_ context.Context, d *day) error {
			_, err := d.system.Sandbox.SetStatus("dp_won", dispute.Won)
			return err
		}},
		opens(c.first(10, 30), role{usd("dp_paused", 690), "closing is paused when its grace ends",
			closedOnce(c.first(15, 10).Add(-grace)).with(noted(closing.NotePaused))}),
		{c.first(14, 25), func(ctx context.Context, d *day) error {
			d.says("", "%s pauses all closing", person)
			return d.operator().Pause(ctx, "looking into it")
		}},
		{c.first(15, 10), func(ctx context.Context, d *day) error {
			d.says("", "%s resumes it", person)
			return d.operator().Resume(ctx, "all is well")
		}},
	}
}
