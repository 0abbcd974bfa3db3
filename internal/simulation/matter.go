package simulation

import (
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// matter is one dispute: what it is at WooshPay, and what the witness saw of it.
type matter struct {
	id  dispute.ID
	key chance

	// What WooshPay holds. past are the versions of the dispute, the newest last.
	past    []version
	changed time.Duration
	// told is whether an event or a list has told us of it since it arose.
	told bool
	// stubborn disputes are refused for good whatever their status.
	stubborn bool

	// What the ledger holds; nil before the first case. was is the case before the last change.
	stored, was *closing.Case
	storedAt    time.Duration
	learntAt    time.Duration
	records     uint64

	claims   []*claim
	posts    []*post
	executed int
	plan     plan
	// remindedAt is when the case first showed that a person was told of the deadline.
	remindedAt time.Duration
	// waitsFrom is since when the case has waited for a person.
	waitsFrom time.Duration
	// toldBefore is what a person was told of before the case opened again: that does not count any more.
	toldBefore []string
}

// holder tells whether the newest claim is the actor's. It goes by the claim itself: an id may be used twice.
func (m *matter) holder(a *actor) bool {
	return a.claim != nil && len(m.claims) > 0 && m.claims[len(m.claims)-1] == a.claim
}

// version is a dispute as it stood from an instant on.
type version struct {
	from  time.Duration
	facts *facts
}

func (m *matter) facts() *facts { return m.past[len(m.past)-1].facts }

// claim is a claim that the ledger stored.
type claim struct {
	id   string
	by   *actor
	from dispute.Status
	// surely not: its holder recorded that nothing happened.
	surelyNot bool
}

// fate is what is known of a POST by who sent it.
type fate uint8

const (
	unknownFate fate = iota
	refusedFate
	closedFate
)

// post is a POST that left.
type post struct {
	claim *claim
	// until is when the last moment ends in which WooshPay may execute it, as far as anybody can know.
	until time.Duration
	fate  fate
	done  bool
}

// plan is the live plan to close that the stored decisions amount to.
type plan struct {
	made     bool
	rule     string
	operator string
	// since is when the facts were shown on which it was decided first.
	since time.Duration
}

func (p plan) sameAs(d *policy.Decision) bool {
	return p.made && p.rule == d.Rule && p.operator == d.Operator
}

// view is what an actor was last shown by WooshPay.
type view struct {
	// calledAt is when it asked, shownAt when the dispute stood so, answeredAt when it was told.
	calledAt, shownAt, answeredAt time.Duration
	facts                         *facts
	refunded                      truth
}
