package demo

import (
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// role is one dispute of the day and what is to become of it.
type role struct {
	dispute sandbox.Dispute
	// about is the story in a few words.
	about string
	want  outcome
}

// outcome is what is to become of a dispute. What is zero must be zero, too.
type outcome struct {
	// state is empty where no case is to be stored.
	state closing.State
	proof closing.Proof
	// action, rule, guard and operator are those of the last decision.
	action         policy.Action
	rule, operator string
	guard          policy.Guard
	// status is where the dispute stands at WooshPay; empty if there is none.
	status dispute.Status
	// closes is how many closes WooshPay executes, attempts how often one was claimed.
	closes, attempts int
	// notBefore is the earliest instant at which WooshPay may execute the close.
	notBefore time.Time
	// notes are kinds of notes of which there must be at least one.
	notes []closing.Kind
}

const (
	small        = "small"
	inquiries    = "inquiries need a person"
	earlyWarning = "early warnings need a refund"
	// grace is what the policy's rule gives a person to object.
	grace = 4 * time.Hour
	// person is the operator.
	person = "ada"
)

// closedOnce is a dispute that the rule closes, opened at an instant.
func closedOnce(opened time.Time) outcome {
	return outcome{
		state: closing.Closed, proof: closing.Answered, action: policy.Close, rule: small,
		status: dispute.Lost, closes: 1, attempts: 1, notBefore: opened.Add(grace), notes: []closing.Kind{closing.NoteClosed},
	}
}

// kept is an open dispute that nothing closes.
func kept(status dispute.Status) outcome {
	return outcome{state: closing.Open, action: policy.Keep, status: status}
}

func reviewed(status dispute.Status, rule string, guard policy.Guard) outcome {
	return outcome{
		state: closing.Open, action: policy.Review, rule: rule, guard: guard, status: status,
		notes: []closing.Kind{closing.NotePerson},
	}
}

func (o outcome) with(change func(*outcome)) outcome {
	change(&o)
	return o
}

func of(id dispute.ID, amount int64, currency string) sandbox.Dispute {
	return sandbox.Dispute{ID: id, Amount: amount, Currency: currency, Charge: "ch_" + string(id)}
}

func usd(id dispute.ID, amount int64) sandbox.Dispute { return of(id, amount, "usd") }

// at returns a dispute in another status than the usual one.
func at(d sandbox.Dispute, s dispute.Status) sandbox.Dispute {
	d.Status = s
	return d
}

// evidenced returns a dispute for which evidence was submitted.
func evidenced(d sandbox.Dispute) sandbox.Dispute {
	d.EvidenceDetails.HasEvidence, d.EvidenceDetails.SubmissionCount = true, 1
	return d
}
